"""Fixtures of the real renders."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from forked_cli import run_forked
from small_films import SMALL, TEXT, Cli, command_line, environment

from heygen_studio import Studio, Video, VideoRequest


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Run the command line in an empty folder, with a data folder of its own."""
    here = tmp_path / "here"
    here.mkdir()

    def run(*arguments: str | Path, before: list[str] | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        env = environment(tmp_path / "data", **more)
        if before is None:
            return run_forked([str(argument) for argument in arguments], here, env, timeout=120)
        return subprocess.run([*before, *command_line(*arguments)], capture_output=True, text=True, cwd=here, env=env, timeout=120)

    return run


@pytest.fixture(scope="session")
def rendered() -> Video:
    """One finished video, for all tests that only look at it."""
    return Studio().render(VideoRequest(text=TEXT, title="A <first> film", **SMALL))

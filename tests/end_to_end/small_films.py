"""Real renders, in which no stage is replaced: short, small, and spoken by the fastest voice."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from prepared import prepare

from heygen_studio import Settings
from heygen_studio.settings import settings

TEXT = "Hello, Ann & Tom. We make a film."
#: Small and quick, but a whole video.
SMALL: dict[str, Any] = {"voice": "hibari:heart", "width": 256, "height": 256, "seed": 7}

Cli = Callable[..., "subprocess.CompletedProcess[str]"]


def in_folder(data: Path) -> Settings:
    """The settings of this process with another data folder."""
    return replace(settings(), data=data)


def prepared_folder(data: Path) -> Settings:
    """The same with the portrait of small films in the folder, which takes most of the time of one."""
    prepare(data, SMALL["width"])
    return in_folder(data)


def leftovers(folder: Path) -> list[str]:
    """Everything temporary under ``folder``: hidden names and half-written files."""
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.name.startswith(".") or path.suffix in {".part", ".tmp"}]


def command_line(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "heygen_studio", *map(str, arguments)]


def environment(data: Path, **more: str) -> dict[str, str]:
    """For a subprocess whose results go to ``data``; the sources under test are found wherever it runs."""
    return {**os.environ, "HEYGEN_STUDIO_DATA": str(data), "PYTHONPATH": str(Path(__file__).parents[2]), **more}

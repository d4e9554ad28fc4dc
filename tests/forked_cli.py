"""The command line in processes of their own that need not import everything again: forked from one that has.

Nothing has run in that one: what a command finds is what a fresh interpreter finds, half a second earlier.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path

#: What most commands import.
IMPORTED = [
    "pytest", "heygen_studio.cli", "heygen_studio.studio", "heygen_studio.film", "heygen_studio.take", "heygen_studio.speech",
    "heygen_studio.speech.recording", "heygen_studio.portrait", "heygen_studio.script", "scipy.signal", "scipy.interpolate", "soundfile",
]  # fmt: skip

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(IMPORTED)


def run_forked(arguments: list[str], here: Path, environment: dict[str, str], timeout: float) -> subprocess.CompletedProcess[str]:
    """Run ``heygen-studio`` with ``arguments`` in the folder ``here``; raises `subprocess.TimeoutExpired`."""
    with tempfile.TemporaryDirectory() as folder:
        said = [Path(folder) / "stdout", Path(folder) / "stderr"]
        process = _processes.Process(target=_command, args=(arguments, here, environment, *said))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(arguments, timeout)
        return subprocess.CompletedProcess(arguments, process.exitcode, *(path.read_text() for path in said))


def _command(arguments: list[str], here: Path, environment: dict[str, str], stdout: Path, stderr: Path) -> None:
    for path, stream in ((stdout, sys.stdout), (stderr, sys.stderr)):
        stream.flush()
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), stream.fileno())
    os.chdir(here)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["heygen-studio", *arguments]

    from heygen_studio.cli import main

    main()

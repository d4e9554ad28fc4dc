"""What this machine has and lacks: the checks of ``heygen-studio doctor``."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .settings import settings
from .weights import DEFAULTS, WEIGHTS, local_path

#: Free bytes below which a first run (models and results) will not fit.
ROOM = 4_000_000_000
PACKAGES = ("torch", "coqui-tts", "hibari-tts", "onnxruntime", "xllamacpp", "ai-edge-litert", "opencv-python-headless", "imageio-ffmpeg")


@dataclass(frozen=True)
class Finding:
    """One check: whether it is fine, and what was found (with what to do, if it is not)."""

    check: str
    ok: bool
    found: str


def examine() -> list[Finding]:
    """All checks, in reading order."""
    return [_python(), *_packages(), _ffmpeg(), _device(), *_folders(), *_weights()]


def _python() -> Finding:
    version = platform.python_version()
    fine = (3, 10) <= sys.version_info[:2] <= (3, 12)
    return Finding("Python", fine, f"{version} on {platform.system()} {platform.machine()}" + ("" if fine else ": use 3.10, 3.11 or 3.12"))


def _packages() -> Iterator[Finding]:
    for name in PACKAGES:
        try:
            yield Finding(name, True, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, False, "not installed: run make, or pip install -r requirements.txt")


def _ffmpeg() -> Finding:
    import imageio_ffmpeg

    try:
        said = subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-version"], capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        return Finding("ffmpeg", False, f"cannot be run ({error}): install imageio-ffmpeg again")
    return Finding("ffmpeg", True, said.split(" Copyright")[0])


def _device() -> Finding:
    """CPU and GPU, without loading torch."""
    driver = shutil.which("nvidia-smi")
    return Finding("Device", True, f"{os.cpu_count()} CPU cores, {'an NVIDIA driver' if driver else 'no NVIDIA GPU (none is needed)'}")


def _folders() -> Iterator[Finding]:
    for label, folder in (("Data folder", settings().data), ("Cache folder", settings().cache)):
        place = folder
        while not place.exists():
            place = place.parent
        free = shutil.disk_usage(place).free
        if not os.access(place, os.W_OK):
            yield Finding(label, False, f"{folder} cannot be written: set HEYGEN_STUDIO_DATA and HEYGEN_STUDIO_CACHE")
        else:
            yield Finding(label, free >= ROOM, f"{folder}, {free / 1e9:.0f} GB free" + ("" if free >= ROOM else ": a first run needs 4 GB"))


def _weights() -> Iterator[Finding]:
    for name in DEFAULTS:
        path: Path | None = local_path(WEIGHTS[name])
        yield Finding(f"weight {name}", True, "present" if path else f"not here yet: {WEIGHTS[name].download / 1e6:.0f} MB at first use")

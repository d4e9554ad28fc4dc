"""Video: the finished file and its sidecars."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Video:
    """A finished video on disk.

    path: MP4 (H.264 yuv420p faststart + AAC 48 kHz); srt, vtt: captions from word times; wav: the speech; folder: all files of
    the result; duration: seconds; report: stage times (seconds), the script and why it won, notes, what was painted.
    """

    path: Path
    srt: Path
    vtt: Path
    wav: Path
    folder: Path
    duration: float
    width: int
    height: int
    fps: float
    report: dict[str, Any]

"""Portrait + Motion -> an iterator of RGB frames; a video and a Speech -> the same video with another mouth."""

from __future__ import annotations

from .frame_engine import FrameEngine
from .renderers import (
    FRAME_ENGINES,
    REPAINTERS,
    check_renderer,
    fetch_renderer,
    frame_engine,
    no_background,
    repaint_engine,
    weights_used,
)

__all__ = [
    "FRAME_ENGINES",
    "REPAINTERS",
    "FrameEngine",
    "check_renderer",
    "fetch_renderer",
    "frame_engine",
    "no_background",
    "repaint_engine",
    "weights_used",
]

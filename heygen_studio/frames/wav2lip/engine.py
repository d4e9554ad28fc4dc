"""The renderer "wav2lip". Its weights are for research and personal use only."""

from __future__ import annotations

from ..repaint.engine import RepaintEngine, Sharpen
from ..repaint.paste import unsharp


class Wav2LipEngine(RepaintEngine):
    """Quick, and sharp enough for small faces: it paints 96 x 96 pixels."""

    def __init__(self, sharpen: Sharpen | None = unsharp) -> None:
        """sharpen: goes over every painted face; a face restoration network can be put here."""
        from .painter import Wav2LipPainter

        super().__init__("wav2lip", Wav2LipPainter, sharpen)

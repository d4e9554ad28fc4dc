"""The renderer "musetalk"."""

from __future__ import annotations

from ..repaint.engine import RepaintEngine


class MuseTalkEngine(RepaintEngine):
    """The best mouths, for a GPU: it paints 256 x 256 pixels."""

    def __init__(self) -> None:
        from .painter import MuseTalkPainter

        super().__init__("musetalk", MuseTalkPainter)

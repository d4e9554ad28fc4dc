"""What every renderer offers: a portrait and its motion become frames."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from ..motion.motion import Motion
from ..portrait.portrait import Image, Portrait
from ..progress import Cancel
from ..speech.speech import Speech


class FrameEngine(Protocol):
    """Draws a portrait in motion."""

    def frames(self, portrait: Portrait, motion: Motion, *, speech: Speech | None = None, cancel: Cancel | None = None) -> Iterator[Image]:
        """Yield one uint8 RGB [H, W, 3] frame per row of ``motion``, at the size of ``portrait.image``.

        speech: what the motion was made from; engines that paint the mouth from the sound need it.
        Frames are made one at a time, so memory does not grow with the length of the motion. The array is only valid until
        the next frame is asked for: copy it to keep it. Raises `Cancelled` between two frames once ``cancel`` is set.
        """
        ...

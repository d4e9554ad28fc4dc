"""What a network must offer to paint mouths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy.typing as npt

from ...portrait.portrait import Image
from .crop import Square
from .sound import Sound

#: What the network hears around one frame; its shape is the network's own affair.
Heard = npt.NDArray[Any]


@dataclass(frozen=True)
class Order:
    """One mouth to paint. face: the crop of the frame, uint8 RGB [side, side, 3]; reference: the same face, at rest if possible;
    heard: the sound of that moment."""

    face: Image
    reference: Image
    heard: Heard


class MouthPainter(Protocol):
    """A loaded network that repaints the lower half of a face from the sound."""

    #: Side of the square crops in pixels, and how many are painted at once where memory allows.
    side: int
    batch: int

    def square(self, landmarks: npt.NDArray[Any]) -> Square:
        """The part of the frame that the network wants to see of a face with the mesh [478, 2 or 3]."""
        ...

    def listen(self, sound: Sound, fps: float) -> Callable[[float], Heard]:
        """A function that returns what the network hears for the frame at a time in seconds."""
        ...

    def paint(self, orders: Sequence[Order]) -> Sequence[Image]:
        """The faces with new mouths, uint8 RGB [side, side, 3]. The same order gives the same picture in any batch."""
        ...

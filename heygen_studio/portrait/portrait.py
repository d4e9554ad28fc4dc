"""Portrait: a face that is ready to speak."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Portrait:
    """A photo, framed for the video, with what the renderers need to know of the face.

    image: uint8 RGB [H, W, 3], already at the size of the video;
    landmarks: float32 [478, 3], pixels of ``image``; z in the same unit, smaller is nearer the camera;
    matte: float32 [H, W], 1 on the person, 0 on the background;
    magnification: pixels of ``image`` per pixel of the photo (> 1: the photo was enlarged);
    yaw: degrees the head is turned in the photo, positive towards the viewer's right;
    backdrop: uint8 RGB [H, W, 3], what stands behind the person where the photo's own background was replaced, else None;
    photographed: left, top, right and bottom of the part of ``image`` that the photo holds, None if it holds all; around it lies what was
    made up;
    notes: sentences for the user ("Two faces: the larger one was taken.");
    folder: where the portrait is kept, if it is: what renderers prepare of it belongs there, to go when it goes.
    """

    image: Image
    landmarks: npt.NDArray[np.float32]
    matte: npt.NDArray[np.float32]
    magnification: float
    yaw: float
    notes: tuple[str, ...] = ()
    backdrop: Image | None = None
    photographed: tuple[int, int, int, int] | None = None
    folder: Path | None = field(default=None, compare=False)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.shape[1], self.image.shape[0]

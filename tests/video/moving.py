"""Frames without a face, for what does not need one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from heygen_studio.portrait.portrait import Image

SIZE = (192, 128)


def moving_frames(count: int, size: tuple[int, int] = SIZE, flash_every: int = 0) -> Iterator[Image]:
    """A drifting gradient; every ``flash_every``-th frame is white."""
    width, height = size
    x = np.linspace(0, 255, width)[None, :] + np.linspace(0, 60, height)[:, None]
    for i in range(count):
        if flash_every and i % flash_every == 0:
            yield np.full((height, width, 3), 255, np.uint8)
        else:
            grey = (x + 2 * i) % 160
            yield np.stack([grey, grey * 0.7, 150 - 0.5 * grey], axis=-1).astype(np.uint8)

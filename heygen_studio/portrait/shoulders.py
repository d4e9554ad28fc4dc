"""Shoulders that the sides of a photo cut off go on to their natural end."""

from __future__ import annotations

import cv2
import numpy as np

from .network import Array

#: A cut-off shoulder falls as steeply as over this part of the photo's width beside the cut, within these limits (down per across); it is
#: mirrored from no more than that part.
RUN, SLOPES = 0.06, (0.8, 4.0)

#: Where the outline inside the photo has risen more steeply than so much (up per across) and by a step of this part of the height, the neck
#: begins; of the way to it, this part is surely shoulder and no collar.
STEEP, STEP, SURELY_SHOULDER = 1.5, 0.03, 0.6


def shoulders(mirrored: Array, person: Array, beyond: Array, first: int, covered: int) -> tuple[Array, Array]:
    """What the photo's sides cut off of the person: colours [H, W, 3] and share [H, W], 0 in the photo.

    The mirror image of the shoulder alone, again and again, each column lowered so that the outline goes on falling as steeply as it does
    inside the photo, in a straight line.
    ``beyond`` [W]: columns past the photo.
    """
    height, width = person.shape
    tops, lower, columns = np.full(width, np.inf), np.zeros(width), np.arange(width)
    run = max(2, round(RUN * covered))
    for edge, inward in ((first, 1), (first + covered - 1, -1)):
        outer = np.arange(width) < edge if inward > 0 else np.arange(width) > edge
        if person[-1, edge] > 0.5:
            outline = height - np.argmin(person[::-1, edge::inward][:, : covered // 2] > 0.5, axis=0)
            slope = np.clip((outline[0] - outline[min(run, len(outline) - 1)]) / run, *SLOPES)
            tops[outer] = outline[0] + slope * beyond[outer]
            shoulder = _shoulder_width(outline, height, run)
            inside = shoulder - np.abs((beyond[outer] - 1) % (2 * shoulder) - shoulder)
            columns[outer] = edge + inward * inside
            lower[outer] = tops[outer] - outline[np.minimum(inside, len(outline) - 1)]
    rows = (np.arange(height)[:, None] - lower[None, :]).astype(np.float32)
    at = np.tile(columns.astype(np.float32), (height, 1))
    colours = cv2.remap(mirrored.astype(np.float32), at, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    share = cv2.remap(person, at, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0.0)
    below = np.clip((np.arange(height)[:, None] - tops[None, :]) / 3 + 1, 0, 1)  # further out the mirror image holds other things
    return colours, np.where(beyond[None, :] > 0, share * below, 0).astype(np.float32)


def _shoulder_width(outline: Array, height: int, run: int) -> int:
    """Columns from the photo's edge inwards in which the ``outline`` of the person (rows) is that of a shoulder, not of the head."""
    steep = outline[0] - outline > STEEP * np.arange(len(outline)) + STEP * height
    return max(2, min(run, int(SURELY_SHOULDER * (np.argmax(steep) if steep.any() else len(outline)))))

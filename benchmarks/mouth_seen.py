"""The mouth measured without landmarks, which see painted or thin lips half shut: as it is drawn, and in the pixels of a frame."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import numpy.typing as npt

from heygen_studio.frames.mesh.lips import lip_shape, opening
from heygen_studio.frames.mesh.rig import FrameDrawer, prepare_rig
from heygen_studio.motion import Motion
from heygen_studio.motion.motion import APERTURE, CLOSURE, TONGUE
from heygen_studio.portrait import Image, Portrait

Numbers = npt.NDArray[np.floating]

#: Landmarks down the middle: the upper lip's edge and the lower lip's; the outer corners of the eyes are so far apart.
UPPER, LOWER = 0, 17
EYES, EYES_MM = (33, 263), 89.0

#: The strip: half its width, a step down it, and how far it goes on over the skin above and below the lips, mm.
HALF_MM, STEP_MM, ABOVE_MM, BELOW_MM = 3.0, 0.1, 2.0, 5.0

#: Near the lips' edges nothing is looked for, mm.
EDGE_MM = 1.0

#: CIE Lab distance to the nearest colour at rest from which something counts as between the lips, and where it fully does: the noise of
#: the encoder is below it. Colours kept.
FOREIGN, SURELY, COLOURS = 3.5, 9.0, 2500


#: A tongue that is raised so far should be seen in a mouth that is so far open, mm. A pixel that changes so much, grey levels, and gets so
#: much redder without it, shows it; so many mm² of them are noticed.
RAISED, OPEN_MM, CHANGED, REDDER, NOTICED_MM2 = 0.55, 2.0, 12, 1.05, 2.0


def drawn_gap(portrait: Portrait, motion: Motion) -> Numbers:
    """mm between the lips in the middle of the mouth, as the renderer shapes them, [n]."""
    lips = prepare_rig(portrait).mouth.lips
    shapes = (lip_shape(lips, row.astype(float), float(smile)) for row, smile in zip(motion.mouth, motion.smile, strict=True))
    return np.array([opening(upper, lower) for upper, lower in shapes])


def tongue_seen(portrait: Portrait, motion: Motion) -> Numbers:
    """For every frame that raises the tongue in an open mouth: is it seen? A frame drawn without it tells."""
    rig = prepare_rig(portrait)
    without = motion.mouth.copy()
    without[:, TONGUE] = 0
    drawer, plain = FrameDrawer(rig), dataclasses.replace(motion, mouth=without)
    seen = []
    for row in np.flatnonzero(
        (motion.mouth[:, TONGUE] >= RAISED) & (motion.mouth[:, APERTURE] >= OPEN_MM) & (motion.mouth[:, CLOSURE] < 0.1)
    ):
        one, other = (drawer.draw(tracks, int(row)).astype(float) for tracks in (motion, plain))
        redness = [frame[..., 0] / (frame[..., 1] + 1) for frame in (one, other)]
        tongue = (np.abs(one - other).max(axis=2) > CHANGED) & (redness[0] > REDDER * redness[1])
        seen.append(tongue.sum() / rig.mouth.head.px_per_mm**2 >= NOTICED_MM2)
    return np.array(seen)


class LipGap:
    """mm between the lips by colour: down the middle of the mouth, what has none of the colours that lips, seam and skin had there at rest
    lies between the lips, be it teeth, the tongue or the dark."""

    def __init__(self, rest: Image, points: Numbers) -> None:
        """rest: a frame of the video whose mouth is shut, and its landmarks [478, 3]."""
        self._mm = _apart(points, *EYES) / EYES_MM
        own = self._strip(rest, points)[1].reshape(-1, 3)
        self._own = own[np.random.default_rng(0).choice(len(own), min(len(own), COLOURS), replace=False)]

    def __call__(self, frame: Image, points: Numbers) -> float:
        """mm between the lips of a face whose landmarks [478, 3] were found in the frame."""
        down, strip, length = self._strip(frame, points)
        colours = strip[(down > EDGE_MM) & (down < length - EDGE_MM)].mean(axis=1)
        distance = np.sqrt(((colours[:, None] - self._own[None]) ** 2).sum(axis=2)).min(axis=1)
        foreign = np.clip((distance - FOREIGN) / (SURELY - FOREIGN), 0, 1)
        # A tongue of the lips' colour between two rows of teeth lies between the lips as well.
        within = np.minimum(np.maximum.accumulate(foreign), np.maximum.accumulate(foreign[::-1])[::-1])
        return float(within.sum()) * STEP_MM

    def _strip(self, image: Image, points: Numbers) -> tuple[Numbers, Numbers, float]:
        """Distances [k] below the upper lip's edge in mm, the Lab colours there [k, n, 3], and the distance of the lower lip's edge."""
        top, bottom = points[UPPER, :2].astype(float), points[LOWER, :2].astype(float)
        along = (bottom - top) / np.linalg.norm(bottom - top)
        across = np.array([along[1], -along[0]])
        length = _apart(points, UPPER, LOWER) / self._mm
        down = np.arange(-ABOVE_MM, length + BELOW_MM, STEP_MM)
        beside = np.linspace(-HALF_MM, HALF_MM, 13)
        at = (top + (down[:, None, None] * along + beside[None, :, None] * across) * self._mm).astype(np.float32)
        seen = cv2.remap(image, at[..., 0], at[..., 1], cv2.INTER_LINEAR).astype(np.float32) / 255
        return down, np.asarray(cv2.cvtColor(seen, cv2.COLOR_RGB2LAB)), length


def _apart(points: Numbers, one: int, other: int) -> float:
    return float(np.linalg.norm(points[one, :2] - points[other, :2]))

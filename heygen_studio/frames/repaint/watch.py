"""Following the face through a video and judging frame by frame whether its mouth may be painted."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

from ...portrait.checks import MAX_PITCH, MAX_ROLL, MAX_YAW
from ...portrait.headpose import face_width, head_pose
from ...portrait.landmarks import FaceTracker
from ...portrait.mouth import mouth_hidden
from ...portrait.portrait import Image

Mesh = npt.NDArray[Any]

#: Why a frame keeps its own pixels; "" where it does not have to.
Kept = Literal["", "no face", "face too small", "turned away", "mouth covered"]

#: A narrower face shows no lips, pixels.
SMALLEST_FACE = 40

#: Frames before and after the one at hand: over this many the mesh is smoothed, and over this many painting fades in and out.
SMOOTHED, FADED = 2, 3
#: A face that moves further than this between two frames, in its widths, was cut to, not moved.
CUT = 0.2

#: Pictures are compared at this size, from samples of at least so many pixels; two that differ by more than this mean of 255 belong to
#: different scenes.
SCENE, SAMPLED, SCENE_CUT = (32, 18), (256, 144), 20.0

#: Points of the lower face whose colours tell whether anything came before it.
# fmt: off
LOWER_FACE = (
    37, 267, 17, 84, 314, 61, 291, 0, 39, 269, 181, 405, 40, 270, 91, 321, 185, 409, 146, 375, 164, 2, 165, 391, 92, 322, 18, 83, 313,
    182, 406, 200, 199, 175, 152, 201, 421, 208, 428, 32, 262, 140, 369, 211, 431, 106, 335, 194, 418, 204, 424, 202, 422, 212, 432,
    57, 287, 186, 410, 43, 273, 216, 436, 206, 426, 205, 425, 187, 411, 207, 427, 214, 434, 192, 416, 210, 430, 169, 394, 135, 364,
    138, 367,
)
# fmt: on
#: They are looked up in a face of this width, pixels. Two frames whose colours differ by less than this look alike: the same face
#: talking differs by up to 11 of 255, with a hand, mask, cup, scarf or tape before the mouth by 19 and more.
WIDTH, ALIKE = 64, 13.0
#: Looks that are remembered with their verdict.
REMEMBERED = 8


@dataclass(frozen=True)
class Seen:
    """A frame and its face. mesh: [478, 3] pixels, None where nothing may be painted; kept says why.
    weight: how much of what is painted shows, 0-1; cut: whether a new scene begins with this frame."""

    frame: Image
    mesh: Mesh | None
    kept: Kept = ""
    weight: float = 1.0
    cut: bool = False


class FaceWatcher:
    """Follows one face, the largest of the first frame of each scene that has any."""

    def __init__(self, tracker: FaceTracker) -> None:
        self._tracker = tracker
        self._judged: deque[tuple[Mesh, bool]] = deque(maxlen=REMEMBERED)
        self._last: Mesh | None = None

    def __call__(self, frame: Image) -> Seen:
        """What is to be seen in the next frame."""
        cut = self._is_cut(frame)
        if cut:
            self._tracker.forget()
        mesh = self._tracker.follow(frame)
        kept = self._why_kept(frame, mesh)
        return Seen(frame, None if kept else mesh, kept, cut=cut)

    def _why_kept(self, frame: Image, mesh: Mesh | None) -> Kept:
        """Why nothing may be painted in the frame; "" if something may."""
        if mesh is None or not _within(mesh, frame):
            return "no face"
        pose = head_pose(mesh)
        if abs(pose.yaw) > MAX_YAW or abs(pose.pitch) > MAX_PITCH or abs(pose.roll) > MAX_ROLL:
            return "turned away"
        if face_width(mesh) < SMALLEST_FACE:
            return "face too small"
        return "mouth covered" if self._covered(frame, mesh) else ""

    def _is_cut(self, frame: Image) -> bool:
        """Whether the picture is another one than before. Where a face was, a part of another one could be taken for it."""
        step = max(1, min(frame.shape[1] // SAMPLED[0], frame.shape[0] // SAMPLED[1]))
        samples = np.ascontiguousarray(frame[::step, ::step])
        small = cv2.resize(samples, SCENE, interpolation=cv2.INTER_AREA).astype(np.float32)
        last, self._last = self._last, small
        return last is None or float(np.abs(small - last).mean()) > SCENE_CUT

    def _covered(self, frame: Image, mesh: Mesh) -> bool:
        """Judging takes a quarter of a second, so a frame that looks like one before gets the verdict of that."""
        look = _colours(frame, mesh)
        differences = [float(np.abs(look - before).mean()) for before, _ in self._judged]
        nearest = int(np.argmin(differences)) if differences else -1
        if nearest >= 0 and differences[nearest] < ALIKE:
            return self._judged[nearest][1]
        covered = mouth_hidden(self._tracker.face_mesh, frame, mesh)
        self._judged.append((look, covered))
        return covered


def _within(mesh: Mesh, frame: Image) -> bool:
    """Whether most of the lower face lies in the frame."""
    x, y = mesh[list(LOWER_FACE), :2].T
    return float(((x >= 0) & (y >= 0) & (x < frame.shape[1]) & (y < frame.shape[0])).mean()) > 0.9


def _colours(frame: Image, mesh: Mesh) -> Mesh:
    """RGB [n, 3] at the points of the lower face, seen small."""
    points = mesh[list(LOWER_FACE), :2]
    width = face_width(mesh)
    low = np.clip(np.floor(points.min(axis=0) - 0.1 * width), 0, [frame.shape[1] - 1, frame.shape[0] - 1]).astype(int)
    high = np.maximum(np.ceil(points.max(axis=0) + 0.1 * width).astype(int), low + 1)
    part = frame[low[1] : high[1], low[0] : high[0]]
    scale = WIDTH / width
    size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    across, down = ((points - low + 0.5) * scale - 0.5).astype(np.float32).T
    looked_up = cv2.remap(small, across[None], down[None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(looked_up[0])


def steadied(seen: Iterable[Seen]) -> Iterator[Seen]:
    """The same frames with meshes that do not tremble, and painting that fades in and out beside frames of the scene that are kept."""
    for before, here, after in _with_neighbours(seen, max(SMOOTHED, FADED)):
        if here.mesh is None:
            yield here
            continue
        sides = _since_cut(here, before), _until_cut(after)
        near = [here.mesh, *(mesh for side in sides for mesh in _unbroken(here.mesh, side))]
        distance = min((n for side in sides for n, other in enumerate(side[:FADED], 1) if other.mesh is None), default=0)
        weight = distance / (FADED + 1) if distance else 1.0
        yield Seen(here.frame, np.mean(near, axis=0), weight=weight)


def _until_cut(after: list[Seen]) -> list[Seen]:
    """The frames up to the next scene."""
    return list(takewhile(lambda one: not one.cut, after))


def _since_cut(here: Seen, before: list[Seen]) -> list[Seen]:
    """The frames before ``here`` that are of its scene, the nearest first."""
    begins = next((n for n, one in enumerate([here, *before[::-1]]) if one.cut), len(before))
    return before[::-1][:begins]


def _unbroken(mesh: Mesh, neighbours: list[Seen]) -> list[Mesh]:
    """The meshes of the next frames on one side, up to one without a face or a cut."""
    found: list[Mesh] = []
    for other in neighbours[:SMOOTHED]:
        last = found[-1] if found else mesh
        if other.mesh is None or np.linalg.norm(other.mesh[:, :2] - last[:, :2], axis=1).mean() > CUT * face_width(mesh):
            break
        found.append(other.mesh)
    return found


def _with_neighbours(items: Iterable[Seen], reach: int) -> Iterator[tuple[list[Seen], Seen, list[Seen]]]:
    """Every item with up to ``reach`` items before and after it."""
    before: deque[Seen] = deque(maxlen=reach)
    waiting: deque[Seen] = deque()
    for item in items:
        waiting.append(item)
        if len(waiting) > reach:
            here = waiting.popleft()
            yield list(before), here, list(waiting)
            before.append(here)
    while waiting:
        here = waiting.popleft()
        yield list(before), here, list(waiting)
        before.append(here)

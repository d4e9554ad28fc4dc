"""What lies past a photo's edges, for a video of another shape: the photo goes on, out of focus.

Background and person go on apart. Both start as their mirror image at the edge, so that nothing shows where the photo ends, and are
ever more stretched and blurred further out, so that nothing is seen twice. Shoulders fall to their natural end, hair fades away, and
below the photo the body goes on and becomes wider.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .blur import defocused
from .fill import fill
from .headpose import CHIN, FOREHEAD, OVAL
from .network import Array
from .portrait import Image
from .shoulders import shoulders

#: The reduction at which everything is made: all of it is blurred.
STEP = 2

#: How deep into the photo the mirror images reach, as part of the video's longer side; the person's at most this part of the way to the
#: face.
DEEP, TO_FACE = 0.05, 0.5

#: Blur (standard deviation) for each pixel past the edge: of the background, and of the person. The outline of shoulders stays clear: they
#: are blurred by no more than this part of the video's longer side.
BLUR, BLUR_PERSON, BLUR_SHOULDERS = 0.35, 0.18, 0.006

#: Hair and ears that an edge cuts off fade away over this part of the video's longer side, and over no more than they reach along the edge.
HAIR = 0.08
#: The edge cuts off what has a share of at least one part in this many there.
CUT = 1.5

#: The body becomes wider by this factor at most, mostly within this many face heights.
BROADER, WITHIN = 1.1, 0.5

#: How much darker the picture becomes to the sides and above, and below, and over which parts of the video's longer side.
DARKER, OVER = 0.2, 0.3
DARKER_BELOW, OVER_BELOW = 0.8, 0.36

#: The background is known this far from the person, as part of the video's longer side. Where there is none at all, the colours so close
#: to the edge take its place: they count this much.
AWAY, CLOSE, CLOSE_COUNTS = 0.008, 0.01, 3e-3

#: A smaller share than this past the edge is nobody's, and one that is smaller by this than all is all.
FAINT = 0.02


@dataclass(frozen=True)
class _Canvas:
    """The video [H, W] at the reduced size, with a photo of ``width`` x ``height`` at (left, top) in it."""

    left: int
    top: int
    width: int
    height: int
    shape: tuple[int, int]

    @property
    def longer(self) -> int:
        return max(self.shape)

    @property
    def photo(self) -> tuple[slice, slice]:
        """Where the photo lies."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)

    @property
    def beside(self) -> Array:
        """Pixels past the photo of each column [W], negative to the left."""
        return _past(self.left, self.width, self.shape[1])

    @property
    def below(self) -> Array:
        """Pixels past the photo of each row [H], negative above."""
        return _past(self.top, self.height, self.shape[0])


def extend(image: Image, matte: Array, landmarks: Array, place: tuple[int, int], size: tuple[int, int]) -> tuple[Image, Array]:
    """Put ``image`` [H, W, 3] and ``matte`` [H, W] at ``place`` (left, top) in a video of ``size`` and continue them to its edges.

    landmarks: the mesh [478, 3] in pixels of ``image``.
    """
    height, width = matte.shape
    if (width, height) == size:
        return image, matte
    canvas = _canvas((width, height), place, size)
    reduced = (canvas.width, canvas.height)
    colours: Image = np.asarray(cv2.resize(image, reduced, interpolation=cv2.INTER_AREA), np.uint8)
    share = cv2.resize(matte, reduced, interpolation=cv2.INTER_AREA)
    person = np.dstack([colours * share[..., None], share * 255]).astype(np.float32)
    away = np.hypot(canvas.beside[None, :], canvas.below[:, None]).astype(np.float32)
    picture, shown = defocused(_background(colours, share, canvas), BLUR * away), np.zeros(canvas.shape, np.float32)
    layers = [(_hair_and_body(person, landmarks[:, :2] / STEP, canvas), BLUR_PERSON * away)]
    if canvas.beside.any():
        layers.append((_shoulders(colours, share, canvas), np.minimum(BLUR_PERSON * away, BLUR_SHOULDERS * canvas.longer)))
    for layer, blur in layers:
        layer[canvas.photo] = person
        layer = defocused(layer, blur)
        part = layer[..., 3] / 255
        picture += layer[..., :3] - picture * part[..., None]
        shown = np.maximum(shown, part)
    picture *= _light(canvas)[..., None]
    shown = np.clip((shown - FAINT) / (1 - 2 * FAINT), 0, 1)
    whole: Array = cv2.resize(shown, size, interpolation=cv2.INTER_LINEAR)
    enlarged = cv2.resize(np.clip(np.round(picture), 0, 255).astype(np.uint8), size, interpolation=cv2.INTER_LINEAR)
    extended: Image = np.asarray(enlarged, np.uint8)
    inside = slice(place[1], place[1] + height), slice(place[0], place[0] + width)
    extended[inside], whole[inside] = image, matte
    return extended, whole


def _canvas(photo: tuple[int, int], place: tuple[int, int], size: tuple[int, int]) -> _Canvas:
    """For a photo (width, height) at ``place`` (left, top) in a video of ``size``."""
    width, height = (max(1, round(pixels / STEP)) for pixels in photo)
    left, top = (round(pixels / STEP) for pixels in place)
    right, bottom = (round((size[axis] - place[axis] - photo[axis]) / STEP) for axis in (0, 1))
    return _Canvas(left, top, width, height, (top + height + bottom, left + width + right))


def _past(first: int, length: int, total: int) -> Array:
    places = np.arange(total) - first
    return np.minimum(places, 0) + np.maximum(places - (length - 1), 0)


def _background(colours: Image, share: Array, canvas: _Canvas) -> Array:
    """The photo without the person, and its mirror images, float32 [H, W, 3]."""
    margin, close = max(1, round(AWAY * canvas.longer)), max(1, round(CLOSE * canvas.longer))
    known = 1 - cv2.dilate(share, np.ones((2 * margin + 1,) * 2, np.uint8))
    edge = np.full_like(known, CLOSE_COUNTS)
    if canvas.beside.any():
        edge[:, close:-close] = 0
    else:
        edge[close:-close] = 0
    filled = fill(colours, np.maximum(known, edge)).astype(np.float32)
    deep = DEEP * canvas.longer
    columns, rows = _mirrored(canvas.beside, canvas.left, canvas.width, deep), _mirrored(canvas.below, canvas.top, canvas.height, deep)
    return cv2.remap(filled, *_every(columns, rows), cv2.INTER_LINEAR)


def _hair_and_body(person: Array, landmarks: Array, canvas: _Canvas) -> Array:
    """The person's mirror images past the edges that cut the person off, premultiplied RGBA [H, W, 4]."""
    layer = np.zeros((*canvas.shape, 4), np.float32)
    rows, columns = canvas.photo
    sideways = person.transpose(1, 0, 2)
    low, high = landmarks[list(OVAL)].min(0), landmarks[list(OVAL)].max(0)

    def deep(to_face: float) -> float:
        return min(DEEP * canvas.longer, TO_FACE * max(to_face, 1.0))

    reach = HAIR * canvas.longer
    right, bottom = canvas.shape[1] - columns.stop, canvas.shape[0] - rows.stop
    if canvas.top:
        layer[: canvas.top, columns] = _hair(person, canvas.top, deep(low[1]), reach)[::-1]
    if canvas.left:
        layer[rows, : canvas.left] = _hair(sideways, canvas.left, deep(low[0]), reach)[::-1].transpose(1, 0, 2)
    if right:
        layer[rows, columns.stop :] = _hair(sideways[::-1], right, deep(canvas.width - high[0]), reach).transpose(1, 0, 2)
    if bottom:
        layer[rows.stop :, columns] = _body(person, landmarks, bottom, deep(canvas.height - high[1]))
    return layer


def _hair(person: Array, past: int, deep: float, reach: float) -> Array:
    """What the first row of ``person`` [h, w, 4] cuts off, in rows ``past`` it, going outwards: [past, w, 4]."""
    beyond = np.arange(1, past + 1, dtype=np.float32)
    cut = person[0, :, 3] / 255
    along = cv2.distanceTransform((cut > 0.5).astype(np.uint8)[None], cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[0]
    stays = 1 - _smooth(beyond[:, None] / np.clip(along, 1, reach))
    columns = np.arange(person.shape[1], dtype=np.float32)
    return cv2.remap(person, *_every(columns, _depth(beyond, deep)), cv2.INTER_LINEAR) * (stays * _smooth(CUT * cut))[..., None]


def _body(person: Array, landmarks: Array, past: int, deep: float) -> Array:
    """What the last row of ``person`` [h, w, 4] cuts off, in rows ``past`` it: [past, w, 4]."""
    height, width = person.shape[:2]
    middle, face = landmarks[CHIN, 0], float(np.linalg.norm(landmarks[CHIN] - landmarks[FOREHEAD]))
    beyond = np.arange(1, past + 1, dtype=np.float32)
    broader = 1 + BROADER * (1 - np.exp(-beyond / (WITHIN * face)))
    across, down = _every(np.arange(width), height - 1 - _depth(beyond, deep))
    across = (middle + (across - middle) / broader[:, None]).astype(np.float32)
    cut = person * _smooth(CUT * person[-1, :, 3] / 255)[None, :, None]
    return cv2.remap(cut, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _shoulders(colours: Image, share: Array, canvas: _Canvas) -> Array:
    """What the sides cut off of the shoulders, premultiplied RGBA [H, W, 4]."""
    rows, columns = canvas.photo
    margins = (rows.start, canvas.shape[0] - rows.stop, columns.start, canvas.shape[1] - columns.stop)
    mirrored, person = (cv2.copyMakeBorder(plane, *margins, cv2.BORDER_REFLECT) for plane in (colours, share))
    cut_off, part = shoulders(mirrored, person, np.abs(canvas.beside), canvas.left, canvas.width)
    return np.dstack([cut_off * part[..., None], part * 255])


def _light(canvas: _Canvas) -> Array:
    """How bright the picture is [H, W], 0-1: darker further out, most of all below."""
    below = 1 - DARKER_BELOW * _smooth(np.maximum(canvas.below, 0) / (OVER_BELOW * canvas.longer))
    above, beside = (1 - DARKER * _smooth(past / (OVER * canvas.longer)) for past in (-np.minimum(canvas.below, 0), np.abs(canvas.beside)))
    return ((below * above)[:, None] * beside[None, :]).astype(np.float32)


def _depth(past: Array, deep: float) -> Array:
    """How deep in the photo lies what the mirror image shows ``past`` pixels from the edge: ever more slowly up to ``deep``."""
    return deep * (1 - np.exp(-past / deep))


def _mirrored(past: Array, first: int, length: int, deep: float) -> Array:
    """Of each column or row, the one of the photo that is shown there; for ``past`` see `_Canvas`."""
    inside = np.clip(np.arange(len(past)) - first, 0, length - 1)
    return inside - np.sign(past) * _depth(np.abs(past), deep)


def _every(columns: Array, rows: Array) -> tuple[Array, Array]:
    """The maps [h, w] of all columns [w] and rows [h] for OpenCV's remap."""
    across, down = np.meshgrid(columns, rows)
    return across.astype(np.float32), down.astype(np.float32)


def _smooth(t: Array) -> Array:
    t = np.clip(t, 0, 1)
    return t * t * (3 - 2 * t)

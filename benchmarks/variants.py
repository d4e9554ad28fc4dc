"""The same portraits as they might also have been: near and far, in other light, of darker skin, bearded, mirrored, badly stored."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow

from heygen_studio.portrait import Image
from heygen_studio.portrait.landmarks import FaceTracker

Numbers = npt.NDArray[np.floating]

#: Landmarks: outline of the lips, of the lower face that a beard covers; temples; cheeks and forehead.
LIPS = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
BEARD = (132, 205, 98, 2, 327, 425, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58)
#: Both eyes, and what shows between the lips.
KEPT = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
    (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95),
)
TEMPLES, SKIN = (234, 454), (50, 280, 205, 425, 151, 9)


def variants(photo: Path, tracker: FaceTracker, folder: Path) -> Iterator[Path]:
    """Write every variant of ``photo`` into ``folder``; yields their paths."""
    image = np.array(Pillow.open(photo).convert("RGB"))
    points, _ = tracker.mesh(image, tracker.detect(image)[0])
    for name, change in VARIANTS.items():
        path = folder / f"{photo.stem}+{name}.png"
        Pillow.fromarray(change(image, points)).save(path)
        yield path


def face_of(width: float) -> Callable[[Image, Numbers], Image]:
    """Scaled until the face is ``width`` pixels wide."""

    def change(image: Image, points: Numbers) -> Image:
        factor = width / float(np.linalg.norm(points[TEMPLES[0], :2] - points[TEMPLES[1], :2]))
        method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=method), np.uint8)

    return change


def dark_skin(image: Image, points: Numbers) -> Image:
    """What has the hue of the face's skin gets half as light; not the eyes and what shows between the lips."""
    lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB).astype(np.float32)
    skin = np.median([lab[int(y), int(x)] for x, y in points[list(SKIN), :2]], axis=0)
    near = np.exp(-(((lab[..., 1] - skin[1]) / 18) ** 2) - ((lab[..., 2] - skin[2]) / 22) ** 2)
    near = cv2.GaussianBlur((near * np.clip(lab[..., 0] / 60, 0, 1)).astype(np.float32), (0, 0), 1.5)
    kept = np.zeros(near.shape, np.uint8)
    for outline in KEPT:
        cv2.fillPoly(kept, [points[list(outline), :2].round().astype(np.int32)], 1)
    near *= 1 - cv2.GaussianBlur(kept.astype(np.float32), (0, 0), 1.0)
    lab[..., 0] *= 1 - 0.52 * near
    lab[..., 1] += 3 * near
    return np.asarray(cv2.cvtColor(np.clip(lab, 0, 255).astype(np.uint8), cv2.COLOR_LAB2RGB), np.uint8)


def side_light(image: Image, points: Numbers) -> Image:
    """Bright on the viewer's left, a third of that on the right."""
    left, right = points[TEMPLES[0], 0], points[TEMPLES[1], 0]
    across = np.clip((np.arange(image.shape[1]) - left) / (right - left), 0, 1)
    light = 1.12 - 0.75 * across * across * (3 - 2 * across)
    return np.clip(image * light[None, :, None], 0, 255).astype(np.uint8)


def cast(*factors: float) -> Callable[[Image, Numbers], Image]:
    """Coloured light: factors for R, G, B."""
    return lambda image, points: np.clip(image * np.array(factors), 0, 255).astype(np.uint8)


def badly_stored(image: Image, points: Numbers) -> Image:
    """A JPEG of quality 22."""
    stored = io.BytesIO()
    Pillow.fromarray(image).save(stored, "JPEG", quality=22)
    return np.array(Pillow.open(stored))


def mirrored(image: Image, points: Numbers) -> Image:
    return np.ascontiguousarray(image[:, ::-1])


def bearded(image: Image, points: Numbers) -> Image:
    """A full beard and a moustache of many short dark hairs, none of them on the lips."""
    dice = np.random.default_rng(0)
    scale = float(np.linalg.norm(points[TEMPLES[0], :2] - points[TEMPLES[1], :2])) / 140  # pixels per mm, about
    area = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(area, [points[list(BEARD), :2].round().astype(np.int32)], 255)
    cv2.fillPoly(area, [points[list(LIPS), :2].round().astype(np.int32)], 0)
    rows, columns = np.nonzero(area)
    hairs = np.zeros(image.shape[:2], np.uint8)
    for index in dice.integers(0, len(rows), int(2.2 * len(rows) / max(scale, 1))):
        x, y = columns[index], rows[index]
        angle, length = dice.normal(np.pi / 2, 0.45), dice.uniform(2, 5) * scale
        end = round(x + length * np.cos(angle)), round(y + length * np.sin(angle))
        cv2.line(hairs, (int(x), int(y)), end, int(dice.integers(120, 255)), max(1, round(0.35 * scale)), cv2.LINE_AA)
    cover = cv2.GaussianBlur(np.minimum(hairs, cv2.dilate(area, np.ones((3, 3), np.uint8))).astype(np.float32) / 255, (0, 0), 0.5)[
        ..., None
    ]
    return (image * (1 - 0.85 * cover) + np.array([44, 32, 26]) * 0.85 * cover).astype(np.uint8)


VARIANTS: dict[str, Callable[[Image, Numbers], Image]] = {
    "160px": face_of(160), "1500px": face_of(1500), "dark": dark_skin, "side": side_light, "blue": cast(0.78, 0.92, 1.15),
    "warm": cast(1.1, 0.88, 0.6), "jpeg": badly_stored, "mirror": mirrored, "beard": bearded,
}  # fmt: skip

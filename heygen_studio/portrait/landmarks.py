"""Faces in a picture: where they are, their 478 points and their 52 expression coefficients.

Three networks of MediaPipe's face landmarker run in LiteRT: BlazeFace short range (Bazarevsky et al. 2019,
arXiv:1907.05047), the attention face mesh with irises (Grishchenko et al. 2020, arXiv:2006.10962) and its blendshapes.
"""

from __future__ import annotations

import math
import threading
import zipfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from .portrait import Image

Array = npt.NDArray[np.float32]

#: Side of the networks' square inputs, in pixels.
DETECTOR_SIDE, MESH_SIDE = 128, 256

#: Scores from which a detection or a mesh counts as a face.
DETECTED, PRESENT = 0.5, 0.5

#: How much larger than the face the region is that the mesh network sees.
REGION = 1.5

#: Overlap (intersection over union) from which two detections are the same face.
SAME_FACE = 0.3

#: The detector misses faces smaller than about 15 % of its view, so the picture is searched in views of 1/1, 1/2, ... of its
#: longer side. The first two are always searched, so that company is noticed; the others only until a face is found.
ALWAYS_VIEWS, FURTHER_VIEWS = (1, 2), (4, 8)

#: Outer eye corners, whose line is level in an upright face.
RIGHT_EYE, LEFT_EYE = 33, 263

# The points that the blendshape network reads.
# fmt: off
_BLENDSHAPE_POINTS = (
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66, 67, 70, 78, 80, 81, 82, 84, 87,
    88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144, 145, 146, 148, 149, 150, 152, 153, 154, 155, 157, 158, 159, 160,
    161, 162, 163, 168, 172, 173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263, 267, 269, 270, 276, 282, 283, 284,
    285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318, 321, 323, 324, 332, 334, 336, 338, 356, 361, 362,
    365, 373, 374, 375, 377, 378, 379, 380, 381, 382, 384, 385, 386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454,
    466, 468, 469, 470, 471, 472, 473, 474, 475, 476, 477,
)
# fmt: on


@dataclass(frozen=True)
class Box:
    """A face as a turned square: centre and side in pixels, angle in radians (positive: clockwise), score 0..1."""

    x: float
    y: float
    side: float
    angle: float
    score: float

    def overlap(self, other: Box) -> float:
        """Intersection over union of the two squares, their angles ignored."""
        width = min(self.x + self.side / 2, other.x + other.side / 2) - max(self.x - self.side / 2, other.x - other.side / 2)
        height = min(self.y + self.side / 2, other.y + other.side / 2) - max(self.y - self.side / 2, other.y - other.side / 2)
        common = max(width, 0) * max(height, 0)
        return common / (self.side**2 + other.side**2 - common)

    def contains(self, other: Box) -> bool:
        """Whether the centre of ``other`` lies in this square."""
        return max(abs(self.x - other.x), abs(self.y - other.y)) < self.side / 2


class Network:
    """A .tflite model on one thread, safe to call from several."""

    def __init__(self, model: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(model_content=model, num_threads=1)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._outputs = [detail["index"] for detail in self._interpreter.get_output_details()]
        self._lock = threading.Lock()

    def __call__(self, tensor: Array) -> list[Array]:
        with self._lock:
            self._interpreter.set_tensor(self._input, tensor)
            self._interpreter.invoke()
            return [self._interpreter.get_tensor(index) for index in self._outputs]


class FaceDetector:
    """Finds faces of any size."""

    def __init__(self, model: bytes) -> None:
        self._network = Network(model)
        self._anchors = _anchors()

    def __call__(self, image: Image, views: int) -> list[Box]:
        """Faces in ``image`` [H, W, 3], best first, seen through square views of 1/``views`` of its longer side."""
        height, width = image.shape[:2]
        scale = DETECTOR_SIDE * views / max(height, width)
        small = cv2.resize(image, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=_interpolation(scale))
        found: list[Box] = []
        for top in _starts(small.shape[0]):
            for left in _starts(small.shape[1]):
                view = _view(small, left, top)
                found += [
                    Box((box.x + left) / scale, (box.y + top) / scale, box.side / scale, box.angle, box.score) for box in self._scan(view)
                ]
        return _one_per_face(found)

    def padded(self, image: Image) -> list[Box]:
        """Faces that fill the whole picture: they are found only with some space around them."""
        height, width = image.shape[:2]
        margin = max(height, width) // 3
        around = cv2.copyMakeBorder(image, margin, margin, margin, margin, cv2.BORDER_CONSTANT)
        return [Box(box.x - margin, box.y - margin, box.side, box.angle, box.score) for box in self(around, 1)]

    def _scan(self, view: Image) -> list[Box]:
        outputs = self._network(view[None].astype(np.float32) / 127.5 - 1)
        boxes = next(output for output in outputs if output.shape[-1] == 16)[0]
        logits = next(output for output in outputs if output.shape[-1] == 1)[0, :, 0]
        scores = 1 / (1 + np.exp(-np.clip(logits, -50, 50)))
        found = []
        for index in np.flatnonzero(scores >= DETECTED):
            anchor = self._anchors[index] * DETECTOR_SIDE
            (x, y), side = boxes[index, :2] + anchor, float(boxes[index, 2:4].max())
            (x0, y0), (x1, y1) = boxes[index, 4:8].reshape(2, 2)  # the eyes
            found.append(Box(float(x), float(y), side, math.atan2(y1 - y0, x1 - x0), float(scores[index])))
        return found


class FaceMesh:
    """The 478 points of one face."""

    def __init__(self, model: bytes) -> None:
        self._network = Network(model)

    def __call__(self, image: Image, box: Box) -> tuple[Array, float]:
        """Points float32 [478, 3] in pixels of ``image`` (z in the same unit, smaller is nearer) and presence 0..1."""
        view, matrix = _cut_out(image, box)
        outputs = self._network(view[None].astype(np.float32) / 255)
        points = next(output for output in outputs if output.size == 478 * 3).reshape(478, 3)
        logit = next(output for output in outputs if output.size == 1)
        flat = points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        depth = points[:, 2:] * (REGION * box.side / MESH_SIDE)
        return np.hstack([flat, depth]).astype(np.float32), float(1 / (1 + np.exp(-np.clip(logit.ravel()[0], -50, 50))))


class FaceTracker:
    """Detector and mesh together. One tracker follows one face; it is not shared between threads."""

    def __init__(self, landmarker: Path) -> None:
        """``landmarker``: MediaPipe's face_landmarker.task, a zip of three networks."""
        with zipfile.ZipFile(landmarker) as archive:
            self._detector = FaceDetector(archive.read("face_detector.tflite"))
            self._mesh = FaceMesh(archive.read("face_landmarks_detector.tflite"))
            self._blendshapes = Network(archive.read("face_blendshapes.tflite"))
        self._box: Box | None = None

    def detect(self, image: Image) -> list[Box]:
        """All faces that a mesh fits on, largest first; far smaller ones are searched for only if there is no other."""
        boxes = [box for views in ALWAYS_VIEWS for box in self._detector(image, views)]
        found = self._verified(image, self._detector.padded(image) + boxes)
        for views in FURTHER_VIEWS:
            if not found:
                found = self._verified(image, self._detector(image, views))
        return found

    def mesh(self, image: Image, box: Box) -> tuple[Array, float]:
        """Points [478, 3] and presence of the face near ``box``; the region is refined once by its own points."""
        points, _ = self._mesh(image, box)
        return self._mesh(image, around(points))

    def mesh_once(self, image: Image, box: Box) -> Array:
        """Points [478, 3] as they are seen through ``box``, not refined."""
        return self._mesh(image, box)[0]

    def blendshapes(self, landmarks: Array) -> Array:
        """The 52 ARKit expression coefficients, 0..1, in MediaPipe's order (0 is neutral)."""
        (scores, *_) = self._blendshapes(np.ascontiguousarray(landmarks[list(_BLENDSHAPE_POINTS), :2])[None].astype(np.float32))
        return scores.ravel()

    def follow(self, image: Image) -> Array | None:
        """Points of the face in the next frame of a video, or None where there is no face.

        The region of the last frame is used again; the detector runs only when the face is lost.
        """
        if self._box is not None:
            points, presence = self._mesh(image, self._box)
            self._box = around(points) if presence >= PRESENT else None
        if self._box is None:
            boxes = self.detect(image)
            if not boxes:
                return None
            points, _ = self.mesh(image, boxes[0])
            self._box = around(points)
        return points

    def _verified(self, image: Image, boxes: list[Box]) -> list[Box]:
        faces = []
        for box in _one_per_face(boxes):
            points, presence = self.mesh(image, box)
            if presence >= PRESENT:
                faces.append(around(points, box.score))
        return sorted(_one_per_face(faces), key=lambda face: -face.side)


def around(landmarks: Array, score: float = 1.0) -> Box:
    """The square around a mesh, turned with the line of the eyes."""
    flat = landmarks[:, :2]
    across = flat[LEFT_EYE] - flat[RIGHT_EYE]
    angle = math.atan2(across[1], across[0])
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]], np.float32)
    upright = flat @ turn
    low, high = upright.min(0), upright.max(0)
    x, y = turn @ ((low + high) / 2)
    return Box(float(x), float(y), float((high - low).max()), angle, score)


def _anchors() -> Array:
    """Cell centres, 0..1: two on each of 16 x 16 cells and six on each of 8 x 8."""
    rows = []
    for cells, each in ((16, 2), (8, 6)):
        centres = (np.arange(cells) + 0.5) / cells
        y, x = np.meshgrid(centres, centres, indexing="ij")
        rows.append(np.repeat(np.stack([x.ravel(), y.ravel()], 1), each, 0))
    return np.concatenate(rows).astype(np.float32)


def _interpolation(scale: float) -> int:
    return cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR


def _starts(length: int) -> list[int]:
    """Where views of the detector's side begin so that they overlap by half and cover ``length``."""
    if length <= DETECTOR_SIDE:
        return [-((DETECTOR_SIDE - length) // 2)]
    count = math.ceil((length - DETECTOR_SIDE) / (DETECTOR_SIDE / 2)) + 1
    return [round(start) for start in np.linspace(0, length - DETECTOR_SIDE, count)]


def _view(image: Image, left: int, top: int) -> Image:
    """A square of the detector's side, black where it reaches past the picture."""
    view = np.zeros((DETECTOR_SIDE, DETECTOR_SIDE, 3), np.uint8)
    part = image[max(top, 0) : top + DETECTOR_SIDE, max(left, 0) : left + DETECTOR_SIDE]
    y, x = max(-top, 0), max(-left, 0)
    view[y : y + part.shape[0], x : x + part.shape[1]] = part
    return view


def _one_per_face(boxes: list[Box]) -> list[Box]:
    """Non-maximum suppression: the best box of every face."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda candidate: -candidate.score):
        if all(box.overlap(other) < SAME_FACE for other in kept):
            kept.append(box)
    return kept


def _cut_out(image: Image, box: Box) -> tuple[Image, Array]:
    """The region of a face, upright, as the mesh network wants it, and the matrix [2, 3] from its pixels to the image's."""
    scale = REGION * box.side / MESH_SIDE
    cosine, sine = math.cos(box.angle) * scale, math.sin(box.angle) * scale
    matrix = np.array([[cosine, -sine, 0], [sine, cosine, 0]], np.float32)
    matrix[:, 2] = np.array([box.x, box.y]) - matrix[:, :2] @ [MESH_SIDE / 2, MESH_SIDE / 2]
    shrink = 1.0
    if scale > 2:  # reduce first: sampling every scale-th pixel would alias
        shrink = 1 / scale
        image = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    inverse = matrix * shrink
    inverse[:, 2] += (shrink - 1) / 2  # pixel centres
    view = cv2.warpAffine(
        image, inverse, (MESH_SIDE, MESH_SIDE), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return view, matrix

"""Faces in a picture: where they are, their 478 points and their 52 expression coefficients.

The three networks of MediaPipe's face landmarker, run by LiteRT.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import cv2
import numpy as np

from .box import Box, around, one_per_face
from .detector import FaceDetector
from .mesh import FaceMesh
from .network import Array, Network
from .portrait import Image
from .windows import RIGID, WIDTH, WINDOWS, face_only, scatter, through_windows

#: Presence from which a mesh may be a face.
PRESENT = 0.5

#: Scatter of the rigid points seen through several windows, in parts of the face's width, below which a mesh is a face. Faces have
#: 0.009 to 0.020 (the more, the more they are turned); other things, and faces upside down, have 0.027 and more.
STEADY = 0.025

#: The detector misses faces smaller than about 15 % of its view, so the picture is searched in views of 1/1, 1/2, ... of its
#: longer side. The first two are always searched, so that company is noticed; the others only until a face is found.
ALWAYS_VIEWS, FURTHER_VIEWS = (1, 2), (4, 8)
#: The detector sees no more of a picture than this side shows, pixels: larger ones are reduced once.
SEARCHED_SIDE = 2048
#: In a video without a face the further ones, which take ten times as long, are searched in every so many frames only.
SEARCHED_EVERY = 5

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


class FaceTracker:
    """Detector and mesh together. One tracker follows one face; it is not shared between threads."""

    def __init__(self, landmarker: Path) -> None:
        """``landmarker``: MediaPipe's face_landmarker.task, a zip of three networks."""
        with zipfile.ZipFile(landmarker) as archive:
            self._detector = FaceDetector(archive.read("face_detector.tflite"))
            self.face_mesh = FaceMesh(archive.read("face_landmarks_detector.tflite"))
            self._blendshapes = Network(archive.read("face_blendshapes.tflite"))
        self._box: Box | None = None  # of the followed face in the last frame
        self._lost: Box | None = None  # where the followed face was seen last
        self._others: list[Box] = []  # faces of the scene that are not followed, where they were seen last
        self._missing = 0  # frames without it

    def detect(self, image: Image, small: bool = True) -> list[Box]:
        """All faces that a mesh fits on, largest first; ``small``: if there is none, search for far smaller ones too."""
        scale = min(1.0, SEARCHED_SIDE / max(image.shape[:2]))
        seen = image if scale == 1 else cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)

        def verified(boxes: list[Box]) -> list[Box]:
            return self._verified(image, boxes if scale == 1 else [box.enlarged(1 / scale) for box in boxes])

        found = verified(self._detector.padded(seen) + [box for views in ALWAYS_VIEWS for box in self._detector(seen, views)])
        for views in FURTHER_VIEWS if small else ():
            if not found:
                found = verified(self._detector(seen, views))
        return found

    def mesh(self, image: Image, box: Box) -> tuple[Array, float]:
        """Points [478, 3] and presence of the face near ``box``; the region is refined once by its own points."""
        points, _ = self.face_mesh(image, box)
        return self.face_mesh(image, around(points))

    def blendshapes(self, landmarks: Array) -> Array:
        """The 52 ARKit expression coefficients, 0..1, in MediaPipe's order (0 is neutral)."""
        (scores, *_) = self._blendshapes(np.ascontiguousarray(landmarks[list(_BLENDSHAPE_POINTS), :2])[None].astype(np.float32))
        return scores.ravel()

    def follow(self, image: Image) -> Array | None:
        """Points of the face in the next frame of a video, or None where it is not to be seen.

        The region of the last frame is used again; the detector runs only when the face is lost. A lost face of several is
        found again near the place where it was seen last, or where nobody was: those who were there meanwhile do not take its part.
        """
        if self._box is not None:
            points, presence = self.face_mesh(image, self._box)
            self._box = around(points) if presence >= PRESENT else None
        if self._box is None:
            box = self._the_one(self.detect(image, small=self._missing % SEARCHED_EVERY == 0))
            if box is None:
                self._missing += 1
                return None
            points, _ = self.mesh(image, box)
            self._box = around(points)
        self._lost, self._missing = self._box, 0
        return points

    def forget(self) -> None:
        """Look for a face anew in the next frame: the scene was cut."""
        self._box = self._lost = None
        self._others, self._missing = [], 0

    def _the_one(self, boxes: list[Box]) -> Box | None:
        """Of the faces in a picture, largest first, the one to follow."""
        new = [box for box in boxes if not any(box.near(other) for other in self._others)]
        if self._lost is None:
            chosen = next(iter(boxes), None)
        elif near := [box for box in boxes if box.near(self._lost)]:
            chosen = min(near, key=self._lost.distance)
        elif self._others and not self._missing:  # one of the others may have moved while they were not looked for
            chosen = None
        else:
            chosen = next(iter(new), None)
        seen = [box for box in boxes if box is not chosen]
        self._others = seen + [other for other in self._others if not any(other.near(box) for box in seen)]
        return chosen

    def _verified(self, image: Image, boxes: list[Box]) -> list[Box]:
        """The boxes that hold a face, largest first. What lies inside another face is a part of it, not one more."""
        faces = []
        for box in one_per_face(boxes):
            points, presence = self.mesh(image, box)
            if presence >= PRESENT and self._steady(image, points):
                faces.append(around(points, box.score))
        faces = sorted(one_per_face(faces), key=lambda face: -face.side)
        return [face for n, face in enumerate(faces) if not any(larger.contains(face) for larger in faces[:n])]

    def _steady(self, image: Image, points: Array) -> bool:
        """Whether the rigid points stay where they are; one window and its mirror image sort most things out."""
        face, points = face_only(image, points)
        few_then_all = (WINDOWS[:1], WINDOWS)
        return all(scatter(through_windows(self.face_mesh, face, points, windows), RIGID) < STEADY * WIDTH for windows in few_then_all)

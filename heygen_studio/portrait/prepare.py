"""photo -> Portrait, step by step."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..progress import Cancel, Event, OnEvent, interruptible
from ..weights import fetch
from .box import around
from .checks import check_face, check_portrait, upright
from .framing import choose_frame, cut_frame
from .headpose import head_pose
from .landmarks import FaceTracker
from .matte import PersonMatte
from .photo import read_photo
from .portrait import Portrait
from .surroundings import extend

STEPS = ("reading the photo", "looking for the face", "framing", "separating the background", "done")


@lru_cache(maxsize=1)
def _tracker(path: Path) -> FaceTracker:
    return FaceTracker(path)


@lru_cache(maxsize=1)
def _person_matte(path: Path) -> PersonMatte:
    return PersonMatte(path)


def prepare(photo: Path, size: tuple[int, int], on_event: OnEvent, cancel: Cancel) -> Portrait:
    """See `heygen_studio.portrait.prepare_portrait`."""

    def step(number: int) -> None:
        cancel.check()
        on_event(Event("portrait", number, len(STEPS) - 1, STEPS[number]))

    landmarker = fetch("face-landmarker", on_event=on_event, cancel=cancel)
    segmenter = fetch("selfie-matte", on_event=on_event, cancel=cancel)
    step(0)
    picture = interruptible(lambda: read_photo(photo), cancel)
    step(1)
    tracker = interruptible(lambda: _tracker(landmarker), cancel)
    picture, faces, notes = interruptible(lambda: upright(tracker, picture, photo.name), cancel)
    points, _ = tracker.mesh(picture, faces[0])
    notes += check_face(tracker, picture, points, faces, photo.name)
    step(2)
    frame = choose_frame((picture.shape[1], picture.shape[0]), points, size)
    scale = size[0] / frame.width
    part, place = interruptible(lambda: cut_frame(picture, frame, size), cancel)
    left, top = frame.left + place[0] / scale, frame.top + place[1] / scale
    shown = (left, top, left + part.shape[1] / scale, top + part.shape[0] / scale)
    offset = np.array([*place, 0], np.float32)
    box = around((points - [frame.left, frame.top, 0]) * scale - offset)
    landmarks, _ = tracker.mesh(part, box)
    step(3)
    person = interruptible(lambda: _person_matte(segmenter)(part, landmarks, picture, shown), cancel)
    image, matte = extend(part, person, landmarks, place, size)
    photographed = None if place == (0, 0) and part.shape == image.shape else (*place, place[0] + part.shape[1], place[1] + part.shape[0])
    portrait = Portrait(image, landmarks + offset, matte, scale, head_pose(landmarks).yaw, photographed=photographed)
    notes += check_portrait(portrait, tracker.blendshapes(landmarks))
    step(4)
    return replace(portrait, notes=notes)

"""Which faces can be made to speak: refusals say what would help, notes say what will look worse."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from ..errors import BadInput
from .box import Box
from .headpose import OVAL, face_width, head_pose
from .landmarks import FaceTracker
from .mouth import mouth_hidden
from .portrait import Image, Portrait

Landmarks = npt.NDArray[np.float32]

#: A face narrower than this (cheek to cheek, in pixels of the photo) shows too little of lips and teeth.
MIN_FACE_WIDTH = 64

#: Degrees beyond which the far side of the face would have to be invented.
MAX_YAW, MAX_PITCH, MAX_ROLL = 35, 30, 30

#: More than these parts of a face's width or height past the photo's edges would have to be invented; a forehead may be cropped.
MAX_PAST_EDGE = {"left": 0.12, "right": 0.12, "upper": 0.3, "lower": 0.12}

#: A face whose brightest tenth is darker than this (of 255) is dark.
DARK = 60

#: Enlarging the photo more than this is visible as softness.
SOFT_MAGNIFICATION = 2.5

#: Places of the blendshapes eyeBlinkLeft and eyeBlinkRight.
EYES_SHUT, SHUT = (9, 10), 0.55

#: Quarter turns anticlockwise that are tried in this order, and what they are called.
_TURNS = ((0, ""), (1, "anticlockwise"), (3, "clockwise"), (2, "upside down"))


def upright(tracker: FaceTracker, photo: Image, name: str) -> tuple[Image, list[Box], tuple[str, ...]]:
    """The photo, turned by quarters if that is how its faces are upright, its faces (largest first) and notes.

    Raises `BadInput` if there is no face either way.
    """
    for quarters, said in _TURNS:
        turned = np.ascontiguousarray(np.rot90(photo, quarters))
        faces = [face for face in tracker.detect(turned, small=False) if abs(face.angle) <= np.pi / 4]
        if faces:
            return turned, faces, (f"The photo was not upright: it was turned {said}.",) if quarters else ()
    faces = tracker.detect(photo)
    if faces:
        return photo, faces, ()
    raise BadInput(f"No face was found in {name}: give a photo of one person who looks into the camera, well lit and sharp.")


def check_face(tracker: FaceTracker, photo: Image, landmarks: Landmarks, faces: list[Box], name: str) -> tuple[str, ...]:
    """Notes on the face whose mesh [478, 3] is given in the photo's pixels. Raises `BadInput` if it cannot speak."""
    width = face_width(landmarks)
    if width < MIN_FACE_WIDTH:
        raise BadInput(
            f"The face in {name} is only {width:.0f} pixels wide, and at least {MIN_FACE_WIDTH} are needed: "
            f"give a larger photo, or one taken from nearer."
        )
    pose = head_pose(landmarks)
    if abs(pose.yaw) > MAX_YAW:
        side = "right" if pose.yaw > 0 else "left"
        raise BadInput(
            f"The face in {name} is turned {abs(pose.yaw):.0f} degrees to the {side}, and at most {MAX_YAW} work: "
            f"give a photo in which the person looks into the camera."
        )
    if abs(pose.pitch) > MAX_PITCH:
        way = "down" if pose.pitch > 0 else "up"
        raise BadInput(
            f"The face in {name} looks {abs(pose.pitch):.0f} degrees {way}, and at most {MAX_PITCH} work: "
            f"give a photo in which the person looks into the camera."
        )
    if abs(pose.roll) > MAX_ROLL:
        raise BadInput(f"The head in {name} is tilted {abs(pose.roll):.0f} degrees, and at most {MAX_ROLL} work: turn the photo upright.")
    edge = _cut_off(photo, landmarks)
    if edge:
        raise BadInput(f"The {edge} edge of {name} cuts off a part of the face: give a photo that shows the whole face.")
    if mouth_hidden(tracker.face_mesh, photo, landmarks):
        raise BadInput(
            f"The mouth in {name} cannot be made out (covered, or too blurred): give a photo that shows the whole face, "
            f"without a mask, hand or cup before it."
        )
    if len(faces) == 1:
        return ()
    return (f"{len(faces)} faces were found in {name}: the largest one was taken.",)


def check_portrait(portrait: Portrait, blendshapes: npt.NDArray[np.float32]) -> tuple[str, ...]:
    """Notes on what will look worse in the framed portrait."""
    notes = []
    if portrait.magnification > SOFT_MAGNIFICATION:
        notes.append(f"The photo is enlarged {portrait.magnification:.1f} times, so the video is soft: a larger photo looks better.")
    face = cv2.cvtColor(portrait.image, cv2.COLOR_RGB2GRAY)[_within(portrait)]
    if np.percentile(face, 90) < DARK:
        notes.append("The face is dark: a photo with more light on it looks better.")
    if min(blendshapes[list(EYES_SHUT)]) > SHUT:
        notes.append("The eyes may be closed: a photo with open eyes looks more alive.")
    return tuple(notes)


def _cut_off(photo: Image, landmarks: Landmarks) -> str | None:
    """The edge of the photo past which too much of the face lies."""
    outline, size = landmarks[list(OVAL), :2], np.array(photo.shape[1::-1])
    low, high = outline.min(0), outline.max(0)
    (left, upper), (right, lower) = -low / (high - low), (high - size) / (high - low)
    past = {"left": left, "right": right, "upper": upper, "lower": lower}
    return next((edge for edge, part in past.items() if part > MAX_PAST_EDGE[edge]), None)


def _within(portrait: Portrait) -> tuple[slice, slice]:
    """The rectangle around the landmarks, as far as it lies in the image."""
    low = np.maximum(portrait.landmarks[:, :2].min(0), 0).astype(int)
    high = np.ceil(portrait.landmarks[:, :2].max(0)).astype(int)
    return slice(low[1], high[1]), slice(low[0], high[0])

"""Hidden mouths are told from visible ones, whatever the light, the hair or the colour of the face."""

from __future__ import annotations

import numpy as np
import pytest
from covers import changed, covered

from heygen_studio.portrait.landmarks import FaceTracker
from heygen_studio.portrait.mouth import mouth_hidden
from heygen_studio.portrait.portrait import Image


def hidden(tracker: FaceTracker, photo: Image) -> bool:
    points, _ = tracker.mesh(photo, tracker.detect(photo)[0])
    return mouth_hidden(tracker.face_mesh, photo, points)


@pytest.fixture(params=["hopper", pytest.param("astronaut", marks=pytest.mark.slow)])
def photo(request: pytest.FixtureRequest, hopper_photo: Image, astronaut_photo: Image) -> Image:
    return {"hopper": hopper_photo, "astronaut": astronaut_photo}[request.param]


@pytest.mark.parametrize("kind", ["mask", "hand", "cup", "tape", "scarf"])
def test_covers(tracker: FaceTracker, photo: Image, kind: str) -> None:
    points, _ = tracker.mesh(photo, tracker.detect(photo)[0])
    assert hidden(tracker, covered(photo, points, kind))


@pytest.mark.parametrize("kind", ["dark", "grey", "dark skin", "face paint", "blurred", "noisy", "beard"])
def test_visible_mouths(tracker: FaceTracker, photo: Image, kind: str) -> None:
    points, _ = tracker.mesh(photo, tracker.detect(photo)[0])
    assert not hidden(tracker, changed(photo, points, kind))


def test_the_portraits_themselves(tracker: FaceTracker, photo: Image) -> None:
    assert not hidden(tracker, photo)
    assert not hidden(tracker, np.ascontiguousarray(photo[:, ::-1]))

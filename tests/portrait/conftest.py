from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from heygen_studio.portrait import find_avatar
from heygen_studio.portrait.landmarks import FaceTracker
from heygen_studio.portrait.photo import read_photo
from heygen_studio.portrait.portrait import Image
from heygen_studio.weights import fetch


@pytest.fixture(scope="session")
def hopper() -> Path:
    return find_avatar("hopper")


@pytest.fixture(scope="session")
def astronaut() -> Path:
    return find_avatar("astronaut")


@pytest.fixture(scope="session")
def hopper_photo(hopper: Path) -> Image:
    return read_photo(hopper)


@pytest.fixture(scope="session")
def astronaut_photo(astronaut: Path) -> Image:
    return read_photo(astronaut)


@pytest.fixture(scope="session")
def tracker() -> FaceTracker:
    return FaceTracker(fetch("face-landmarker"))


@pytest.fixture(scope="session")
def hopper_points(tracker: FaceTracker, hopper_photo: Image) -> np.ndarray:
    return tracker.mesh(hopper_photo, tracker.detect(hopper_photo)[0])[0]

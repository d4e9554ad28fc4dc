"""Real portraits, prepared once: Hopper (mouth closed, glasses) and the astronaut (a smile with teeth)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from heygen_studio.frames.mesh.rig import FaceRig, FrameDrawer, prepare_rig
from heygen_studio.frames.mesh.topology import EyeIndices
from heygen_studio.motion.motion import Motion
from heygen_studio.portrait import Portrait, find_avatar, prepare_portrait
from heygen_studio.settings import settings

#: Mouth rows of a few sounds; see `heygen_studio.motion.motion` for the columns.
SOUNDS = {
    "silence": (0, 0, 0, 0, 0, 0, 0, 0, 0),
    "aa": (10, 0.15, 0, 7.5, 0.2, 0.3, 0, 0, 0),
    "ae": (9, 0.45, 0, 6, 0.6, 0.6, 0.05, 0, 0),
    "iy": (4, 0.8, 0, 1.3, 0.5, 0.9, 0.3, 0, 0),
    "ao": (8.2, -0.2, 0.55, 6, 0, 0.2, 0, 0, 0),
    "uw": (3.8, -0.5, 1.1, 1.4, 0, 0, 0, 0, 0),
    "l": (4.2, 0.15, 0, 2.4, 0.2, 0.2, 0.85, 0, 0),
    "th": (3.4, 0.15, 0, 1.4, 0.3, 0.5, 1, 0, 0),
    "sh": (3.6, -0.2, 0.6, 0.3, 0.9, 1.1, 0.1, 0, 0),
    "fv": (1.7, 0.15, 0, 0.2, 1, 0, 0, 1, 0),
    "pbm": (0, 0.05, 0.05, 0.6, 0, 0, 0, 0, 1),
}


def motion(*sounds: str, **tracks: object) -> Motion:
    """A motion with one row per sound; other tracks are 0 unless given."""
    rows = len(sounds)
    shapes = {
        "pose": (rows, 3),
        "shift": (rows, 2),
        "blink": (rows,),
        "gaze": (rows, 2),
        "brow": (rows,),
        "slant": (rows,),
        "lids": (rows,),
        "breath": (rows,),
        "smile": (rows,),
    }
    values = {name: np.broadcast_to(np.asarray(tracks.get(name, 0), np.float32), shape).copy() for name, shape in shapes.items()}
    return Motion(fps=25.0, mouth=np.array([SOUNDS[s] for s in sounds], np.float32), **values)


@dataclass(frozen=True)
class Face:
    portrait: Portrait
    rig: FaceRig

    def draw(self, *sounds: str, **tracks: object) -> np.ndarray:
        """Frames [n, H, W, 3] of the sounds."""
        rows = motion(*sounds, **tracks)
        drawer = FrameDrawer(self.rig)
        return np.stack([drawer.draw(rows, i).copy() for i in range(len(rows))])

    def box(self, landmarks: tuple[int, ...], margin_mm: float = 0.0) -> tuple[slice, slice]:
        """Rows and columns around some landmarks."""
        points = self.portrait.landmarks[list(landmarks), :2]
        margin = margin_mm * self.rig.mouth.head.px_per_mm
        low, high = np.floor(points.min(axis=0) - margin).astype(int), np.ceil(points.max(axis=0) + margin).astype(int)
        return slice(low[1], high[1] + 1), slice(low[0], high[0] + 1)

    def opening_mm(self, eye: EyeIndices) -> float:
        """How far the lids of an eye are apart."""
        points = self.portrait.landmarks[:, :2]
        return float(np.linalg.norm(points[eye.lower[3]] - points[eye.upper[3]])) / self.rig.mouth.head.px_per_mm


def _face(avatar: str, size: tuple[int, int] = (512, 512)) -> Face:
    portrait = prepare_portrait(find_avatar(avatar), size)
    return Face(portrait, prepare_rig(portrait))


@pytest.fixture(scope="session")
def hopper() -> Face:
    return _face("hopper")


@pytest.fixture(scope="session")
def astronaut() -> Face:
    return _face("astronaut")


@pytest.fixture(scope="session", params=["hopper", "astronaut"])
def face(request: pytest.FixtureRequest) -> Face:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Random weights of the network renderers, where the studio looks for weights: only the numbers differ from the published ones."""
    import torch

    from .random_weights import write_tiny_weights

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # more of them only wait for each other in networks as small as these
    folder = write_tiny_weights(tmp_path_factory.mktemp("weights"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEYGEN_STUDIO_WEIGHTS", str(folder))
        patch.setenv("HEYGEN_STUDIO_DEVICE", "cpu")
        settings.cache_clear()
        yield folder
    torch.set_num_threads(threads)
    settings.cache_clear()

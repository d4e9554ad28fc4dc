"""A motion on disk."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np

from ..stages import new_file
from .motion import Motion


def save_motion(motion: Motion, path: Path) -> None:
    """Write the motion as an .npz; the file appears whole or not at all."""
    with new_file(path) as part, part.open("wb") as file:
        np.savez(file, **asdict(motion))


def load_motion(path: Path) -> Motion:
    """The motion in an .npz that `save_motion` wrote."""
    with np.load(path, allow_pickle=False) as tracks:
        return Motion(fps=float(tracks["fps"]), **{name: tracks[name] for name in tracks.files if name != "fps"})

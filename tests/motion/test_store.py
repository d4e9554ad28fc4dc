import dataclasses
from pathlib import Path

import numpy as np

from heygen_studio.motion import load_motion, make_motion, save_motion
from tests.motion.conftest import Utter


def test_a_motion_comes_back_from_disk_as_it_was(utter: Utter, tmp_path: Path) -> None:
    motion = make_motion(utter([("m", 0.1), ("a", 0.5)]), fps=29.97, seed=0)
    save_motion(motion, tmp_path / "motion.npz")
    back = load_motion(tmp_path / "motion.npz")
    assert back.fps == motion.fps
    for field in dataclasses.fields(motion):
        assert np.array_equal(getattr(back, field.name), getattr(motion, field.name))
    assert [file.name for file in tmp_path.iterdir()] == ["motion.npz"]


def test_the_same_motion_is_the_same_file(utter: Utter, tmp_path: Path) -> None:
    for name in ("one", "two"):
        save_motion(make_motion(utter([("m", 0.1), ("a", 0.5)]), fps=25, seed=0), tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()

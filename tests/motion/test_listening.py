"""A listening face can be played in a loop, and does what listeners do."""

from dataclasses import asdict

import numpy as np
import pytest

from heygen_studio.errors import BadInput
from heygen_studio.motion import Motion, listening_motion

#: The tracks that move smoothly; lids and gaze jump, as eyes do.
SMOOTH = ("pose", "shift", "brow", "slant", "lids", "breath", "smile")


def tracks(motion: Motion) -> dict[str, np.ndarray]:
    return {name: track.reshape(len(motion), -1).astype(float) for name, track in asdict(motion).items() if name != "fps"}


@pytest.mark.parametrize(("seconds", "fps"), [(3, 25), (8, 25), (8.3, 29.97), (20, 60), (5, 12)])
@pytest.mark.parametrize("seed", range(4))
def test_the_first_frame_follows_the_last(seconds: float, fps: float, seed: int) -> None:
    motion = listening_motion(seconds, fps=fps, seed=seed, mood="warm")
    assert len(motion) == round(seconds * fps)
    for name, track in tracks(motion).items():
        steps = np.diff(track, axis=0, append=track[:1])
        changes = np.diff(steps, axis=0, append=steps[:1])
        assert (np.abs(steps[-1]) <= np.abs(steps[:-1]).max(axis=0) + 1e-6).all(), name
        if name in SMOOTH:
            bound = 1.6 * np.abs(changes[:-2]).max(axis=0) + 1e-6
            assert (np.abs(changes[-2:]) <= bound).all(), name


@pytest.mark.parametrize("seed", range(4))
def test_nothing_lies_across_the_seam(seed: int) -> None:
    motion = listening_motion(8, fps=50, seed=seed)
    for name, track in tracks(motion).items():
        assert np.abs(track[[0, -1]]).max() < 0.08, name  # the portrait as it is: where a speech begins and ends too
    assert motion.blink[0] == motion.blink[-1] == 0


def test_a_listener_breathes_blinks_looks_about_and_nods() -> None:
    motion = listening_motion(30, fps=50, seed=1)
    shut = motion.blink > 0.99
    blinks = int((np.diff(shut.astype(int)) == 1).sum())
    assert 4 <= blinks <= 15
    breaths = int((np.diff((motion.breath > 0.5).astype(int)) == 1).sum())
    assert 6 <= breaths <= 10
    assert 0.3 < motion.gaze[:, 0].std() < 1.5
    assert (np.ptp(motion.pose, axis=0)[:2] > 1.0).all()
    assert (np.abs(motion.pose).max(axis=0) < (4, 6, 3)).all()


def test_the_mouth_stays_shut() -> None:
    assert not listening_motion(10, fps=25, seed=3, mood="happy").mouth.any()


def test_seed_mood_and_style_matter() -> None:
    one, same, other = (listening_motion(6, fps=25, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.pose, same.pose) and not np.array_equal(one.pose, other.pose)
    assert listening_motion(6, fps=25, seed=1, mood="happy").smile.min() > 0.5
    assert listening_motion(6, fps=25, seed=1, mood="happy", expression_strength=0).smile.max() == 0
    still = listening_motion(6, fps=25, seed=1, style="still")
    assert np.ptp(still.pose[:, 1]) < 0.5 * np.ptp(one.pose[:, 1])


def test_too_short_a_loop_is_refused() -> None:
    with pytest.raises(BadInput, match="too short"):
        listening_motion(1, fps=25, seed=0)

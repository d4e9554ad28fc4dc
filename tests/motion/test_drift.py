import numpy as np
import pytest

from heygen_studio.motion.drift import drift, within


@pytest.mark.parametrize("period", [0.8, 2.1])
def test_drift_is_bounded_slow_and_the_same_at_any_frame_rate(period: float) -> None:
    times = np.arange(0, 600, 0.01)
    curve = drift(times, period, np.random.default_rng(1))
    assert np.abs(curve).max() < 1 and curve.std() > 0.2
    assert np.abs(np.diff(curve)).max() / 0.01 <= 2 / period
    coarse = drift(times[::4], period, np.random.default_rng(1))
    assert np.allclose(coarse, curve[::4])
    assert np.allclose(drift(times[:1000], period, np.random.default_rng(1)), curve[:1000])


def test_within_keeps_small_values_and_bounds_large_ones() -> None:
    values = np.array([-100.0, -1.0, 0.0, 1.0, 100.0])
    assert np.allclose(within(values, 4.0), [-4, -1, 0, 1, 4], atol=0.03)

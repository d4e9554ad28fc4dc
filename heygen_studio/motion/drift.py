"""Drift: slow random movement, the raw material of a living head."""

from __future__ import annotations

import numpy as np

from .motion import Curve


def drift(times: Curve, period: float, rng: np.random.Generator) -> Curve:
    """A smooth random curve in (-1, 1), float64 [len(times)].

    A uniform cubic B-spline over a random knot every ``period`` seconds: its speed and acceleration are continuous, its slope stays
    below 2 / period, and its beginning does not depend on how long it goes on. times: seconds, from 0, ascending.
    """
    if not len(times):
        return np.zeros(0)
    return _spline(rng.uniform(-1, 1, int(times[-1] / period) + 4), times / period)


def looped_drift(times: Curve, period: float, length: float, rng: np.random.Generator) -> Curve:
    """As `drift`, but it repeats itself after ``length`` seconds, and is 0 at that moment; in (-2, 2).

    period: adjusted so that a whole number of knots, at least 3, fits into the length.
    """
    count = max(3, round(length / period))
    knots = rng.uniform(-1, 1, count)[np.arange(count + 4) % count]
    return _spline(knots, times * (count / length)) - _spline(knots, np.zeros(1))


def _spline(knots: Curve, place: Curve) -> Curve:
    """The uniform cubic B-spline over the knots at places from 0 to len(knots) - 4."""
    knot = place.astype(int)
    x = place - knot
    basis = ((1 - x) ** 3, 3 * x**3 - 6 * x**2 + 4, -3 * x**3 + 3 * x**2 + 3 * x + 1, x**3)
    return np.asarray(sum(weight * knots[knot + k] for k, weight in enumerate(basis)) / 6)


def smoothstep(x: Curve) -> Curve:
    """0 below 0, 1 above 1, and smooth between."""
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3 - 2 * x)


def within(x: Curve, limit: float) -> Curve:
    """x, bent softly so that it stays within ±limit; about unchanged to half of it."""
    return limit * np.tanh(x / limit)

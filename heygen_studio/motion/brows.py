"""Brows: raised on what is stressed, coloured by the mood."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .accents import Accent
from .drift import drift, within
from .expression import LookTracks
from .motion import Curve

#: Highest and lowest brow in mm.
LIMIT = 3.0


def brows(times: Curve, stressed: Sequence[Accent], look: LookTracks, liveliness: float, rng: np.random.Generator) -> Curve:
    """Millimetres raised at every frame, float64 [n]."""
    accent_dice, drift_dice = rng.spawn(2)
    raised = 0.3 * drift(times, 1.1, drift_dice)
    for accent in stressed:
        chosen, height = accent_dice.random() < 0.45, accent_dice.uniform(0.8, 1.6)
        if chosen:
            # The brow goes up a little before the stressed syllable and comes down slowly.
            near = slice(*np.searchsorted(times, [accent.time - 0.8, accent.time + 1.2]))
            time = times[near] - accent.time + 0.06
            raised[near] += height * accent.strength * np.exp(-0.5 * (time / np.where(time < 0, 0.14, 0.26)) ** 2)
    return within(liveliness * look.vigour * raised + look.brow, LIMIT)

"""The sounds of a spoken English sentence with their times, for voices that tell none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import BadInput
from .phones import Sound
from .reading import Reading
from .speech import Phone, Samples, Word
from .timing import Spans


def aligned(samples: Samples, rate: int, text: str, reading: Reading) -> tuple[list[Sound], Spans] | None:
    """Sounds and their times by forced alignment; None if the words cannot be found in the sound."""
    from .alignment import align

    try:
        phones, words = align(samples, rate, text)
    except BadInput:
        return None
    owners = _owners(phones, words, reading.words)
    sounds = [Sound("" if phone.symbol else ",", phone.symbol, owner) for phone, owner in zip(phones, owners, strict=True)]
    return sounds, np.array([(phone.start, phone.end) for phone in phones])


def _owners(phones: Sequence[Phone], found: Sequence[Word], written: Sequence[str]) -> list[int]:
    """For each phone the index of the written word it belongs to; alignment leaves words out that say nothing."""
    numbers: list[int] = []
    for word in found:
        numbers.append(written.index(word.text, numbers[-1] + 1 if numbers else 0))
    starts = np.array([word.start for word in found])
    return [numbers[max(0, int(np.searchsorted(starts, phone.start + 1e-3)) - 1)] for phone in phones]

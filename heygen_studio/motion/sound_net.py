"""The network that hears the mouth: convolutions over a third of a second of sound, small enough for numpy.

Its numbers (`sound_net.safetensors`) were fitted by `benchmarks/fit_sound_mouth.py` to the mouth that known sounds give, on synthetic
voices whose licence allows it (Kokoro, Apache-2.0).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from .motion import Track

NUMBERS = Path(__file__).with_name("sound_net.safetensors")

#: Rows between two taps of each layer: the last one sees .37 s of the sound.
STEPS = (1, 1, 2, 4, 8, 1)

#: Rows that are worked on at once, which bounds the memory.
STRETCH = 2000


def listen(seen: Track) -> Track:
    """The columns of `Motion.mouth` as they are heard, float32 [ticks, 9], before any bounds.

    seen: float32 [ticks, channels], from `sound_features`.
    """
    if not len(seen):
        return np.zeros((0, 9), np.float32)
    layers = _network()
    reach = sum(layer.reach for layer in layers)
    padded = np.pad(seen, ((reach, reach), (0, 0)), mode="edge")
    return np.concatenate([_forward(layers, padded[start : start + STRETCH + 2 * reach]) for start in range(0, len(seen), STRETCH)])


@dataclass(frozen=True)
class Layer:
    """A convolution. taps: float32 [taps, channels in, channels out]; bias: float32 [channels out]; step: rows between two taps."""

    taps: Track
    bias: Track
    step: int

    @property
    def reach(self) -> int:
        """Rows that it sees before and after the one that it is about."""
        return self.step * (len(self.taps) // 2)

    def __call__(self, rows: Track) -> Track:
        """[n, channels in] -> [n - 2 x reach, channels out]."""
        left = len(rows) - 2 * self.reach
        parts = (rows[at * self.step : at * self.step + left] @ tap for at, tap in enumerate(self.taps))
        return np.asarray(sum(parts, start=self.bias))


def _forward(layers: tuple[Layer, ...], rows: Track) -> Track:
    """[n + 2 x reach of all layers, channels] -> [n, 9]; the layers between the first and the last add to what they are given."""
    first, *between, last = layers
    shape = np.maximum(first(rows), 0)
    for layer in between:
        shape = shape[layer.reach : -layer.reach] + np.maximum(layer(shape), 0)
    return last(shape)


@lru_cache(maxsize=1)
def _network() -> tuple[Layer, ...]:
    numbers = {name: values.astype(np.float32) for name, values in load_file(NUMBERS).items()}
    return tuple(Layer(numbers[f"{at}.taps"], numbers[f"{at}.bias"], step) for at, step in enumerate(STEPS))

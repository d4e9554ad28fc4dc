"""Speech to move to: made-up sounds for the properties, and real speech."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import soundfile

from heygen_studio.speech.speech import Phone, Speech

RATE = 16000
VOICELESS = frozenset({"p", "t", "k", "f", "s", "ʃ", "θ", "h", "tʃ"})

Utter = Callable[..., Speech]


@pytest.fixture(scope="session")
def utter(tmp_path_factory: pytest.TempPathFactory) -> Utter:
    """A function (sounds, [duration, rate, lines]) -> Speech: a buzz for voiced sounds, a hiss for voiceless ones, zeros for silence."""
    folder = tmp_path_factory.mktemp("speech")

    def speech(
        sounds: Sequence[tuple[str, float]], *, rate: int = RATE, lines: Sequence[tuple[float, float]] | None = None, name: str = "made"
    ) -> Speech:
        phones, time = [], 0.0
        for symbol, seconds in sounds:
            phones.append(Phone(symbol, time, time + seconds))
            time += seconds
        samples = np.zeros(round(time * rate), np.float32)
        at = np.arange(len(samples)) / rate
        buzz = sum(np.sin(2 * np.pi * 130 * k * at) / k for k in range(1, 12))
        hiss = np.random.default_rng(0).standard_normal(len(samples))
        for phone in phones:
            part = slice(round(phone.start * rate), round(phone.end * rate))
            if phone.symbol:
                samples[part] = 0.05 * hiss[part] if phone.symbol in VOICELESS else 0.15 * buzz[part]
        path = folder / f"{name}.wav"
        soundfile.write(path, samples, rate, subtype="PCM_16")
        return Speech(path, rate, len(samples) / rate, tuple(phones), (), tuple(lines or [(0.0, time)]), "made")

    return speech


def inner_frames(start: float, end: float, fps: float, margin: float = 0.0) -> slice:
    """The frames whose whole time lies between start + margin and end - margin."""
    return slice(int(np.ceil((start + margin) * fps)), max(0, int((end - margin) * fps)))

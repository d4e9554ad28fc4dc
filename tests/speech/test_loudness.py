"""Loudness and true peak of files, measured and normalised in blocks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile

from heygen_studio.speech.loudness import integrated_loudness, normalise, true_peak

RATE = 22050


def write(path: Path, samples: np.ndarray) -> Path:
    soundfile.write(path, samples.astype(np.float32), RATE, subtype="FLOAT")
    return path


def bursts(seconds: float, gain: float, seed: int = 0) -> np.ndarray:
    """Noise that swells and pauses as speech does."""
    count = int(seconds * RATE)
    noise = np.random.default_rng(seed).standard_normal(count)
    swell = np.clip(np.sin(np.arange(count) / RATE * 2 * np.pi * 0.4), 0, 1)
    return gain * swell * noise


@pytest.mark.parametrize("seconds", [1.0, 7.3, 30.0])
def test_loudness_equals_pyloudnorm(tmp_path: Path, seconds: float) -> None:
    samples = bursts(seconds, 0.1)
    measured = integrated_loudness(write(tmp_path / "a.wav", samples))
    assert measured == pytest.approx(pyloudnorm.Meter(RATE).integrated_loudness(samples), abs=0.1)


def test_true_peak_finds_what_lies_between_samples(tmp_path: Path) -> None:
    quarter = np.sin(np.pi / 2 * np.arange(RATE) + np.pi / 4)  # samples reach 0.707, the wave reaches 1
    assert true_peak(write(tmp_path / "a.wav", quarter)) == pytest.approx(0.0, abs=0.3)


@pytest.mark.parametrize("gain", [0.001, 0.03, 0.9])
def test_quiet_and_loud_become_equally_loud(tmp_path: Path, gain: float) -> None:
    samples = bursts(20, gain)
    normalise(write(tmp_path / "a.wav", samples), tmp_path / "b.wav")
    assert integrated_loudness(tmp_path / "b.wav") == pytest.approx(-16, abs=0.5)
    assert true_peak(tmp_path / "b.wav") <= -1.0
    info = soundfile.info(tmp_path / "b.wav")
    assert (info.subtype, info.channels, info.samplerate, info.frames) == ("PCM_16", 1, RATE, len(samples))


def test_peaky_speech_meets_both_bars(tmp_path: Path) -> None:
    samples = bursts(20, 0.05)
    samples[:: RATE // 3] = 0.9  # three clicks a second, 25 dB above the speech
    normalise(write(tmp_path / "a.wav", samples), tmp_path / "b.wav")
    assert integrated_loudness(tmp_path / "b.wav") == pytest.approx(-16, abs=1)
    assert true_peak(tmp_path / "b.wav") <= -1.0


def test_the_peak_wins_where_both_cannot_be_had(tmp_path: Path) -> None:
    samples = np.zeros(10 * RATE)
    samples[:: RATE // 2] = 0.5
    normalise(write(tmp_path / "a.wav", samples), tmp_path / "b.wav")
    assert true_peak(tmp_path / "b.wav") <= -1.0


def test_silence_stays_silent(tmp_path: Path) -> None:
    normalise(write(tmp_path / "a.wav", np.zeros(RATE)), tmp_path / "b.wav")
    assert not soundfile.read(tmp_path / "b.wav")[0].any()


def test_the_join_of_two_blocks_cannot_be_heard(tmp_path: Path) -> None:
    """A steady tone far longer than a block stays a steady tone."""
    tone = 0.1 * np.sin(2 * np.pi * 220 * np.arange(20 * RATE) / RATE)
    normalise(write(tmp_path / "a.wav", tone), tmp_path / "b.wav")
    out = soundfile.read(tmp_path / "b.wav")[0][RATE:-RATE]
    ratio = out / np.where(np.abs(tone[RATE:-RATE]) > 0.05, tone[RATE:-RATE], np.nan)
    assert np.nanmax(ratio) - np.nanmin(ratio) < 0.002 * np.nanmax(ratio)

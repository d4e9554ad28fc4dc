"""A recording of a voice that is to be cloned: whether it is good enough, each fault as a sentence that says what would help."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import BadInput
from ..progress import Cancel
from .audio_file import RATE, check_audio, read_audio
from .resampling import resampled
from .speakers import count_voices
from .speech import Samples

#: What a recording may last, and how much speech must be in it, in seconds.
SHORTEST, LONGEST, LEAST_SPEECH = 6.0, 30.0, 4.0

#: Speech that is cut off crowds just below its loudest level. Part of it within a tenth of the level that one sample in a thousand exceeds,
#: measured (after resampling and MP3 too): as it comes at most .0024, compressed .0043, cut off where it is 9 dB too loud .0066 and more.
TOP, NEAR_TOP, CUT_OFF = 0.999, 0.1, 0.006

#: Decibels that the speech must lie above the noise.
LEAST_SNR = 15.0

_FRAME_S = 0.02
#: What the voice detection hears, in Hz.
_VAD_RATE = 16000


@dataclass(frozen=True)
class Reference:
    """A recording that can be cloned. samples: float32 mono at ``rate`` Hz, as loud as it was."""

    samples: Samples
    rate: int

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.rate


def check_reference(path: Path) -> None:
    """What can be said without decoding the recording. Raises `BadInput`."""
    duration = check_audio(path)
    if duration:  # some formats do not say it
        _check_length(path, duration)


def read_reference(path: Path, cancel: Cancel | None = None) -> Reference:
    """The recording at ``path``, checked: 6 to 30 s of one person who speaks, neither overdriven nor noisy.

    Raises `BadInput` with the first fault; `Cancelled`.
    """
    samples = read_audio(path, cancel or Cancel())
    _check_length(path, len(samples) / RATE)
    speech = _speech(samples)
    if speech.sum() / RATE < LEAST_SPEECH:
        raise BadInput(
            f"In the recording {path.name!r} somebody speaks for {speech.sum() / RATE:.1f} s only, and at least {LEAST_SPEECH:g} s are "
            f"needed: give one in which the person goes on speaking, without music."
        )
    if _is_cut_off(samples[speech]):
        raise BadInput(
            f"The recording {path.name!r} is overdriven, its loudest parts are cut off: record it again, with the microphone further away."
        )
    snr = _snr(samples, speech)
    if snr < LEAST_SNR:
        raise BadInput(
            f"The recording {path.name!r} is noisy, the voice is only {max(0.0, snr):.0f} dB louder than what is behind it, and "
            f"{LEAST_SNR:.0f} dB are needed: record it in a quiet room, without music."
        )
    if count_voices(samples, speech, RATE) > 1:
        raise BadInput(f"More than one person seems to speak in the recording {path.name!r}: give one with the wanted voice alone.")
    return Reference(samples, RATE)


def _check_length(path: Path, seconds: float) -> None:
    if not SHORTEST <= seconds <= LONGEST:
        raise BadInput(
            f"The recording {path.name!r} is {seconds:.1f} s long, and a voice is cloned from {SHORTEST:g} to {LONGEST:g} s of it: "
            f"{'record more' if seconds < SHORTEST else 'cut out the best part'}."
        )


def _speech(samples: Samples) -> npt.NDArray[np.bool_]:
    """Which samples are speech, by Silero's voice detection as it comes with faster-whisper."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    found = get_speech_timestamps(resampled(samples, RATE, _VAD_RATE), VadOptions(speech_pad_ms=50, min_silence_duration_ms=200))
    speech = np.zeros(len(samples), bool)
    for part in found:
        speech[round(part["start"] * RATE / _VAD_RATE) : round(part["end"] * RATE / _VAD_RATE)] = True
    return speech


def _is_cut_off(speech: Samples) -> bool:
    """Whether the loudest parts were too loud for the recorder."""
    levels = np.abs(speech)
    top = np.quantile(levels, TOP)
    return bool(np.mean(np.abs(levels - top) < NEAR_TOP * top) > CUT_OFF)


def _snr(samples: Samples, speech: npt.NDArray[np.bool_]) -> float:
    """Decibels between the usual level of the speech and the quietest tenth of all frames."""
    size = int(_FRAME_S * RATE)
    count = len(samples) // size
    power = np.square(samples[: count * size].reshape(count, size), dtype=np.float64).mean(axis=1) + 1e-12
    spoken = speech[: count * size].reshape(count, size).mean(axis=1) > 0.5
    return float(10 * np.log10(np.median(power[spoken]) / np.quantile(power, 0.1)))

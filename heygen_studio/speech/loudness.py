"""Loudness (ITU-R BS.1770-4) and true peak of a WAV on disk, and their normalisation, in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from ..progress import Cancel
from .speech import Samples

#: What every speech is brought to.
TARGET_LUFS = -16.0
PEAK_DBTP = -1.0

#: Samples handled at once, and how far a block looks into its neighbours (oversampling filter and limiter together).
_BLOCK = 1 << 17
_OVERLAP = 4096
_OVERSAMPLING = 4
#: The limiter aims a little lower, for what 16 bits and smoothing add.
_CEILING = 10 ** ((PEAK_DBTP - 0.15) / 20)
#: The limiter's gain moves within this time on either side of a peak.
_LIMITER_S = 0.005
_ROUNDS = 4
_CLOSE_ENOUGH_LU = 0.1
_ABSOLUTE_GATE = -70.0


def normalise(source: Path, target: Path, cancel: Cancel | None = None) -> None:
    """Write ``source`` (mono WAV of any sample format) as 16-bit WAV of -16 LUFS whose true peak is at most -1 dBFS.

    Peaks that would exceed the ceiling are turned down by a look-ahead limiter; the gain is raised in turn until the
    loudness fits. Where both cannot be had (a few loud clicks in near silence) **the peak wins** and the loudness stays lower.
    Digital silence stays as it is.
    """
    cancel = cancel or Cancel()
    loudness = _gated_loudness(_read(source, cancel), _rate(source))
    gain = 1.0 if np.isinf(loudness) else 10 ** ((TARGET_LUFS - loudness) / 20)
    for _ in range(_ROUNDS if not np.isinf(loudness) else 0):
        error = TARGET_LUFS - _gated_loudness(_limited(source, gain, cancel), _rate(source))
        if abs(error) < _CLOSE_ENOUGH_LU:
            break
        gain *= 10 ** (error / 20)
    with soundfile.SoundFile(target, "w", _rate(source), 1, subtype="PCM_16", format="WAV") as out:
        for block in _limited(source, gain, cancel):
            out.write(block)


def integrated_loudness(wav: Path) -> float:
    """LUFS of a mono file; -inf if it is silent or shorter than 0.4 s."""
    return _gated_loudness(_read(wav, Cancel()), _rate(wav))


def true_peak(wav: Path) -> float:
    """dBTP of a mono file: the highest peak after 4x oversampling; -inf for silence."""
    peaks = [float(_envelope(block)[inner].max(initial=0.0)) for block, inner in _overlapping(wav, Cancel())]
    peak = max(peaks, default=0.0)
    return 20 * float(np.log10(peak)) if peak > 0 else float("-inf")


def _rate(wav: Path) -> int:
    return int(soundfile.info(str(wav)).samplerate)


def _read(wav: Path, cancel: Cancel) -> Iterator[Samples]:
    for block in soundfile.blocks(str(wav), blocksize=_BLOCK, dtype="float32"):
        cancel.check()
        yield block


def _overlapping(wav: Path, cancel: Cancel) -> Iterator[tuple[Samples, slice]]:
    """Blocks with a margin of their neighbours' samples (zeros at the ends), and the slice that is the block itself."""
    before = np.zeros(_OVERLAP, np.float32)
    held: Samples | None = None
    for block in _read(wav, cancel):
        if held is not None:
            window = np.concatenate([before, held, _padded(block)])
            yield window, slice(_OVERLAP, _OVERLAP + len(held))
            before = np.concatenate([before, held])[-_OVERLAP:]
        held = block
    if held is not None:
        yield np.concatenate([before, held, np.zeros(_OVERLAP, np.float32)]), slice(_OVERLAP, _OVERLAP + len(held))


def _padded(block: Samples) -> Samples:
    head = block[:_OVERLAP]
    return np.concatenate([head, np.zeros(_OVERLAP - len(head), np.float32)])


def _envelope(samples: Samples) -> Samples:
    """The largest magnitude that the continuous signal reaches around each sample."""
    from scipy.signal import resample_poly

    fine = np.abs(resample_poly(samples, _OVERSAMPLING, 1)).astype(np.float32)
    envelope: Samples = fine.reshape(-1, _OVERSAMPLING).max(axis=1)
    return np.maximum(envelope, np.abs(samples))


def _limited(wav: Path, gain: float, cancel: Cancel) -> Iterator[Samples]:
    """The file times ``gain`` with its peaks turned down to the ceiling.

    The gain at each sample is the smallest that any peak within reach needs, smoothed over the same reach, so that it
    never exceeds what a peak allows.
    """
    from scipy.ndimage import minimum_filter1d, uniform_filter1d

    reach = 2 * int(_LIMITER_S * _rate(wav)) + 1
    for window, inner in _overlapping(wav, cancel):
        louder = window * np.float32(gain)
        needed = np.minimum(1.0, _CEILING / np.maximum(_envelope(louder), 1e-9))
        smooth = uniform_filter1d(minimum_filter1d(needed, reach), reach)
        yield (louder * smooth)[inner].astype(np.float32)


def _gated_loudness(blocks: Iterator[Samples], rate: int) -> float:
    """Integrated loudness of a stream. The K-weighting filters are pyloudnorm's; the gates are BS.1770-4's."""
    powers = np.fromiter(_window_powers(blocks, rate), np.float64)
    levels = _lufs(powers)
    powers = powers[levels >= _ABSOLUTE_GATE]
    if not len(powers):
        return float("-inf")
    gate = _lufs(powers.mean()) - 10.0
    return float(_lufs(powers[_lufs(powers) > gate].mean()))


def _lufs(power: npt.NDArray[np.float64] | np.float64) -> npt.NDArray[np.float64]:
    return -0.691 + 10 * np.log10(np.maximum(power, 1e-20))


def _window_powers(blocks: Iterator[Samples], rate: int) -> Iterator[float]:
    """Mean square of the K-weighted signal in windows of 0.4 s, one every 0.1 s."""
    step = rate // 10
    rest = np.zeros(0)
    recent: deque[float] = deque(maxlen=4)
    for weighted in _k_weighted(blocks, rate):
        signal = np.concatenate([rest, weighted])
        whole = len(signal) // step * step
        for energy in np.square(signal[:whole]).reshape(-1, step).sum(axis=1):
            recent.append(float(energy))
            if len(recent) == recent.maxlen:
                yield sum(recent) / (4 * step)
        rest = signal[whole:]


def _k_weighted(blocks: Iterator[Samples], rate: int) -> Iterator[npt.NDArray[np.float64]]:
    from pyloudnorm import IIRfilter
    from scipy.signal import lfilter

    shelf = IIRfilter(4.0, 1 / np.sqrt(2), 1500.0, rate, "high_shelf")
    high_pass = IIRfilter(0.0, 0.5, 38.0, rate, "high_pass")
    states = [np.zeros(2), np.zeros(2)]
    for block in blocks:
        signal = block.astype(np.float64)
        for index, stage in enumerate((shelf, high_pass)):
            signal, states[index] = lfilter(stage.b, stage.a, signal, zi=states[index])
            signal = stage.passband_gain * signal
        yield signal

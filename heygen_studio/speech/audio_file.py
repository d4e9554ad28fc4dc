"""Recordings of any common format, checked and turned into the studio's own kind of WAV."""

from __future__ import annotations

import errno
import os
import tempfile
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from ..errors import BadInput, OutputError
from ..input_file import check_file
from ..progress import Cancel, Event, OnEvent, ignore
from .loudness import normalise
from .speech import Samples

if TYPE_CHECKING:
    from av.container import InputContainer

#: Sample rate of a converted recording, in Hz.
RATE = 24000
#: What a recording may be, in bytes and seconds.
LARGEST = 2_000_000_000
SHORTEST = 0.3
LONGEST = 3600.0
#: A recording that never exceeds this (-60 dBFS) is silent.
QUIETEST = 0.001

FORMATS = "WAV, FLAC, Ogg, Opus, MP3, M4A, AAC, MP4, WebM, AIFF, CAF, WMA or AMR"
#: FFmpeg's names of the same. Formats that refer to other files (playlists) are not among them.
_DEMUXERS = "wav,w64,aiff,au,caf,flac,ogg,mp3,aac,mov,matroska,asf,amr"
#: A converted part of this length is enough to call a recording whole: headers and padding differ a little.
_WHOLE = 0.95
#: Part of the packets that may be damaged (tags at the end of MP3 files count as such).
_DAMAGED = 0.02


def check_audio(path: Path) -> float:
    """The length of a recording in seconds, as its header says (0 if the header does not say it), without decoding it.

    Raises `BadInput` if it is missing, empty, larger than 2 GB, in an unknown format, without sound, or shorter than 0.3 s or longer
    than 60 minutes.
    """
    check_file(path, "recording", LARGEST)
    with _opened(path) as container:
        duration = _header_duration(container)
    if duration:
        _check_length(path, duration)
    return duration


def read_audio(path: Path, cancel: Cancel) -> Samples:
    """The whole of a short recording as float32 mono of 24 kHz, as loud as it is. Raises `BadInput` as `convert_audio` does."""
    blocks = list(_decoded(path, check_audio(path), cancel))
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def convert_audio(path: Path, target: Path, *, on_event: OnEvent = ignore, cancel: Cancel | None = None) -> float:
    """Write the recording as 16-bit mono WAV of 24 kHz, -16 LUFS and at most -1 dBTP, and return its length in seconds.

    The timing is not changed; several channels are mixed. Memory does not depend on the length. ``target`` appears when it is finished.
    Raises `BadInput` as `check_audio` does, and if the recording is damaged, cut short or silent; `OutputError` if it cannot be written;
    `Cancelled`.
    """
    cancel = cancel or Cancel()
    expected = check_audio(path)
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".recording-") as folder:
            decoded, finished = Path(folder) / "decoded.wav", Path(folder) / "finished.wav"
            peak = count = 0.0
            with soundfile.SoundFile(decoded, "w", RATE, 1, subtype="FLOAT") as out:
                for block in _decoded(path, expected, cancel):
                    out.write(block)
                    peak, count = max(peak, float(np.abs(block).max())), count + len(block)
                    on_event(Event("speech", min(count / RATE, expected), expected, "reading the recording"))
            if peak < QUIETEST:
                raise BadInput(f"The recording {path.name!r} is silent: nothing in it is louder than -60 dB.")
            normalise(decoded, finished, cancel)
            os.replace(finished, target)
    except OSError as error:
        why = "the disk is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
        raise OutputError(f"The recording could not be written to {target.parent}: {why}.") from error
    return count / RATE


def cut_audio(path: Path, target: Path, seconds: float, cancel: Cancel) -> None:
    """Write the first ``seconds`` of the recording as a WAV, mono and 24 kHz. Raises as `convert_audio` does for what is decoded."""
    check_audio(path)
    left = round(seconds * RATE)
    with soundfile.SoundFile(target, "w", RATE, 1, subtype="FLOAT") as out:
        for block in _decoded(path, 0.0, cancel):
            out.write(block[:left])
            left -= min(left, len(block))
            if not left:
                break


def _check_length(path: Path, duration: float) -> None:
    if duration < SHORTEST:
        raise BadInput(f"The recording {path.name!r} is {duration:.2f} s long; at least {SHORTEST} s are needed.")
    if duration > LONGEST:
        raise BadInput(f"The recording {path.name!r} is {duration / 60:.0f} minutes long; at most {LONGEST / 60:.0f} minutes can be used.")


@contextmanager
def _opened(path: Path) -> Iterator[InputContainer]:
    """The recording as a container whose first sound track is there."""
    import av

    unreadable = BadInput(f"The recording {path.name!r} cannot be read: it is damaged or not one of {FORMATS}.")
    with open(path, "rb") as file:  # handed over open, so that a name can never be taken for an address
        try:
            container = av.open(file, "r", options={"format_whitelist": _DEMUXERS, "protocol_whitelist": ""})
        except av.FFmpegError as error:
            raise unreadable from error
        with container:
            if not container.streams.audio:
                raise BadInput(f"The file {path.name!r} has no sound track.")
            if container.streams.audio[0].codec_context is None:
                raise unreadable
            yield container


def _header_duration(container: InputContainer) -> float:
    stream = container.streams.audio[0]
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / 1e6


def _decoded(path: Path, expected: float, cancel: Cancel) -> Iterator[Samples]:
    """Blocks of float32 mono at RATE. expected: seconds the header promises, 0 if unknown."""
    import av

    seconds = 0.0
    packets = damaged = 0
    with _opened(path) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        for packet in container.demux(container.streams.audio[0]):
            cancel.check()
            packets += 1
            try:
                frames = packet.decode()
            except av.FFmpegError:
                damaged += 1
                continue
            for frame in [frame for decoded in frames for frame in resampler.resample(decoded)]:
                seconds += frame.samples / RATE
                if seconds > LONGEST:
                    _check_length(path, seconds)
                yield frame.to_ndarray()[0]
        for frame in resampler.resample(None):
            seconds += frame.samples / RATE
            yield frame.to_ndarray()[0]
    if seconds < _WHOLE * expected or _lacks_its_end(path):
        raise BadInput(f"The recording {path.name!r} is cut short: only {seconds:.1f} s of it are there.")
    if damaged > max(2, _DAMAGED * packets):
        raise BadInput(f"The recording {path.name!r} is damaged: {damaged} of its {packets} pieces cannot be decoded.")
    _check_length(path, seconds)


def _lacks_its_end(path: Path) -> bool:
    """Whether a WAV is shorter than its header says, or an Ogg file has no last page: FFmpeg plays both without a word."""
    with open(path, "rb") as file:
        magic = file.read(4)
        file.seek(max(0, path.stat().st_size - (1 << 17)))
        ending = file.read()
    if magic == b"OggS":
        last = ending.rfind(b"OggS")
        return last < 0 or not ending[last + 5] & 4
    if magic == b"RIFF":
        try:
            with wave.open(str(path), "rb") as header:
                promised = header.getnframes() * header.getnchannels() * header.getsampwidth()
        except (wave.Error, EOFError):  # not plain PCM: FFmpeg has judged it
            return False
        return path.stat().st_size < promised < 0x7FFF0000  # larger ones were written as a stream, before the length was known
    return False

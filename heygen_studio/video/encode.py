"""Frames and speech -> one MP4 file."""

from __future__ import annotations

import contextlib
import math
import os
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import ffmpeg

from ..errors import BadInput, OutputError
from ..portrait.portrait import Image
from ..progress import Cancel, Event, OnEvent, ignore
from .colour import BT709, Colour
from .ffmpeg_pipe import FfmpegPipe, ffmpeg_program

#: Limits of width and height, pixels.
SMALLEST, LARGEST = 128, 3840

#: Limits of the frame rate, Hz.
SLOWEST, FASTEST = 1, 120

#: Hz and bits per second of the sound.
AUDIO_RATE, AUDIO_BITS = 48_000, 160_000

#: x264's quality (lower is better). At 19, veryfast, skin shows no blocks. Without a dead zone and with less deblocking it also keeps what
#: it would round away: pores, grain, the cracks of a painting (13 % of the skin's fine detail there), at about twice the bits.
QUALITY, KEEP_GRAIN = 19, "deadzone-inter=0:deadzone-intra=0:deblock=-2,-2"

#: The thread count changes x264's decisions, so it is fixed: the same frames give the same bytes on every machine.
ENCODER_THREADS = 4

#: The metadata that MP4 has a place for and that ffmpeg writes.
TAG_NAMES = frozenset({"title", "artist", "comment", "copyright", "date", "description", "keywords", "synopsis"})

#: Characters of a metadata value; players cut longer ones, and the command line is not endless.
LONGEST_TAG = 1000


def frame_rate(fps: float) -> Fraction:
    """The exact rate meant by ``fps``: 23.976, 29.97 and 59.94 are 24000/1001, 30000/1001 and 60000/1001. Raises `BadInput`."""
    if not (math.isfinite(fps) and SLOWEST <= fps <= FASTEST):
        raise BadInput(f"A frame rate of {fps:g} is not possible: choose one from {SLOWEST} to {FASTEST} frames per second.")
    broadcast = Fraction(round(fps) * 1000, 1001)
    return broadcast if abs(broadcast - Fraction(fps)) < Fraction(1, 200) else Fraction(fps).limit_denominator(1001)


def check_size(size: tuple[int, int]) -> None:
    """Raise `BadInput` unless (width, height) can be encoded: even, because of 4:2:0 colour, and within the limits."""
    if any(side % 2 or not SMALLEST <= side <= LARGEST for side in size):
        raise BadInput(f"A video of {size[0]}x{size[1]} is not possible: width and height must be even, from {SMALLEST} to {LARGEST}.")


def encode_video(
    frames: Iterator[Image],
    frame_count: int,
    *,
    size: tuple[int, int],
    fps: float,
    wav: Path,
    output: Path,
    tags: dict[str, str],
    colour: Colour = BT709,
    on_event: OnEvent = ignore,
    cancel: Cancel | None = None,
) -> None:
    """Write ``output``: H.264 and AAC, ready to stream.

    frames: exactly ``frame_count`` RGB images [height, width, 3]; frame i is shown from i/fps seconds.
    size: (width, height). wav: mono or stereo, any rate. tags: metadata by name, see `TAG_NAMES`; values are made one clean line.
    colour: how the RGB becomes YUV.
    The file appears under its name only when it is complete. Same input, same bytes.

    Raises `BadInput` for an impossible size or rate, `OutputError` if the file cannot be written,
    `EngineUnavailable` without ffmpeg, `Cancelled`; and whatever ``frames`` raises.
    """
    check_size(size)
    if unknown := tags.keys() - TAG_NAMES:
        raise ValueError(f"MP4 has no place for the tags {sorted(unknown)}")
    cancel = cancel or Cancel()
    with _complete_or_absent(output) as part, FfmpegPipe(_command(size, frame_rate(fps), wav, part, tags, colour), output) as pipe:
        done = 0
        for frame in frames:
            if frame.shape != (size[1], size[0], 3) or done == frame_count:
                raise ValueError(f"expected {frame_count} frames of {size[0]}x{size[1]}; frame {done} has the shape {frame.shape}")
            on_event(Event("video", done, frame_count))
            pipe.write(frame.tobytes(), cancel)  # a copy: the renderer may reuse its buffer
            done += 1
        if done != frame_count:
            raise ValueError(f"expected {frame_count} frames, got {done}")
        pipe.finish(cancel)
    on_event(Event("video", frame_count, frame_count))


def _command(size: tuple[int, int], rate: Fraction, wav: Path, part: Path, tags: dict[str, str], colour: Colour) -> list[str]:
    """ffmpeg's arguments. The "file:" prefix keeps any character of a path from being read as a protocol or an option."""
    picture = ffmpeg.input("pipe:", format="rawvideo", pixel_format="rgb24", video_size=size, framerate=str(rate))
    sound = ffmpeg.input(f"file:{wav.resolve()}", format="wav")
    colours = {"color_primaries": colour.primaries, "color_trc": colour.transfer, "colorspace": colour.matrix}
    conversion = {"out_color_matrix": colour.converter, "out_range": colour.range}
    picture = (
        picture.video.filter("scale", **conversion, flags="bicubic+accurate_rnd+full_chroma_int+bitexact")
        .filter("format", "yuv420p")
        .filter("setparams", range=colour.range, **colours)
    )
    graph = ffmpeg.output(
        picture,
        sound.audio,
        f"file:{part}",
        format="mp4",
        movflags="+faststart",
        fflags="+bitexact",
        map_metadata="-1",
        **{f"metadata:g:{i}": f"{name}={_plain(value)}" for i, (name, value) in enumerate(tags.items())},
        **{
            "c:v": "libx264",
            "preset": "veryfast",
            "crf": QUALITY,
            "x264-params": KEEP_GRAIN,
            "threads:v": ENCODER_THREADS,
            "flags:v": "+bitexact",
        },
        **{"c:a": "aac", "b:a": AUDIO_BITS, "ar": AUDIO_RATE, "flags:a": "+bitexact"},
        **{"color_range": colour.range, **colours},
    ).global_args("-hide_banner", "-nostats", "-loglevel", "error")
    return ffmpeg.compile(graph, cmd=ffmpeg_program(), overwrite_output=True)


def _plain(value: str) -> str:
    """One line of text that any player can show."""
    kept = "".join(" " if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") else char for char in value)
    return " ".join(kept.split())[:LONGEST_TAG]


@contextlib.contextmanager
def _complete_or_absent(output: Path) -> Iterator[Path]:
    """Yield a temporary file beside ``output`` that gets its name if the block succeeds and is removed if not.

    The temporary name is always the same, so that what a killed render left is taken away by the next one.
    """
    part = output.with_name(f".{output.name}.part")
    if output.exists() and not output.is_file():
        raise OutputError(f"The video cannot be written to {output}, which is not an ordinary file; choose another name.")
    with _refusals(output):
        part.unlink(missing_ok=True)
        part.touch()
        ours = part.stat().st_ino
    try:
        yield part
        if not part.exists() or part.stat().st_ino != ours:
            raise OutputError(f"Another render is writing {output}; wait for it or choose another name.")
        with _refusals(output):
            os.replace(part, output)
    finally:
        if part.exists() and part.stat().st_ino == ours:
            part.unlink()


@contextlib.contextmanager
def _refusals(output: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"The video cannot be written to the folder {output.parent}: {error.strerror}.") from error

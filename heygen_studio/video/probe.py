"""Read a video file back: what it holds, its frames and its sound."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import av.filter
import numpy as np
import numpy.typing as npt

from ..errors import BadInput
from ..portrait.portrait import Image


@dataclass(frozen=True)
class VideoInfo:
    """What a video file holds. duration: seconds, of the longest stream; fps: mean frames per second; frames: of the picture;
    audio_codec and audio_rate (Hz) are "" and 0 without sound; tags: the file's metadata by name."""

    duration: float
    width: int
    height: int
    fps: float
    video_codec: str
    audio_codec: str
    audio_rate: int
    frames: int
    tags: dict[str, str]


def probe(path: Path) -> VideoInfo:
    """Describe the video. Raises `BadInput` if the file is not one."""
    with _opened(path) as container:
        picture = container.streams.video[0]
        sounds = container.streams.audio
        counted = picture.frames or sum(packet.size > 0 for packet in container.demux(picture))
        return VideoInfo(
            duration=(container.duration or 0) / av.time_base,
            width=picture.width,
            height=picture.height,
            fps=float(picture.average_rate or 0),
            video_codec=picture.codec_context.name,
            audio_codec=sounds[0].codec_context.name if sounds else "",
            audio_rate=sounds[0].rate if sounds else 0,
            frames=counted,
            tags=dict(container.metadata),
        )


def read_frames(path: Path) -> Iterator[Image]:
    """The pictures in order, uint8 RGB [height, width, 3], one at a time. Raises `BadInput`."""
    with _opened(path) as container:
        graph = _to_rgb(container.streams.video[0])
        for frame in container.decode(video=0):
            graph.vpush(frame)
            yield graph.vpull().to_ndarray().astype(np.uint8, copy=False)


def read_audio(path: Path) -> tuple[npt.NDArray[np.float32], int]:
    """The sound mixed to mono, float32 in [-1, 1], and its rate in Hz; as long as a player plays it. Raises `BadInput`."""
    with _opened(path) as container:
        if not container.streams.audio:
            raise BadInput(f"{path} has no sound.")
        stream = container.streams.audio[0]
        rate = stream.rate
        mono = av.AudioResampler(format="flt", layout="mono", rate=rate)
        blocks = [out.to_ndarray()[0] for frame in container.decode(audio=0) for out in mono.resample(frame)]
        blocks += [out.to_ndarray()[0] for out in mono.resample(None)]
        samples = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
        # The last block of a codec is padded; the container knows where the sound ends.
        end = len(samples) if stream.duration is None else round(stream.duration * stream.time_base * rate)
    return samples[:end], rate


def _to_rgb(stream: Any) -> av.filter.Graph:
    """A conversion without the rounding bias (1 grey level) of the default one."""
    graph = av.filter.Graph()
    nodes = [
        graph.add_buffer(template=stream),
        graph.add("scale", "flags=bicubic+accurate_rnd+full_chroma_int"),
        graph.add("format", "rgb24"),
        graph.add("buffersink"),
    ]
    for node, following in pairwise(nodes):
        node.link_to(following)
    graph.configure()
    return graph


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        # "file:" keeps a name with a colon from being read as a network address.
        with av.open(f"file:{path}") as container:
            if not container.streams.video:
                raise BadInput(f"{path} has no picture.")
            yield container
    except av.FFmpegError as error:
        raise BadInput(f"{path} cannot be read as a video: {error.strerror}.") from error

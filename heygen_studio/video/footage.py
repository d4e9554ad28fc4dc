"""An existing video as a stream of frames at a steady rate: checked before it is decoded, read in constant memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import BadInput
from ..input_file import check_file
from ..portrait.portrait import Image
from .colour import Colour, colour_of
from .encode import FASTEST, LARGEST, SMALLEST

#: What a video may be, in bytes and seconds.
MOST_BYTES, SHORTEST, LONGEST = 4_000_000_000, 0.5, 3600.0
FORMATS = "MP4, MOV, WebM, Matroska, AVI or MPEG"
#: FFmpeg's names of the same. Formats that refer to other files (playlists) are not among them.
_DEMUXERS = "mov,matroska,avi,mpegts,mpeg,flv,asf"

#: First bytes of videos: where, and what.
_SIGNATURES = (
    (0, b"\x1aE\xdf\xa3"),
    (8, b"AVI "),
    (0, b"\x00\x00\x01\xba"),
    (0, b"FLV\x01"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
)
#: An MP4 whose brand begins like this is a photo.
_PHOTO_BRANDS = (b"hei", b"hev", b"mif", b"msf", b"avi", b"jp2")

#: Frames are matched to the steady rate's ticks with this tolerance, in ticks: time stamps are rounded.
ROUNDED = 0.3
#: Packets that are looked at for the rate of a file whose header does not say it.
TIMED_PACKETS = 200
#: Fewer frames a second are a slide show, whose pictures are repeated.
SLOWEST_FOOTAGE = 5
#: Bytes of frames that are held to play backwards.
BACKWARDS_BYTES = 100_000_000


@dataclass(frozen=True)
class Footage:
    """A video that can be decoded. width, height: as it is shown, in square pixels, even; rate: frames a second;
    count: frames at that rate, as the header says; turned: quarter turns anticlockwise that make it upright."""

    path: Path
    width: int
    height: int
    rate: Fraction
    count: int
    turned: int
    colour: Colour

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height

    @property
    def duration(self) -> float:
        """Seconds."""
        return float(self.count / self.rate)

    def frames(self, count: int) -> Iterator[Image]:
        """``count`` frames, uint8 RGB [height, width, 3], not to be written to. What is shown at a tick of the rate is its frame, so
        that a variable rate keeps its timing. After its last frame the video runs backwards to its first, and on again.

        Raises `BadInput` if nothing can be decoded.
        """
        yield from islice(self._to_and_fro(), count)

    def frame(self, tick: int) -> Image:
        """The frame at one tick; the last one past the end. Raises `BadInput`."""
        return next(chain(self._from(tick), self._from(0)))

    def _to_and_fro(self) -> Iterator[Image]:
        there = 0
        for frame in self._from(0):
            there += 1
            yield frame
        if there == 0:
            raise BadInput(f"The video {self.path.name!r} holds no picture that can be decoded: export it again as MP4.")
        while True:
            yield from self._backwards(there)
            yield from islice(self._from(0), 1, None)

    def _backwards(self, count: int) -> Iterator[Image]:
        """From the frame before the last to the first, in runs that fit into memory."""
        run = max(1, min(250, BACKWARDS_BYTES // (self.width * self.height * 3)))
        if count == 1:
            yield from self._from(0)
        for stop in range(count - 1, 0, -run):
            start = max(0, stop - run)
            yield from list(islice(self._from(start), stop - start))[::-1]

    def _from(self, tick: int) -> Iterator[Image]:
        """One frame for each tick from ``tick`` on, to the end of the file."""
        shown: Image | None = None
        for at, image in self._decoded(tick):
            while shown is not None and tick + ROUNDED < at:
                yield shown
                tick += 1
            shown = image
        if shown is not None:
            yield shown

    def _decoded(self, tick: int) -> Iterator[tuple[float, Image]]:
        """The file's own frames and their times in ticks, from the last one that is shown by ``tick`` on."""
        with opened(self.path) as container:
            stream = container.streams.video[0]
            begin = stream.start_time or 0
            if tick:
                container.seek(begin + int(tick / self.rate / stream.time_base), stream=stream, backward=True)
            converter = _Converter(self)
            earlier: tuple[float, Any] | None = None  # not converted yet: a later one may be the first that is shown
            for number, frame in enumerate(_whole_frames(container, stream)):
                at = number if frame.pts is None else float((frame.pts - begin) * stream.time_base * self.rate)
                if at <= tick + ROUNDED:
                    earlier = at, frame
                    continue
                if earlier:
                    yield earlier[0], converter(earlier[1])
                    earlier = None
                yield at, converter(frame)
            if earlier:
                yield earlier[0], converter(earlier[1])


def _whole_frames(container: Any, stream: Any) -> Iterator[Any]:
    """Decoded frames; what is damaged is left out, as players do."""
    import av

    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.FFmpegError:
            continue


class _Converter:
    """Decoded frames to upright RGB of the footage's size, whatever size and format they have."""

    def __init__(self, footage: Footage) -> None:
        self._footage = footage
        self._graph: tuple[Any, Any] | None = None

    def __call__(self, frame: Any) -> Image:
        import av.filter

        kind = (frame.width, frame.height, frame.format.name)
        if self._graph is None or self._graph[0] != kind:
            footage, graph = self._footage, av.filter.Graph()
            wide, high = (footage.height, footage.width) if footage.turned % 2 else footage.size
            # An odd line or column is cut off, for to scale it away would blur the whole picture.
            width, height = (own if own - even == 1 else even for own, even in ((frame.width, wide), (frame.height, high)))
            conversion = f"w={width}:h={height}:in_color_matrix={footage.colour.converter}:in_range={footage.colour.range}"
            nodes = [
                graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, 1000)),
                graph.add("scale", f"{conversion}:flags=bicubic+accurate_rnd+full_chroma_int"),
                graph.add("format", "rgb24"),
                graph.add("crop", f"w={wide}:h={high}:x=0:y=0"),
                graph.add("buffersink"),
            ]
            for node, following in pairwise(nodes):
                node.link_to(following)
            graph.configure()
            self._graph = kind, graph
        self._graph[1].vpush(frame)
        image = self._graph[1].vpull().to_ndarray().astype(np.uint8, copy=False)
        return np.ascontiguousarray(np.rot90(image, self._footage.turned)) if self._footage.turned else image


def is_video(path: Path) -> bool:
    """Whether the file's first bytes are those of a video (and not of a photo, or of anything else)."""
    try:
        with open(path, "rb") as file:
            start = file.read(400)
    except OSError:  # a folder, or gone: whoever opens it says so
        return False
    if start[4:8] in (b"ftyp", b"moov", b"mdat", b"wide"):
        return start[4:8] != b"ftyp" or not start[8:11].lower().startswith(_PHOTO_BRANDS)
    transport = len(start) > 376 and start[0] == start[188] == start[376] == 0x47
    return transport or any(start[at : at + len(magic)] == magic for at, magic in _SIGNATURES)


def open_footage(path: Path) -> Footage:
    """Look at a video and decode its first frame.

    Raises `BadInput` if it is missing, empty, larger than 4 GB, in an unknown format, without a picture, damaged, smaller than 128
    or larger than 3840 pixels a side, shorter than half a second or longer than 60 minutes.
    """
    check_file(path, "video", MOST_BYTES)
    with opened(path) as container:
        stream = container.streams.video[0]
        frame = next(_whole_frames(container, stream), None)
        if frame is None:
            raise BadInput(f"The video {path.name!r} holds no picture that can be decoded: export it again as MP4.")
        turned = round(frame.rotation / 90) % 4
        shape = stream.sample_aspect_ratio or Fraction(1)
        wide, high = max(2, round(frame.width * shape) // 2 * 2), frame.height // 2 * 2
        width, height = (high, wide) if turned % 2 else (wide, high)
        colour = colour_of(stream.codec_context, frame)
    if not (min(width, height) >= SMALLEST and max(width, height) <= LARGEST):
        raise BadInput(f"The video {path.name!r} has {width}x{height} pixels; {SMALLEST} to {LARGEST} a side can be used.")
    rate, duration = _timing(path)
    if duration > LONGEST:
        raise BadInput(f"The video {path.name!r} is {duration / 60:.0f} minutes long; at most {LONGEST / 60:.0f} minutes can be used.")
    if duration < SHORTEST:
        raise BadInput(f"The video {path.name!r} is {duration:.2f} s long; at least {SHORTEST} s are needed.")
    return Footage(path, width, height, rate, max(1, round(duration * rate)), turned, colour)


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The video as a container with a picture. Raises `BadInput`, also where decoding inside the block fails."""
    import av

    unreadable = f"The video {path.name!r} cannot be read: it is damaged or not one of {FORMATS}."
    with open(path, "rb") as file:  # handed over open, so that a name can never be taken for an address
        try:
            with av.open(file, "r", options={"format_whitelist": _DEMUXERS, "protocol_whitelist": ""}) as container:
                streams = [s for s in container.streams.video if s.codec_context is not None and not _cover(s)]
                if not streams or container.streams.video[0] is not streams[0]:
                    raise BadInput(f"The file {path.name!r} has no moving picture.")
                streams[0].thread_type = "AUTO"
                yield container
        except av.FFmpegError as error:
            raise BadInput(unreadable) from error


def _cover(stream: Any) -> bool:
    """Whether the picture is the cover of a recording."""
    import av.stream

    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _timing(path: Path) -> tuple[Fraction, float]:
    """Frames a second and seconds; both are measured where the header does not say them (recordings of browsers)."""
    with opened(path) as container:
        stream = container.streams.video[0]
        said = [rate for rate in (stream.guessed_rate, stream.average_rate) if rate and SLOWEST_FOOTAGE <= rate <= FASTEST]
        length = stream.duration * stream.time_base if stream.duration else Fraction(container.duration or 0, 1_000_000)
        if said and length:
            return said[0], float(length)
        stamps = [float(packet.pts * stream.time_base) for packet in container.demux(stream) if packet.pts is not None]
    steps = np.diff(np.sort(stamps[:TIMED_PACKETS]))
    step = float(np.median(steps[steps > 0])) if (steps > 0).any() else 1 / 25
    rate = said[0] if said else Fraction(min(FASTEST, max(SLOWEST_FOOTAGE, round(1 / step)))).limit_denominator(1001)
    return rate, float(length) or max(stamps) - min(stamps) + step

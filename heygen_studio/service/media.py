"""What a file is, told by its content before anything in it is decoded: a stranger may have sent it under any name."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import BadInput

Kind = Literal["image", "audio", "video"]

#: What a video may be, in pixels a side and seconds.
LARGEST_SIDE, LONGEST_S = 4096, 3600.0

#: FFmpeg's names of the containers -> ending, media type of a sound, media type of a video. None of them refers to other files.
_CONTAINERS = {
    "wav": ("wav", "audio/wav", ""),
    "w64": ("w64", "audio/wav", ""),
    "aiff": ("aiff", "audio/aiff", ""),
    "au": ("au", "audio/basic", ""),
    "caf": ("caf", "audio/x-caf", ""),
    "flac": ("flac", "audio/flac", ""),
    "ogg": ("ogg", "audio/ogg", "video/ogg"),
    "mp3": ("mp3", "audio/mpeg", ""),
    "aac": ("aac", "audio/aac", ""),
    "mov": ("mp4", "audio/mp4", "video/mp4"),
    "matroska": ("webm", "audio/webm", "video/webm"),
    "asf": ("asf", "audio/x-ms-wma", "video/x-ms-wmv"),
    "amr": ("amr", "audio/amr", ""),
}


#: Picture formats without a mark at their beginning: sounds could be taken for them.
_NAMELESS = frozenset({"TGA"})
#: Pillow's names of what is an ordinary file of another format to everyone else.
_FAMILY = {"MPO": "JPEG"}


@dataclass(frozen=True)
class Media:
    """A file's content. ending: the usual one of its format; width, height: pixels, 0 for a sound; duration: seconds, 0 where the
    file does not say it, and for a picture."""

    kind: Kind
    media_type: str
    ending: str
    width: int = 0
    height: int = 0
    duration: float = 0.0


def identify(path: Path) -> Media:
    """What the file holds. Raises `BadInput` if it is neither a picture nor a sound nor a video that can be used."""
    if path.stat().st_size == 0:
        raise BadInput(f"The file {path.name} is empty (0 bytes): send it again.")
    media = _picture(path) or _container(path)
    if media is None:
        raise BadInput(
            f"The file {path.name} is neither a picture nor a sound nor a video that can be read: send a PNG, JPEG, WAV, MP3 or MP4."
        )
    return media


def _picture(path: Path) -> Media | None:
    from PIL import Image, UnidentifiedImageError

    from ..portrait.photo import FORMATS, check_size

    Image.init()
    try:
        with Image.open(path, formats=[name for name in FORMATS if name in Image.OPEN and name not in _NAMELESS]) as image:
            name, (width, height) = _FAMILY.get(str(image.format), str(image.format)), image.size
    except Image.DecompressionBombError as error:
        raise BadInput(f"The picture {path.name} has far too many pixels: save a smaller copy.") from error
    except UnidentifiedImageError:
        return None
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise BadInput(f"The picture {path.name} is damaged ({error}): export or download it again.") from error
    check_size(path, width, height)
    ending = {"JPEG": "jpg", "JPEG2000": "jp2"}.get(name, name.lower())
    return Media("image", Image.MIME.get(name, "application/octet-stream"), ending, width, height)


def _container(path: Path) -> Media | None:
    import av

    from ..speech.audio_file import check_audio

    options = {"format_whitelist": ",".join(_CONTAINERS), "protocol_whitelist": ""}
    with open(path, "rb") as file, suppress(av.FFmpegError):  # handed over open, so that a name can never be taken for an address
        with av.open(file, "r", options=options) as container:
            ending, sound, video = _CONTAINERS[container.format.name.split(",")[0]]
            pictures = [stream for stream in container.streams.video if not stream.disposition & av.stream.Disposition.attached_pic]
            duration = (container.duration or 0) / av.time_base
            if pictures and video:
                width, height = pictures[0].width, pictures[0].height
                _check_video(path, width, height, duration)
                return Media("video", video, ending, width, height, duration)
        return Media("audio", sound, "m4a" if ending == "mp4" else ending, duration=check_audio(path))
    return None


def _check_video(path: Path, width: int, height: int, duration: float) -> None:
    if not 0 < min(width, height) <= max(width, height) <= LARGEST_SIDE:
        raise BadInput(f"The video {path.name} has {width} x {height} pixels; 1 to {LARGEST_SIDE} a side can be used: save a smaller copy.")
    if duration > LONGEST_S:
        raise BadInput(
            f"The video {path.name} is {duration / 60:.0f} minutes long; at most {LONGEST_S / 60:.0f} can be used: cut it into parts."
        )

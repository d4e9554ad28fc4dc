"""A small picture of a finished video."""

from __future__ import annotations

from pathlib import Path

from PIL.Image import Image

from ..errors import BadInput
from ..stages import new_file

#: Longest side of a thumbnail in pixels, and the second of the video that it shows: by then the mouth has moved from its rest.
SIDE, SECOND = 320, 1.0


def make_thumbnail(video: Path, target: Path) -> None:
    """Write ``target``, a JPEG of the video at `SECOND` or, if it is shorter, of its last frame. It appears when it is complete.

    Raises `BadInput` if the video is missing or damaged, OSError if the picture cannot be written.
    """
    image = _frame(video)
    image.thumbnail((SIDE, SIDE))
    with new_file(target) as part:
        image.save(part, "JPEG", quality=85)


def _frame(video: Path) -> Image:
    import av

    picture = None
    try:
        with av.open(str(video), options={"protocol_whitelist": "file"}) as container:
            for picture in container.decode(video=0):
                if (picture.time or 0.0) >= SECOND:
                    break
    except (av.FFmpegError, IndexError) as error:  # IndexError: no picture track
        raise BadInput(f"No thumbnail can be made of {video.name}, which is missing or damaged: make the video again.") from error
    if picture is None:
        raise BadInput(f"No thumbnail can be made of {video.name}, which has no pictures: make the video again.")
    return picture.to_image()

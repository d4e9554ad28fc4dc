"""Frames of a video side by side."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from ..errors import BadInput
from ..stages import new_file

#: Pictures in a row, rows, width of a picture and space between them in pixels.
ACROSS, DOWN, WIDTH, GAP = 5, 2, 240, 6
PAPER = (20, 19, 18)


def contact_sheet(video: Path, target: Path) -> Path:
    """Write ``target``, a JPEG of frames at equal distances, unless it is there. It appears when it is complete.

    Raises `BadInput` if the video cannot be read.
    """
    if target.is_file():
        return target
    frames = _frames(video, ACROSS * DOWN)
    width, height = frames[0].size
    rows = -(-len(frames) // ACROSS)
    sheet = Image.new("RGB", (min(ACROSS, len(frames)) * (width + GAP) - GAP, rows * (height + GAP) - GAP), PAPER)
    for index, frame in enumerate(frames):
        sheet.paste(frame, (index % ACROSS * (width + GAP), index // ACROSS * (height + GAP)))
    with new_file(target) as part:
        sheet.save(part, "JPEG", quality=82)
    return target


def _frames(video: Path, count: int) -> list[Image.Image]:
    """``count`` frames at equal distances, found by seeking, so that a long video costs no more than a short one."""
    import av

    found: list[Image.Image] = []
    try:
        with av.open(str(video), options={"protocol_whitelist": "file"}) as container:
            stream = container.streams.video[0]
            seconds = (container.duration or 0) / av.time_base
            for index in range(count):
                at = seconds * (index + 0.5) / count
                container.seek(int(at * av.time_base))
                for frame in container.decode(stream):
                    if (frame.time or 0.0) >= at - 1e-3:
                        found.append(_small(frame.to_image()))
                        break
    except (av.FFmpegError, IndexError) as error:
        raise BadInput(f"No pictures can be taken of {video.name}, which is missing or damaged: make the video again.") from error
    if not found:
        raise BadInput(f"No pictures can be taken of {video.name}, which has none: make the video again.")
    return found


def _small(image: Image.Image) -> Image.Image:
    return image.resize((WIDTH, round(WIDTH * image.height / image.width)), Image.Resampling.LANCZOS)

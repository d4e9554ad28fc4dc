"""The sizes of a video by name, for the command line, batches, the API and the web app."""

from __future__ import annotations

import re

from ..errors import BadInput

#: Shapes of a video: width to height.
ASPECTS: dict[str, tuple[int, int]] = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1), "4:5": (4, 5), "5:4": (5, 4)}

#: Resolutions: pixels of the shorter side.
RESOLUTIONS: dict[str, int] = {"360p": 360, "480p": 480, "720p": 720, "1080p": 1080, "4k": 2160}

#: What an aspect without a resolution and a resolution without an aspect mean.
USUAL_ASPECT, USUAL_RESOLUTION = "16:9", "720p"


def size_of(aspect: str = USUAL_ASPECT, resolution: str = USUAL_RESOLUTION) -> tuple[int, int]:
    """Width and height in pixels, both even. Raises `BadInput` for a name that is not in the tables."""
    if aspect not in ASPECTS or resolution.lower() not in RESOLUTIONS:
        raise BadInput(f"There is no size {resolution} {aspect}: {_choices()}.", field="size")
    across, down = ASPECTS[aspect]
    unit = RESOLUTIONS[resolution.lower()] / min(across, down)
    return 2 * round(across * unit / 2), 2 * round(down * unit / 2)


def parse_size(text: str) -> tuple[int, int]:
    """Width and height of "1280x720", "720p 16:9", "9:16" or "1080p". Raises `BadInput` for anything else."""
    if pixels := re.fullmatch(r"\s*([0-9]{1,5})\s*[xX×]\s*([0-9]{1,5})\s*", text):
        return int(pixels[1]), int(pixels[2])
    words = text.lower().split()
    aspects, resolutions = [word for word in words if word in ASPECTS], [word for word in words if word in RESOLUTIONS]
    if not words or len(aspects) > 1 or len(resolutions) > 1 or len(aspects) + len(resolutions) < len(words):
        raise BadInput(f"The size is {text!r}, which cannot be used: {_choices()}, or WIDTHxHEIGHT in pixels.", field="size")
    return size_of(*(aspects or [USUAL_ASPECT]), *(resolutions or [USUAL_RESOLUTION]))


def _choices() -> str:
    return f"write a resolution ({', '.join(RESOLUTIONS)}), an aspect ({', '.join(ASPECTS)}) or both, such as 720p 9:16"

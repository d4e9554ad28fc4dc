"""Sizes by name are the usual ones, even, and of the right shape."""

from __future__ import annotations

from itertools import product

import pytest

from heygen_studio.errors import BadInput
from heygen_studio.video.encode import check_size
from heygen_studio.video.sizes import ASPECTS, RESOLUTIONS, parse_size, size_of


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("720p 16:9", (1280, 720)),
        ("9:16 720p", (720, 1280)),
        ("1080p 1:1", (1080, 1080)),
        ("1080P", (1920, 1080)),
        ("4k 16:9", (3840, 2160)),
        ("4:5", (720, 900)),
        ("5:4", (900, 720)),
        ("640x360", (640, 360)),
        (" 640 X 360 ", (640, 360)),
    ],
)
def test_names_and_pixels(text: str, size: tuple[int, int]) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(("aspect", "resolution"), list(product(ASPECTS, RESOLUTIONS)))
def test_every_size_can_be_encoded_and_has_its_shape(aspect: str, resolution: str) -> None:
    width, height = size_of(aspect, resolution)
    check_size((width, height))
    assert width / height == pytest.approx(ASPECTS[aspect][0] / ASPECTS[aspect][1], abs=0.005)
    assert min(width, height) == RESOLUTIONS[resolution]


@pytest.mark.parametrize("text", ["", "big", "16:10", "720p 16:9 9:16", "1280x", "x720", "720p 720p", "-1x5", "1280x720 720p"])
def test_others_are_refused_with_what_there_is(text: str) -> None:
    with pytest.raises(BadInput, match=r"720p.*9:16") as refused:
        parse_size(text)
    assert refused.value.field == "size"

"""A library with real results, and what the tests of this folder share."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from prepared import prepare

from heygen_studio import Cancel, Event, Settings, Studio, VideoRequest
from heygen_studio.portrait import find_avatar
from heygen_studio.settings import settings

#: The smallest and quickest video that is still a whole one.
SMALL: dict[str, Any] = {"voice": "hibari:heart", "width": 128, "height": 128}


def small(text: str, **fields: Any) -> VideoRequest:
    return VideoRequest(text=text, **{**SMALL, **fields})


@pytest.fixture
def place(tmp_path: Path) -> Settings:
    """The settings of this process with an empty data folder."""
    return replace(settings(), data=tmp_path / "data")


@pytest.fixture
def studio(place: Settings) -> Studio:
    """A studio with nothing in its data folder but the portrait that the videos here show."""
    prepare(place.data, SMALL["width"])
    return Studio(place)


class StopAtVideo:
    """A listener for many renders that cancels them when the first of them encodes its video. asked: when, by the monotonic clock."""

    def __init__(self) -> None:
        self.cancel, self.asked = Cancel(), 0.0

    def __call__(self, index: int, event: Event) -> None:
        if event.stage == "video" and not self.asked:
            self.asked = time.monotonic()
            self.cancel.cancel()


def leftovers(folder: Path) -> list[str]:
    """Everything temporary under ``folder``."""
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.name.startswith(".") or path.suffix == ".part"]


@pytest.fixture(scope="session")
def face() -> bytes:
    """A photo of a face, as JPEG."""
    image = Image.open(find_avatar("hopper")).convert("RGB")
    image.thumbnail((400, 400))
    return encoded(image, "JPEG")


def encoded(image: Image.Image, format: str) -> bytes:
    file = io.BytesIO()
    image.save(file, format)
    return file.getvalue()

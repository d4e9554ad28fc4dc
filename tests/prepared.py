"""Stock portraits that are prepared once for all the tests that are about something else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from heygen_studio import Studio, VideoRequest
from heygen_studio.settings import settings


def prepare(data: Path, side: int) -> None:
    """Put the default avatar into the data folder, prepared for videos of ``side`` x ``side`` pixels, as a render would leave it."""
    shutil.copytree(_prepared(side), data / "stages" / "portrait", dirs_exist_ok=True)


@lru_cache
def _prepared(side: int) -> Path:
    """A folder of the portraits that one render prepared."""
    studio = Studio(replace(settings(), data=settings().data / "prepared" / str(side)))
    studio.render(VideoRequest(text="Hello.", voice="hibari:heart", width=side, height=side))
    return studio.settings.stages / "portrait"

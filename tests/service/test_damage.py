"""Files that were damaged after they were made: the render makes them again, with the same bytes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from heygen_studio import Settings, Studio

from .conftest import leftovers, small


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def scramble(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[: len(data) // 2] = bytes(byte ^ 0x5A for byte in data[: len(data) // 2])
    file.write_bytes(data)


@pytest.mark.parametrize("damage", [cut, scramble, Path.unlink])
def test_a_damaged_stage_is_made_again(studio: Studio, place: Settings, damage: object) -> None:
    video = studio.render(small("Hello."))
    expected = video.path.read_bytes()
    for name in ("script/*/script.json", "speech/*/speech.json", "speech/*/speech.wav", "portrait/*/portrait.npz", "motion/*/motion.npz"):
        shutil.rmtree(place.library)
        (file,) = place.stages.glob(name)
        damage(file)  # type: ignore[operator]
        again = studio.render(small("Hello."))
        assert again.path.read_bytes() == expected, name
        assert not again.report["stages"][name.split("/")[0]]["reused"]
    assert leftovers(place.data) == []


@pytest.mark.parametrize("name", ["video.mp4", "captions.srt", "report.json"])
def test_a_result_that_lost_a_file_is_made_again(studio: Studio, place: Settings, name: str, tmp_path: Path) -> None:
    video = studio.render(small("Hello."))
    expected = video.path.read_bytes()
    (video.folder / name).unlink()
    again = studio.render(small("Hello."), output=tmp_path / "film.mp4")
    assert (again.path.read_bytes(), again.folder) == (expected, video.folder)
    assert (video.folder / name).is_file() and leftovers(place.data) == []

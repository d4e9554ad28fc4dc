"""How long a video with another mouth lasts."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from heygen_studio.frames.picture import lip_synced
from heygen_studio.speech.speech import Speech
from heygen_studio.video.colour import Colour
from heygen_studio.video.footage import Footage

FOOTAGE = Footage(Path("film.mp4"), 640, 480, Fraction(30_000, 1001), 60, 0, Colour("smpte170m", "pc"))


@pytest.mark.parametrize(("seconds", "whole", "count"), [(1.0, False, 30), (1.0, True, 60), (3.0, False, 90), (3.0, True, 90)])
def test_words_end_a_video_and_a_recording_never_shortens_it(seconds: float, whole: bool, count: int):
    speech = Speech(Path("speech.wav"), 24_000, seconds, (), (), (), "recording")
    picture = lip_synced(FOOTAGE, speech, "wav2lip", whole=whole, notes=("a note",))
    assert picture.count == count
    assert (picture.size, picture.colour, picture.notes) == ((640, 480), FOOTAGE.colour, ("a note",))
    assert picture.duration == pytest.approx(count * 1001 / 30_000)

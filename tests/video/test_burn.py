"""Captions on the picture: readable, in their rows and at their times, and nothing else changes."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from heygen_studio import BadInput, VideoRequest
from heygen_studio.portrait.portrait import Image
from heygen_studio.video.burn import CaptionPainter, Fonts, fonts_for
from heygen_studio.video.captions import Cue

ENGLISH = Cue(0.2, 0.6, ("Our library opens at nine in the morning,", "and you can borrow books, films and music."))
CHINESE = Cue(0.8, 1.2, ("长城始建于两千多年前，横跨沙漠、", "草原和山脉，每年有数百万游客。"))
FPS = Fraction(25)


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    return fonts_for([ENGLISH, CHINESE])


def grey(count: int, size: tuple[int, int], level: int = 128) -> Iterator[Image]:
    """One buffer for all frames, as renderers have it."""
    buffer = np.full((size[1], size[0], 3), level, np.uint8)
    for _ in range(count):
        yield buffer


def painted(fonts: Fonts, size: tuple[int, int], cues: list[Cue], count: int = 40, level: int = 128, **more: object) -> np.ndarray:
    painter = CaptionPainter(fonts, size, more.get("letters", 0.045), more.get("position", "bottom"))  # type: ignore[arg-type]
    return np.stack([frame.copy() for frame in painter.painted(grey(count, size, level), cues, FPS)])


def test_a_caption_is_there_in_its_frames_and_only_there(fonts: Fonts) -> None:
    frames = painted(fonts, (512, 512), [ENGLISH, CHINESE])
    shown = [i for i, frame in enumerate(frames) if (frame != 128).any()]
    assert shown == [*range(5, 15), *range(20, 30)]
    assert (frames[5] == frames[14]).all()
    assert (frames[5] != frames[20]).any()


@pytest.mark.parametrize("size", [(512, 512), (1280, 720), (720, 1280), (128, 128), (640, 800)])
@pytest.mark.parametrize("cue", [ENGLISH, CHINESE])
@pytest.mark.parametrize("level", [0, 255])
def test_it_is_readable_inside_the_picture_and_below_the_mouth(fonts: Fonts, size: tuple[int, int], cue: Cue, level: int) -> None:
    frame = painted(fonts, size, [Cue(0, 9, cue.rows)], 1, level)[0].astype(int)
    changed = np.argwhere((frame != level).any(axis=2))
    (top, left), (bottom, right) = changed.min(0), changed.max(0)
    assert 0.02 * size[1] < size[1] - bottom < 0.08 * size[1]
    assert left + right == pytest.approx(size[0], abs=0.06 * size[0])  # centred
    assert left > 0 or size[0] == 128
    if size != (128, 128):  # in so small a video letters have their least size
        assert top > 0.7 * size[1]
    box = frame[top : bottom + 1, left : right + 1]
    assert box.max() > 240  # white letters
    assert np.percentile(box, 20) < 120  # on a dark ground, whatever is behind


def test_rows_break_between_words_and_hold_all_of_them(fonts: Fonts) -> None:
    rows = CaptionPainter(fonts, (360, 640), 0.06, "bottom").rows(ENGLISH)
    assert " ".join(rows) == " ".join(ENGLISH.rows)
    assert len(rows) >= 3
    assert max(map(len, rows)) < 1.6 * min(map(len, rows))  # about equally long


def test_chinese_rows_do_not_begin_with_a_full_stop(fonts: Fonts) -> None:
    for width in range(200, 600, 40):
        rows = CaptionPainter(fonts, (width, 640), 0.08, "bottom").rows(CHINESE)
        assert "".join(rows) == "".join(CHINESE.rows)
        assert all(row[0] not in "，。、" for row in rows)


def test_a_word_that_is_wider_than_the_picture_is_cut(fonts: Fonts) -> None:
    address = "https://example.org/" + "a" * 80
    rows = CaptionPainter(fonts, (256, 256), 0.1, "bottom").rows(Cue(0, 1, (address,)))
    assert "".join(rows) == address
    painted(fonts, (256, 256), [Cue(0, 1, (address,))], 1, letters=0.1)


def test_at_the_top(fonts: Fonts) -> None:
    frame = painted(fonts, (512, 512), [Cue(0, 1, ("Hello.",))], 1, position="top")[0]
    assert (frame[200:] == 128).all()
    assert (frame[:100] != 128).any()


def test_letters_are_drawn_and_not_their_placeholder(fonts: Fonts) -> None:
    seen = {char: painted(fonts, (256, 256), [Cue(0, 1, (char,))], 1)[0].tobytes() for char in ("ş", "ж", "é", "€", "—", "中", "あ")}
    missing = painted(fonts, (256, 256), [Cue(0, 1, ("\ufffe",))], 1)[0].tobytes()
    assert len(set(seen.values())) == len(seen)
    assert missing not in seen.values()


def test_the_chinese_font_is_only_needed_for_chinese() -> None:
    assert fonts_for([ENGLISH]).han is None


def test_a_language_without_a_font_is_refused_at_once() -> None:
    with pytest.raises(BadInput, match=r"\.srt"):
        VideoRequest(text="مرحبا", language="ar", captions=True)

from __future__ import annotations

import html
import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heygen_studio.errors import OutputError
from heygen_studio.speech.speech import Word
from heygen_studio.video.captions import Cue, make_cues, write_captions

STAMP = re.compile(r"(\d{2,}):([0-5]\d):([0-5]\d)[,.](\d{3})")


def spoken(text: str, speed: float = 15.0, start: float = 0.3) -> list[Word]:
    """The words of ``text`` at ``speed`` characters per second, with pauses after sentences and commas."""
    words: list[Word] = []
    for piece in text.split():
        end = start + (len(piece) + 1) / speed
        words.append(Word(piece, start, end))
        start = end + (0.4 if piece[-1] in ".!?" else 0.15 if piece[-1] in ",;" else 0.0)
    return words


def spoken_chinese(text: str) -> list[Word]:
    words = []
    for i, piece in enumerate(re.findall(r"[A-Za-z]+|.[，。！？、]?", text)):
        words.append(Word(piece, i / 4, (i + 1) / 4))
    return words


def width(row: str) -> float:
    """Characters, where a Chinese one counts for 42/18."""
    return sum(42 / 18 if "\u2e80" <= char <= "\uffef" else 1 for char in row)


ENGLISH = (
    "Hello everyone, and welcome to the museum. My name is Ann. Today we will look at three paintings from the seventeenth century, "
    "each of which was painted in a small room in Delft by a man who was almost unknown outside his town. Isn't that great? Yes! "
    "Call 555-0100."
)


def test_the_last_cue_ends_with_the_video() -> None:
    words = spoken("Goodbye.")
    assert make_cues(words, [], words[-1].end + 0.1)[-1].end == pytest.approx(words[-1].end + 0.1)


def test_cues_end_with_sentences_and_clauses() -> None:
    cues = make_cues(spoken(ENGLISH), [])
    texts = [" ".join(cue.rows) for cue in cues]
    assert texts[0] == "Hello everyone, and welcome to the museum."
    assert texts[1] == "My name is Ann."
    assert sum(text[-1] in ".,!?" for text in texts) >= len(texts) - 1
    assert not [text for text in texts if text.split()[-1].lower() in {"a", "the", "of", "in", "by", "was", "and"}]


def test_cues_can_be_read() -> None:
    for cue in make_cues(spoken(ENGLISH * 5), []):
        assert 1.0 <= cue.end - cue.start <= 6.0
        assert len(cue.rows) <= 2
        assert max(map(len, cue.rows)) <= 42
        assert sum(map(len, cue.rows)) / (cue.end - cue.start) <= 17


def test_the_script_lines_are_kept_apart_even_without_punctuation() -> None:
    words = spoken("welcome to our little town today there are many things to see")
    boundary = words[4].end
    cues = make_cues(words, [(0.0, boundary), (boundary, words[-1].end)])
    assert [" ".join(cue.rows) for cue in cues] == ["welcome to our little town", "today there are many things to see"]


def test_a_title_stays_with_its_name() -> None:
    words = spoken("This is the best result of all the years since the day when Dr.") + spoken("Smith founded the company.", start=4.8)
    words[-5:-4] = [Word("Dr.", 4.5, 4.8)]
    texts = [" ".join(cue.rows) for cue in make_cues(words, [])]
    assert any("Dr. Smith" in text for text in texts)


def test_a_long_pause_is_not_captioned() -> None:
    early, late = spoken("One moment please"), spoken("here it is", start=20.0)
    cues = make_cues([*early, *late], [])
    assert len(cues) == 2
    assert cues[0].end < early[-1].end + 2
    assert cues[1].start == pytest.approx(20.0, abs=0.001)


def test_chinese_has_no_spaces_and_short_rows() -> None:
    text = "大家好，欢迎来到博物馆。今天我们要看三幅十七世纪的画，每一幅都是在代尔夫特的一个小房间里画的。用AI生成视频非常方便！"
    cues = make_cues(spoken_chinese(text), [])
    assert "".join(row for cue in cues for row in cue.rows) == text
    assert max(len(row) for cue in cues for row in cue.rows) <= 20
    assert all(cue.rows[-1][-1] in "，。！" for cue in cues)


def test_rows_are_balanced() -> None:
    (cue,) = make_cues(spoken("It was painted in a small room in Delft by a man I know"), [])
    assert len(cue.rows) == 2
    assert abs(len(cue.rows[0]) - len(cue.rows[1])) <= 12


def test_a_long_address_is_cut_not_lost() -> None:
    address = "https://www.example.org/reports/2026/annual-" + "x" * 90
    cues = make_cues([Word("Visit", 0, 0.3), Word(address, 0.3, 8.0), Word("now.", 8.0, 8.3)], [])
    assert "".join(row for cue in cues for row in cue.rows).replace(" ", "") == f"Visit{address}now."
    assert max(len(row) for cue in cues for row in cue.rows) <= 42
    assert any(row.endswith("/2026/") for cue in cues for row in cue.rows)


def test_files(tmp_path: Path) -> None:
    srt, vtt = tmp_path / "c.srt", tmp_path / "c.vtt"
    words = [
        Word("Tom", 3599.5, 3599.9),
        Word("&", 3599.9, 3600.1),
        Word("<b>Ann</b>", 3600.1, 3601.0),
        Word("-->", 3601.0, 3601.5),
        Word("你好。", 3601.5, 3602.0),
    ]
    write_captions(make_cues(words, []), srt=srt, vtt=vtt)
    assert srt.read_bytes().decode() == "1\n00:59:59,500 --> 01:00:02,500\nTom & <b>Ann</b> -->你好。\n\n"
    assert vtt.read_bytes().decode() == ("WEBVTT\n\n00:59:59.500 --> 01:00:02.500\nTom &amp; &lt;b&gt;Ann&lt;/b&gt; --&gt;你好。\n")


def test_no_words_make_valid_empty_files(tmp_path: Path) -> None:
    srt, vtt = tmp_path / "c.srt", tmp_path / "c.vtt"
    write_captions(make_cues([Word(" ", 0, 1)], []), srt=srt, vtt=vtt)
    assert (srt.read_text(), vtt.read_text()) == ("", "WEBVTT\n")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"c\.srt"):
        write_captions(make_cues(spoken("Hello."), []), srt=tmp_path / "no" / "c.srt", vtt=tmp_path / "c.vtt")


def test_an_hour_of_speech_takes_seconds() -> None:
    words = spoken(ENGLISH * 190)
    started = time.process_time()
    make_cues(words, [])
    assert words[-1].end > 3600
    assert time.process_time() - started < 10


timed_words = st.lists(
    st.tuples(
        st.text(st.characters(codec="utf-8"), max_size=60),
        st.floats(0, 3, allow_nan=False),
        st.floats(0, 9, allow_nan=False),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(timed_words, st.lists(st.floats(0, 60), max_size=5))
def test_whatever_the_words_all_are_shown_in_order_and_nothing_overlaps(
    words_and_gaps: list[tuple[str, float, float]], ends: list[float]
) -> None:
    words: list[Word] = []
    now = 0.0
    for text, gap, length in words_and_gaps:
        words.append(Word(text, now + gap, now + gap + length))
        now += gap + length
    bounds = [0.0, *sorted(ends)]
    cues = make_cues(words, list(pairwise(bounds)))

    def letters(text: str) -> str:
        return "".join(char for char in text if char.isprintable() and not char.isspace())

    assert letters("".join(row for cue in cues for row in cue.rows)) == letters("".join(word.text for word in words))
    check_times(cues)
    for cue in cues:
        assert 1 <= len(cue.rows) <= 2
        assert all(row.strip() == row and row for row in cue.rows)


def check_times(cues: list[Cue]) -> None:
    assert all(0 <= cue.start < cue.end <= cue.start + 6.0005 for cue in cues)
    assert all(a.end <= b.start for a, b in pairwise(cues))


@settings(max_examples=50, deadline=None)
@given(timed_words)
def test_both_files_hold_the_same_cues(tmp_path_factory: pytest.TempPathFactory, words_and_gaps: list[tuple[str, float, float]]) -> None:
    words, now = [], 0.0
    for text, gap, length in words_and_gaps:
        words.append(Word(text, now + gap, now + gap + length))
        now += gap + length
    folder = tmp_path_factory.mktemp("captions")
    write_captions(make_cues(words, []), srt=folder / "c.srt", vtt=folder / "c.vtt")
    srt = [block.split("\n") for block in (folder / "c.srt").read_text(encoding="utf-8").split("\n\n")[:-1]]
    vtt = [block.strip("\n").split("\n") for block in (folder / "c.vtt").read_text(encoding="utf-8").split("\n\n")[1:]]
    assert [block[0] for block in srt] == [str(i + 1) for i in range(len(srt))]
    assert [(block[1].replace(",", "."), *block[2:]) for block in srt] == [(block[0], *map(html.unescape, block[1:])) for block in vtt]
    assert all(len(STAMP.findall(block[1])) == 2 for block in srt)
    assert not any(char in row for block in vtt for row in block[1:] for char in "<>")

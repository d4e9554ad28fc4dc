"""Word times -> subtitles in SRT and WebVTT."""

from __future__ import annotations

import html
import math
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from ..errors import OutputError
from ..speech.speech import Word
from ..stages import new_file

#: A cue has at most two rows of 42 Latin or 18 Chinese characters. Widths are counted in units that divide both.
ROWS, ROW_WIDTH, NARROW, WIDE = 2, 126, 3, 7

#: Seconds a cue stays; it lingers after its last word while the next cue allows it.
SHORTEST, LONGEST, LINGER = 1.0, 6.0, 0.5

#: Units of width a person reads per second: 17 Latin or 7 Chinese characters.
READING_SPEED = 17 * NARROW

#: A pause of this many seconds inside a cue would show words long before they are spoken.
LONG_PAUSE = 0.7

#: A full stop that is followed by less than this is not the end of a sentence.
SHORT_PAUSE = 0.1

#: What a cue costs for ending at: a sentence, a clause, any other word, a word that belongs to the next one.
SENTENCE, CLAUSE, WORD, BOUND = 0.0, 1.0, 3.0, 7.0

#: What a cue costs in itself, for each sentence end or long pause in its middle, and for each second it is too short to be seen or read.
CUE, CROSSED, PAUSED, SHORT, FAST = 1.0, 1.5, 4.0, 4.0, 3.0

_UNSPACED = re.compile("[\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_CLOSING = "\"'”’)]}»」』】）》"
_LEANING = re.compile(
    "(?:a|an|the|this|that|these|those|my|your|his|her|its|our|their|of|to|in|on|at|by|for|from|with|and|or|but|nor|as|if|than|"
    "is|are|was|were|be|been|has|have|had|will|would|can|could|should|may|might|must|do|does|did|not|no|very|so)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Cue:
    """One subtitle. start, end: seconds; rows: one or two lines of text."""

    start: float
    end: float
    rows: tuple[str, ...]


def write_captions(cues: Sequence[Cue], *, srt: Path, vtt: Path) -> None:
    """Write both subtitle files. Raises `OutputError`."""
    _write(srt, "".join(f"{number}\n{_span(cue, ',')}\n{chr(10).join(cue.rows)}\n\n" for number, cue in enumerate(cues, 1)))
    body = "".join(f"\n{_span(cue, '.')}\n{html.escape(chr(10).join(cue.rows), quote=False)}\n" for cue in cues)
    _write(vtt, "WEBVTT\n" + body)


def shifted(cue: Cue, seconds: float) -> Cue:
    """The cue so much later."""
    return replace(cue, start=cue.start + seconds, end=cue.end + seconds)


def make_cues(words: Sequence[Word], lines: Sequence[tuple[float, float]], duration: float = math.inf) -> list[Cue]:
    """Group the words into cues of at most two rows that end where sentences and clauses do.

    lines: (start, end) seconds of each sentence; duration: seconds of the video, which no cue outlasts.
    Every word appears once, in order. Cues never overlap and none lasts over 6 s; they last at least 1 s and leave time to
    read (17 characters per second) as far as the speech allows.
    """
    pieces = [piece for word in words for piece in _pieces(word)]
    if not pieces:
        return []
    breaks = _breaks(pieces, [end for _, end in lines])
    cues = _timed(pieces, breaks, _best_spans(pieces, breaks))
    last = cues[-1]
    return [*cues[:-1], replace(last, end=max(last.start + 0.001, min(last.end, duration)))]


def _pieces(word: Word) -> list[Word]:
    """The word without line breaks and outer spaces; in parts of equal time where it is wider than a row (a long address)."""
    text = " ".join("".join(char if char.isprintable() else " " for char in word.text).split())
    parts: list[str] = []
    while text:
        fitting = next((n for n in range(len(text), 1, -1) if _width(text[:n]) <= ROW_WIDTH), 1)
        if fitting < len(text):  # cut after a slash or a dot of an address, if there is one
            fitting = max((n for n in range(1, fitting + 1) if text[n - 1] in "/?&=._-"), default=fitting)
        parts.append(text[:fitting].strip())
        text = text[fitting:].strip()
    step = (word.end - word.start) / max(1, len(parts))
    return [Word(part, word.start + i * step, word.start + (i + 1) * step) for i, part in enumerate(parts)]


def _breaks(pieces: Sequence[Word], line_ends: Sequence[float]) -> list[float]:
    """For each piece, what it costs to end a cue or a row after it."""
    lines = [bisect_right(line_ends, (piece.start + piece.end) / 2) for piece in pieces]
    costs = [
        SENTENCE if lines[k] != lines[k + 1] else _break_cost(piece.text, following.start - piece.end)
        for k, (piece, following) in enumerate(pairwise(pieces))
    ]
    return [*costs, SENTENCE]


def _break_cost(text: str, pause: float) -> float:
    """What it costs to end a cue after this word, which is followed by a pause of so many seconds, inside a line."""
    bare = text.rstrip(_CLOSING)
    if bare.endswith("."):  # without a pause it is an abbreviation, as in "Dr. Smith"
        return SENTENCE if pause >= SHORT_PAUSE else BOUND
    if bare.endswith(("!", "?", "…", "。", "！", "？")):
        return SENTENCE
    if bare.endswith((",", ";", ":", "—", "–", "，", "；", "：", "、")):
        return CLAUSE
    return BOUND if _LEANING.fullmatch(bare) else WORD


def _best_spans(pieces: Sequence[Word], breaks: Sequence[float]) -> list[tuple[int, int]]:
    """Cut the pieces into spans [i, j) of least total cost, by dynamic programming over the cut points."""
    cheapest = [0.0] + [float("inf")] * len(pieces)
    origin = [0] * (len(pieces) + 1)
    for i in range(len(pieces)):
        for j in range(i + 1, len(pieces) + 1):
            if j > i + 1 and not _fits(pieces[i:j]):
                break
            cost = cheapest[i] + _cost(pieces, breaks, i, j)
            if cost < cheapest[j]:
                cheapest[j], origin[j] = cost, i
    spans: list[tuple[int, int]] = []
    end = len(pieces)
    while end:
        spans.append((origin[end], end))
        end = origin[end]
    return spans[::-1]


def _fits(pieces: Sequence[Word]) -> bool:
    """Whether the pieces may stand in one cue: not too long, and filling row after row they need two at most."""
    rows, row = 1, pieces[0].text
    for piece in pieces[1:]:
        longer = _join(row, piece.text)
        rows, row = (rows, longer) if _width(longer) <= ROW_WIDTH else (rows + 1, piece.text)
    return rows <= ROWS and pieces[-1].end - pieces[0].start <= LONGEST


def _cost(pieces: Sequence[Word], breaks: Sequence[float], i: int, j: int) -> float:
    """How bad it is to show pieces [i, j) as one cue."""
    inner = range(i, j - 1)
    crossed = sum(breaks[k] == SENTENCE for k in inner)
    paused = sum(pieces[k + 1].start - pieces[k].end > LONG_PAUSE for k in inner)
    shown = (pieces[j].start if j < len(pieces) else pieces[j - 1].end + LINGER) - pieces[i].start
    short = max(0.0, SHORTEST - shown)
    fast = max(0.0, _width(_joined(pieces[i:j])) / READING_SPEED - shown)
    return CUE + breaks[j - 1] + CROSSED * crossed + PAUSED * paused + SHORT * short + FAST * fast


def _rows(pieces: Sequence[Word], breaks: Sequence[float]) -> tuple[str, ...]:
    """The text on one row, or on two that are cut where it reads best and is balanced."""
    whole = _joined(pieces)
    if _width(whole) <= ROW_WIDTH:
        return (whole,)

    def cost(cut: int) -> float:
        first, second = _width(_joined(pieces[:cut])), _width(_joined(pieces[cut:]))
        overflow = max(0, first - ROW_WIDTH) + max(0, second - ROW_WIDTH)
        return 100 * overflow + breaks[cut - 1] + 6 * abs(first - second) / ROW_WIDTH

    cut = min(range(1, len(pieces)), key=cost)
    return _joined(pieces[:cut]), _joined(pieces[cut:])


def _joined(pieces: Sequence[Word]) -> str:
    text = ""
    for piece in pieces:
        text = _join(text, piece.text)
    return text


def _join(left: str, right: str) -> str:
    """The two texts with a space between, except where Chinese or Japanese writing does without."""
    unspaced = not left or _UNSPACED.match(left[-1]) or _UNSPACED.match(right[0])
    return left + ("" if unspaced else " ") + right


@lru_cache(maxsize=4096)
def _width(text: str) -> int:
    return sum(WIDE if unicodedata.east_asian_width(char) in "WF" else NARROW for char in text)


def _timed(pieces: Sequence[Word], breaks: Sequence[float], spans: Sequence[tuple[int, int]]) -> list[Cue]:
    """Cues that start with their first word and stay until read, or until the next one.

    Times are whole milliseconds, as in the files. Where the speech gives a cue no time at all, it gets a
    millisecond and pushes the next one back.
    """
    cues: list[Cue] = []
    previous = 0
    for i, j in spans:
        start = max(previous, round(1000 * pieces[i].start))
        read = max(SHORTEST, _width(_joined(pieces[i:j])) / READING_SPEED, pieces[j - 1].end + LINGER - start / 1000)
        end = start + round(1000 * min(LONGEST, read))
        if j < len(pieces):
            end = max(start + 1, min(end, round(1000 * pieces[j].start)))
        cues.append(Cue(start / 1000, end / 1000, _rows(pieces[i:j], breaks[i:j])))
        previous = end
    return cues


def _span(cue: Cue, decimal: str) -> str:
    return f"{_stamp(cue.start, decimal)} --> {_stamp(cue.end, decimal)}"


def _stamp(seconds: float, decimal: str) -> str:
    whole, milliseconds = divmod(round(1000 * seconds), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{decimal}{milliseconds:03}"


def _write(path: Path, text: str) -> None:
    try:
        with new_file(path) as part:
            part.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"The captions cannot be written to {path}: {error.strerror}.") from error

"""Sentences and words of English and Chinese text."""

from __future__ import annotations

import re

from .script import Language

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

#: A letter that is neither Latin nor Chinese.
FOREIGN = re.compile(rf"[^\W\d_A-Za-z\u00aa-\u02af\u1e00-\u1eff\uff21-\uff5a{HAN.pattern[1:-1]}]")

#: Abbreviations after which a full stop does not end the sentence.
_TITLES = "mr mrs ms dr prof st mt sr jr rev gen capt sgt lt gov sen messrs vs dept inc ltd corp"
_BEFORE_NUMBER = "no nos fig vol pp p approx est ca"
_LATIN = "e.g i.e etc al a.m p.m cf"

#: An end of sentence: marks, then closing quotes and brackets.
_END = re.compile(r"(?:[.!?؟]+|…+|[。！？।]+)[\"'”’)\]」』》）]*")
#: Languages that write "the 3rd" as "3.": a full stop behind a number of one or two figures ends no sentence there.
_DOTTED_ORDINALS: frozenset[Language] = frozenset({"de", "cs", "hu", "pl", "tr"})
_CLOSERS = "\"'”’)]」』》）"


def detect_language(text: str) -> Language:
    """``"zh"`` where Chinese characters are at least three in ten of the letters, else ``"en"``."""
    letters = [c for c in text if c.isalpha()]
    return "zh" if letters and sum(bool(HAN.match(c)) for c in letters) >= 0.3 * len(letters) else "en"


def foreign_word(text: str) -> str | None:
    """A word in letters that neither English nor Chinese is written in, if three in ten of the letters of ``text`` are such; else None.

    A lone Greek letter is a symbol that an English voice reads.
    """
    foreign = {word: len(letters) for word in text.split() if len(letters := FOREIGN.findall(word)) > 1}
    if sum(foreign.get(word, 0) for word in text.split()) < max(1, 0.3 * sum(map(str.isalpha, text))):
        return None
    return next(iter(foreign))[:20].strip(".,!?、。！？")


def split_sentences(text: str, language: Language = "en") -> list[str]:
    """The sentences of ``text`` in order, trimmed. A line break ends a sentence; no character but white space is lost."""
    return [sentence for line in text.splitlines() for sentence in _split_line(line.strip(), language)]


def is_finished(sentence: str) -> bool:
    """Whether the sentence ends in a full stop, question or exclamation mark."""
    return sentence.rstrip(_CLOSERS).endswith((".", "!", "?", "。", "！", "？", "…", "؟", "।"))


def count_words(text: str, language: Language) -> int:
    """Spoken length: white-space separated words in English; in Chinese every character and digit, and every Latin word."""
    if language == "zh":
        return len(HAN.findall(text)) + len(re.findall(r"\d|[A-Za-z]+", text))
    return sum(any(c.isalnum() for c in word) for word in text.split())


def _split_line(line: str, language: Language) -> list[str]:
    sentences, start = [], 0
    for end in _END.finditer(line):
        if _ends_sentence(line, end, language):
            sentences.append(line[start : end.end()].strip())
            start = end.end()
    sentences.append(line[start:].strip())
    return [sentence for sentence in sentences if sentence]


def _ends_sentence(line: str, end: re.Match[str], language: Language) -> bool:
    rest = line[end.end() :]
    if end.group()[0] in "。！？।":
        return True
    if not rest[:1].isspace():
        return bool(rest) and bool(HAN.match(rest[0])) and end.group()[0] in "!?…"
    following = rest.lstrip().lstrip("\"'“‘(")
    if end.group()[0] == "…" or end.group().startswith(".."):
        return not following[:1].islower()
    if end.group() == "." and language in _DOTTED_ORDINALS and re.search(r"(?<!\w)\d{1,2}$", line[: end.start()]):
        return not following
    if end.group() != ".":
        return not (following[:1].islower() and end.group()[-1] in _CLOSERS)  # “Why?” she asked.
    return not _is_abbreviation(line[: end.start()], following) and not following[:1].islower()


def _is_abbreviation(before: str, following: str) -> bool:
    """Whether the full stop between the two belongs to an abbreviation that does not end the sentence."""
    word = before.split()[-1].lstrip("\"'“‘(") if before.split() else ""
    lower = word.lower()
    if lower in _LATIN.split():
        return lower not in ("etc", "a.m", "p.m")
    if lower in _BEFORE_NUMBER.split():
        return following[:1].isdigit()
    if re.fullmatch(r"(?:[a-z]\.)+[a-z]", lower):  # the U.S. Navy, but: made in the U.S. It is
        return re.match(r"[A-Z][\w-]*\s+[A-Z]|[A-Z]\w*y\b", following) is not None
    if len(word) == 1 and word.isupper() and word != "I":  # John F. Kennedy, but: vitamin C. It is
        previous = before.split()[-2:-1]
        return not previous or previous[0][:1].isupper()
    return lower in _TITLES.split()

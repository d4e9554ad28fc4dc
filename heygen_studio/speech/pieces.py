"""A sentence cut into pieces that a voice speaks in one go."""

from __future__ import annotations

import re

#: Characters of a piece at most. A sentence of prose hardly ever has so many.
LONGEST = 240

#: What a sentence begins with, beside quotes and brackets: capitals and figures, and the letters of scripts without capitals.
_FIRST = r"A-Z0-9À-ÖØ-ÞЀ-Я\u0600-\u06ff\u0900-\u097f\uac00-\ud7af¿¡"
_SENTENCES = re.compile(rf"(?<=[.!?…؟।])[\"'”’)]*\s+(?=[\"'“‘(]*[{_FIRST}])|(?<=[。！？])(?![”’」』）\s])|\s*\n\s*")
_CLAUSES = re.compile(r"(?<=[;:—؛])\s+|(?<=[；：])")
_PHRASES = re.compile(r"(?<=[,،])\s+|(?<=[，、])")
_SPACES = re.compile(r"\s+")


def pieces(text: str, longest: int = LONGEST) -> list[str]:
    """``text`` in pieces of at most ``longest`` characters, cut where a speaker would breathe.

    Most texts are one piece. Longer ones are cut between sentences, else at semicolons and colons, else at commas, else
    between words, and in the middle of a word that is itself too long. Nothing but white space is lost.
    """
    text = text.strip()
    if len(text) <= longest:
        return [text] if text else []
    for boundary in (_SENTENCES, _CLAUSES, _PHRASES, _SPACES):
        parts = [part for part in boundary.split(text) if part]
        if len(parts) > 1:
            return [piece for group in _filled(parts, longest, text) for piece in pieces(group, longest)]
    return [text[start : start + longest] for start in range(0, len(text), longest)]


def _filled(parts: list[str], longest: int, text: str) -> list[str]:
    """Neighbouring parts joined again as long as they fit, as they stood in ``text``."""
    groups: list[str] = []
    start = end = 0
    for part in parts:
        begin = text.index(part, end)
        if end > start and begin + len(part) - start > longest:
            groups.append(text[start:end])
            start = begin
        end = begin + len(part)
    return [*groups, text[start:end]]

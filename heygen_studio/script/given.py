"""A script from the user's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..errors import BadInput
from .moods import with_moods
from .script import Language, Line, Script
from .sentences import split_sentences

#: Longest text to speak, in characters: about half an hour of English.
MAX_TEXT = 30_000


def script_from_text(text: str, language: Language) -> Script:
    """The text as a script, word for word: only split into sentences; one that ends a paragraph (before an empty line) ends in a line
    break. Raises `BadInput` if it is empty or too long.
    """
    if len(text) > MAX_TEXT:
        raise BadInput(f"The text has {len(text):,} characters, more than the {MAX_TEXT:,} allowed: split it into several videos.")
    if not any(character.isalnum() for character in text):
        raise BadInput("The text is empty: it holds nothing that can be spoken.")
    paragraphs = [split_sentences(paragraph, language) for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip()]
    for sentences in paragraphs[:-1]:
        sentences[-1] += "\n"
    lines = with_moods([sentence for sentences in paragraphs for sentence in sentences], "neutral")
    return Script(lines, language, why="The text is the user's own.")


def script_from_lines(lines: Sequence[Line], language: Language) -> Script:
    """The lines as a script, in the moods they have. Raises `BadInput` if a line holds nothing that can be spoken."""
    for number, line in enumerate(lines, 1):
        if not any(character.isalnum() for character in line.text):
            raise BadInput(f"Line {number} is {line.text.strip()[:60]!r}, which holds nothing that can be spoken: fill it or leave it out.")
    return Script(tuple(lines), language, why="The lines are the user's own.")

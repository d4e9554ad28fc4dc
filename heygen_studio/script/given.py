"""A script from the user's own words."""

from __future__ import annotations

from ..errors import BadInput
from .moods import with_moods
from .script import Language, Script
from .sentences import split_sentences

#: Longest text to speak, in characters: about half an hour of English.
MAX_TEXT = 30_000


def script_from_text(text: str, language: Language) -> Script:
    """The text as a script, word for word: only split into sentences. Raises `BadInput` if it is empty or too long."""
    if len(text) > MAX_TEXT:
        raise BadInput(f"The text has {len(text):,} characters, more than the {MAX_TEXT:,} allowed: split it into several videos.")
    if not any(character.isalnum() for character in text):
        raise BadInput("The text is empty: it holds nothing that can be spoken.")
    return Script(with_moods(split_sentences(text), "neutral"), language, why="The text is the user's own.")

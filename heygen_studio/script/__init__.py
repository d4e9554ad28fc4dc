"""Script: what the digital human says, written by a language model or by the user."""

from .brief import Brief
from .given import script_from_lines, script_from_text
from .roles import ROLES, Role, find_role
from .script import Attempt, Language, Line, Mood, Script
from .sentences import count_words, detect_language, foreign_word, split_sentences
from .write import write_script

__all__ = [
    "ROLES",
    "Attempt",
    "Brief",
    "Language",
    "Line",
    "Mood",
    "Role",
    "Script",
    "count_words",
    "detect_language",
    "find_role",
    "foreign_word",
    "script_from_lines",
    "script_from_text",
    "split_sentences",
    "write_script",
]

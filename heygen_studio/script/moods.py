"""The mood in which a sentence is said, from its own words."""

from __future__ import annotations

import re

from .script import Line, Mood

_CUES: tuple[tuple[Mood, re.Pattern[str]], ...] = (
    (
        "concerned",
        re.compile(
            r"\b(?:sorry|apologi[sz]e|unfortunately|sadly|worried|worries|afraid|scared|hurts?|hurting|pain|painful|suffer\w*|regret)\b|"
            r"抱歉|对不起|遗憾|担心|害怕|难受|疼|不幸",
            re.I,
        ),
    ),
    (
        "serious",
        re.compile(
            r"\b(?:warning|danger\w*|caution|beware|emergency|injured|killed|died|must never)\b|警告|危险|紧急|伤亡|遇难|务必", re.I
        ),
    ),
    (
        "excited",
        re.compile(
            r"\b(?:amazing|incredible|finally here|can['’]t wait|so excited|let['’]s go)\b.*!|(?:太棒了|终于|激动|等不及).*！", re.I
        ),
    ),
    ("warm", re.compile(r"\b(?:welcome|thank you|thanks|glad|happy to help|congratulations)\b|欢迎|谢谢|感谢|恭喜|很高兴|很乐意", re.I)),
    ("happy", re.compile(r"!$|！$")),
)
#: Moods that a single exclamation mark or friendly word does not soften.
_SOBER: frozenset[Mood] = frozenset(("serious", "concerned", "excited"))


def with_moods(sentences: list[str], role_mood: Mood) -> tuple[Line, ...]:
    """The sentences as lines: the role's mood, unless the words of a line clearly ask for another."""
    return tuple(Line(sentence, _mood(sentence, role_mood)) for sentence in sentences)


def _mood(sentence: str, role_mood: Mood) -> Mood:
    cue = next((mood for mood, pattern in _CUES if pattern.search(sentence)), role_mood)
    return role_mood if role_mood in _SOBER and cue in ("warm", "happy") else cue

"""Whether a script states the given facts, and states nothing against them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .figures import figures, names
from .script import Language
from .similarity import content, coverage

_NEGATION = re.compile(r"\b(?:not|no|never|none|nobody|nothing|without|cannot|can['’]?t|\w+n['’]t|free of)\b", re.I)
_NEGATION_ZH = re.compile(r"不(?![仅但错管论断久同])|没|无(?![论疑])|未(?![来])|非(?!常)|别(?!人|的)")


#: What follows a colon in a prompt, and where one statement there ends.
_AFTER_COLON = re.compile(r"(?:：|:(?=\s))\s*(.+)", re.S)
_STATEMENT_ENDS = re.compile(r"[.;!](?=\s|$)|[。；！\n]")
#: Statements of a prompt that are taken for facts, at most, and the longest one in characters.
_MOST_TOLD, _LONGEST_TOLD = 8, 200


def told_facts(prompt: str, language: Language) -> tuple[str, ...]:
    """The facts that a prompt itself tells: statements after its colon that hold a figure ("Tomorrow's weather: sunny, 25 degrees")."""
    match = _AFTER_COLON.search(prompt)
    parts = [part.strip(" ,，\t") for part in _STATEMENT_ENDS.split(match[1])] if match else []
    told = [part for part in parts if figures(part) and len(content(part, language)) >= 2 and not part.endswith(("?", "？"))]
    return tuple(part for part in told[:_MOST_TOLD] if len(part) <= _LONGEST_TOLD)


def missing_facts(facts: Sequence[str], sentences: Sequence[str], language: Language) -> list[str]:
    """The facts that the sentences do not state: a figure or a name is absent, or most of the words are."""
    return [fact for fact in facts if not _states(" ".join(sentences), fact, language)]


def carries_fact(sentence: str, facts: Sequence[str], language: Language) -> bool:
    """Whether the sentence says a good part of one of the facts."""
    return any(coverage(fact, sentence, language) >= 0.4 or figures(fact) & figures(sentence) for fact in facts)


def contradicts(sentence: str, facts: Sequence[str], language: Language) -> bool:
    """Whether the sentence is about the same thing as a fact but only one of the two is negated.

    Figures that differ from the facts are found by `heygen_studio.script.figures.unbacked`.
    """
    pattern = _NEGATION_ZH if language == "zh" else _NEGATION
    return any(
        len(content(fact, language)) >= 2
        and coverage(fact, sentence, language) >= 0.6
        and bool(pattern.search(fact)) != bool(pattern.search(sentence))
        for fact in facts
    )


def _states(text: str, fact: str, language: Language) -> bool:
    return (
        figures(fact) <= figures(text)
        and all(name in text.casefold() for name in names(fact, language))
        and coverage(fact, text, language) >= 0.5
    )

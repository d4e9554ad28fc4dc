"""Judge a repaired draft: how good it is, and what is wrong with it in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .brief import Brief
from .facts import contradicts, missing_facts
from .figures import unbacked
from .listener import listener_in
from .roles import Role
from .script import Language
from .sentences import count_words
from .similarity import coverage

_SELF_REFERENCE = re.compile(r"\b(?:in (?:this|today['’]s) (?:video|talk)|let['’]s (?:dive|delve))\b|在(?:这个|本)视频|本期视频", re.I)
#: An order to a third person, who is in truth the one listening: "Show them around."
_ABOUT_THE_LISTENER = re.compile(
    r"(?:\A|[.!?] )(?:(?:please|let['’]s|we (?:will|can|should)) )?(?:ask|give|guide|help|introduce|invite|remind|show|tell|thank|welcome) "
    r"(?:them|him|her)\b|(?:让我们|请)(?:欢迎|告诉|带领?|帮助)(?:他|她)们?",
    re.I,
)
_TO_YOU = re.compile(r"\byou|\bevery(?:one|body)\b|你|您|大家|各位|我们|咱们", re.I)
_TWO_APOLOGIES = re.compile(r"\b(?:sorry|apolog\w+)\b[^.!?]*\b(?:sorry|apolog\w+)\b|抱歉[^。！？]*(?:抱歉|道歉|对不起)", re.I)
#: How a sentence begins that more must follow.
_MORE_TO_COME = re.compile(
    r"(?:first(?:ly)?|second(?:ly)?|next|for example|for instance|to begin with|here['’]s how|here are)\b|首先|第一|其次|例如|比如", re.I
)
#: Run of words (characters in Chinese) that counts as copied from the worked example.
_COPIED_RUN = {"en": 6, "zh": 9}
_RUN = {"en": 3, "zh": 6}


@dataclass(frozen=True)
class Length:
    """Words asked for, and the least and the most that are accepted."""

    target: int
    least: int
    most: int


@dataclass(frozen=True)
class Judgement:
    """score: higher is better, 10 is faultless. broken: a rule that a script must keep is not kept; only_short: that rule is the length,
    and at least half of the words are there."""

    score: float
    faults: tuple[str, ...]
    broken: bool
    only_short: bool = False


def wanted_length(brief: Brief, role: Role) -> Length:
    """The length that fills the asked time at the role's pace, within 20 % (at least two words) and the brief's maximum."""
    target = max(1, round(brief.seconds * brief.words_per_second * role.pace))
    slack = max(0.2 * target, 2.0)
    if brief.max_words is None:
        return Length(target, max(1, round(target - slack)), int(target + slack))
    if target + slack <= brief.max_words:
        return Length(target, max(1, round(target - slack)), int(target + slack))
    if target <= brief.max_words:
        return Length(target, max(1, round(target - slack)), brief.max_words)
    target = max(1, round(0.9 * brief.max_words))
    return Length(target, max(1, min(round(0.6 * brief.max_words), target)), brief.max_words)


def judge(sentences: Sequence[str], brief: Brief, role: Role, length: Length) -> Judgement:
    """What an editor would say about the sentences."""
    language = brief.language
    text = ("" if language == "zh" else " ").join(sentences)
    words = count_words(text, language)
    if not words:
        return Judgement(-10.0, ("nothing usable",), True)
    hard: list[str] = []
    soft: list[tuple[float, str]] = []
    if not length.least <= words <= length.most:
        hard.append(f"{words} words instead of about {length.target}")
    hard += [f"leaves out the fact “{fact}”" for fact in missing_facts(brief.facts, sentences, language)]
    hard += [f"contradicts a fact: “{s}”" for s in sentences if contradicts(s, brief.facts, language)]
    soft += [
        (1.0, f"states without backing: {', '.join(unbacked(s, sources(brief), language))}") for s in unbacked_sentences(sentences, brief)
    ]
    listener = listener_in(brief.prompt, language)
    topic = brief.prompt.replace(listener, " ") if listener else brief.prompt
    if coverage(topic, text, language) < (0.12 if language == "zh" else 0.2):
        soft.append((1.5, "wanders from the topic"))
    if _repetition(text, language) > 0.08:
        soft.append((1.5, "repeats itself"))
    if _copied(text, brief, role):
        soft.append((1.0, "copies the example"))
    soft += [(1.5, fault) for pattern, fault in role.marks[language] if not re.search(pattern, text)]
    if _SELF_REFERENCE.search(text):
        soft.append((0.5, "talks about the video"))
    if role.direct and _ABOUT_THE_LISTENER.search(text):
        soft.append((1.5, "speaks about the listener instead of to them"))
    if role.direct and listener:
        if not _TO_YOU.search(text):
            soft.append((1.0, "does not talk to the listener"))
        if _reads_task(sentences[0], brief.prompt, listener, language):
            soft.append((0.7, "reads the task aloud"))
    if _TWO_APOLOGIES.search(text):
        soft.append((0.7, "apologises twice in one breath"))
    if _MORE_TO_COME.match(sentences[-1]):
        soft.append((1.0, "stops without a close"))
    if _monotony(sentences, language) >= max(3.0, 0.2 * len(sentences)):
        soft.append((0.7, "begins too many sentences alike"))
    off = abs(words - length.target) / length.target
    only_short = len(hard) == 1 and 0.5 * length.target <= words < length.least
    score = 10.0 - 4.0 * len(hard) - sum(w for w, _ in soft) - off
    return Judgement(score, (*hard, *(fault for _, fault in soft)), bool(hard), only_short)


def sources(brief: Brief) -> str:
    """Everything the user said that a script may rely on."""
    return "\n".join((brief.prompt, *brief.facts, brief.audience))


def unbacked_sentences(sentences: Sequence[str], brief: Brief) -> list[str]:
    """The sentences that state figures or names which neither prompt nor facts contain."""
    return [sentence for sentence in sentences if unbacked(sentence, sources(brief), brief.language)]


def _copied(text: str, brief: Brief, role: Role) -> bool:
    """Whether the text takes a run of words from a worked example that the user did not give."""
    language, run = brief.language, _COPIED_RUN[brief.language]
    shown = set().union(*(_runs(example.text, language, run) for example in role.examples[language]))
    return bool(shown & set(_runs(text, language, run)) - set(_runs(sources(brief), language, run)))


def _reads_task(opening: str, prompt: str, listener: str, language: Language) -> bool:
    """Whether the first sentence begins like the prompt and is more than a greeting such as "Welcome, new colleagues!"."""
    is_greeting = len(_tokens(opening, language)) <= len(_tokens(listener, language)) + 2
    return _opening(opening, language) == _opening(prompt, language) and not is_greeting


def _opening(text: str, language: Language) -> list[str]:
    return _tokens(text, language)[: 5 if language == "zh" else 3]


def _tokens(text: str, language: Language) -> list[str]:
    return re.findall(r"[\u3400-\u9fff]|[a-z0-9]+" if language == "zh" else r"[\w'’]+", text.lower())


def _runs(text: str, language: Language, length: int) -> Counter[tuple[str, ...]]:
    tokens = _tokens(text, language)
    return Counter(tuple(tokens[i : i + length]) for i in range(len(tokens) - length + 1))


def _repetition(text: str, language: Language) -> float:
    """Part of the short word runs that occur more than once."""
    runs = _runs(text, language, _RUN[language])
    return 1.0 - len(runs) / max(1, runs.total()) if runs else 0.0


def _monotony(sentences: Sequence[str], language: Language) -> int:
    """How many sentences share their first two words (four characters)."""
    starts = Counter(tuple(_tokens(s, language)[: 4 if language == "zh" else 2]) for s in sentences)
    return max(starts.values(), default=0)

"""Sentences that fill time, and those that belong only at the beginning or the end of a talk."""

from __future__ import annotations

import re

#: Small talk with nobody, promises to begin, reports of how the listeners felt, the request in
#: other words, set phrases of chat models and help desks.
_FILLER = re.compile(
    r"how are you(?: (?:all|today|doing)\b[^.!?]*)?\?|i['’]m (?:doing|fine|good|great)[^.!?]*(?:thank|thanks)|"
    r"\bi hope (?:you(?:['’]re| are)|this)\b[^.!?]*\b(?:well|helps)\b|^let['’]s (?:get started|begin|dive in|start)[.!]|"
    r"^(?:are you )?ready\?|\bthat['’]s (?:it|all) for (?:today|now)\b|^hello,? you[.!]|"
    r"\b(?:it|this|that|which)(?:['’]s| is) like (?:a )?magic[.!]|"
    r"any (?:other |further |more )?questions|feel free to (?:ask|contact|reach)|(?:further|any) assistance|anything else|"
    r"^(?:the|our) (?:class|students|audience|viewers|listeners|guests|fans) (?:was|were|is|are|has|have|had|learned|now)\b|"
    r"\bfigures (?:or|and) names\b|don['’]t hesitate to|please let (?:me|us) know|unforeseen circumstances|"
    r"如有任何(?:问题|疑问)|随时联系|下一个问题|继续讲述",
    re.I,
)


def is_filler(sentence: str) -> bool:
    """Whether the sentence may go without loss."""
    return _FILLER.search(sentence) is not None


_GREETING = re.compile(
    r"(?:hello|hi|hey|welcome|good (?:morning|afternoon|evening|day))\b|today,? (?:we|i)(?:['’]re| are|['’]ll| will|['’]m| am)\b|"
    r"(?:大家|你们?|您|同学们|小朋友们|观众朋友们|各位\w{0,4})[，,]?(?:早上|下午|晚上)?好|欢迎|今天[，,]?(?:我们|我|咱们)",
    re.I,
)
_FAREWELL = re.compile(
    r"(?:thank you|thanks|goodbye|bye|see you|good night|in conclusion|in summary|to sum up|to conclude|overall|remember,)\b|"
    r"(?:谢谢|感谢|再见|下次|总之|综上|总的来说|总结)",
    re.I,
)


def is_greeting(sentence: str) -> bool:
    """Whether the sentence opens a talk."""
    return _GREETING.match(sentence) is not None


def is_farewell(sentence: str) -> bool:
    """Whether the sentence closes a talk."""
    return _FAREWELL.match(sentence) is not None

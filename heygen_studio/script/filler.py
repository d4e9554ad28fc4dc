"""Sentences that fill time: small talk with nobody, promises to begin, set phrases of chat models and help desks."""

from __future__ import annotations

import re

_FILLER = re.compile(
    r"how are you(?: (?:all|today|doing)\b[^.!?]*)?\?|i['’]m (?:doing|fine|good|great)[^.!?]*(?:thank|thanks)|"
    r"\bi hope (?:you(?:['’]re| are)|this)\b[^.!?]*\b(?:well|helps)\b|^let['’]s (?:get started|begin|dive in|start)[.!]|"
    r"^(?:are you )?ready\?|\bthat['’]s (?:it|all) for (?:today|now)\b|^hello,? you[.!]|"
    r"\b(?:it|this|that|which)(?:['’]s| is) like (?:a )?magic[.!]|"
    r"any (?:other |further |more )?questions|feel free to (?:ask|contact|reach)|(?:further|any) assistance|anything else|"
    r"don['’]t hesitate to|please let (?:me|us) know|unforeseen circumstances|如有任何(?:问题|疑问)|随时联系",
    re.I,
)


def is_filler(sentence: str) -> bool:
    """Whether the sentence may go without loss."""
    return _FILLER.search(sentence) is not None

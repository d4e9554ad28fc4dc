"""To whom the words are spoken, as far as the prompt says so."""

from __future__ import annotations

import re

from .script import Language

_PEOPLE = """adults? audience buyers? children class classes clients? colleagues? customers? doctors? drivers? employees? families family
    fans? friends? gamers? graduates? grandparents? guests? heroes hero hikers? investors? kids? learners? listeners? members? neighbou?rs?
    newcomers? nurses? owners? parents? passengers? patients? people players? pupils? readers? residents? savers? seniors? shoppers?
    staff starters? students? subscribers? teachers? team teams teenagers? tourists? travell?ers? users? viewers? visitors? volunteers?
    voters? workers? everyone everybody beginners? \\w+-year-olds?"""
_PERSON = "|".join(_PEOPLE.split())
_WHO = rf"(?:(?:all|the|a|an|our|my|your|every)\s+)*(?:[\w-]+\s+){{0,3}}?(?:{_PERSON})"
_NAMED_AND_CALLED = re.compile(rf"^The ((?:[\w-]+ ){{0,2}}(?:{_PERSON})), you\b")
#: Verbs whose object is the listener ("Welcome new colleagues"), and "to" after the others ("Explain rain to a child").
_ASSIGNED = re.compile(
    r"^\W*(?:please\s+)?(?:advise|ask|comfort|congratulate|convince|encourage|greet|guide|inform|invite|lead|motivate|persuade|reassure|"
    rf"remind|show|teach|tell|thank|urge|warn|welcome)\s+(?P<object>{_WHO})\b|^\W*(?!why|how|what|when|where|who)\w+\b[^.;:?!]*?\bto\s+(?P<indirect>{_WHO})\s*(?:[.,;:!?]|$)",
    re.I,
)
_PEOPLE_ZH = (
    "新?同事|新?员工|顾客|客户|粉丝|歌迷|勇者|勇士|旅人|英雄|玩家|游客|旅客|乘客|[小中大]学生|学生|同学们?|孩子们?|小朋友们?|家长们?|老人们?|"
    "患者|病人|医生|观众|听众|朋友们?|市民|居民|会员|用户|上班族|司机|年轻人|初学者|投资者|志愿者|大家"
)
_ASSIGNED_ZH = re.compile(
    rf"(?:欢迎|感谢|邀请|提醒|告诉|恭喜|祝贺|鼓励|警告|劝|带领?|通知|安慰|请|让|向|给|对|为)(?:各位|所有|全体|我们的)?({_PEOPLE_ZH})"
)


def without_article(sentence: str) -> str:
    """ "The brave traveller, you must go" -> "Brave traveller, you must go"."""
    return _NAMED_AND_CALLED.sub(lambda match: f"{match[1][0].upper()}{match[1][1:]}, you", sentence)


def listener_in(prompt: str, language: Language) -> str:
    """The people whom a prompt such as "Welcome new colleagues" or "Explain rain to a child" wants spoken to; empty if it names none."""
    if language == "zh":
        match = _ASSIGNED_ZH.search(prompt)
        return match[1] if match else ""
    match = _ASSIGNED.search(prompt)
    return (match["object"] or match["indirect"]) if match else ""

"""Figures and names: what a sentence states that the given facts may or may not contain."""

from __future__ import annotations

import re
from itertools import pairwise

from .script import Language
from .sentences import split_sentences

_COUNT = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen"""
_DECADES = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS = {word: value for value, word in enumerate(_COUNT.split())}
_TENS = {word: 10 * value for value, word in enumerate(_DECADES.split(), start=2)}
_SCALES = {"hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0}
_NUMBER_WORDS = "|".join([*_TENS, *_UNITS, *_SCALES])
_SPELLED = re.compile(rf"\b(?:{_NUMBER_WORDS})s?(?:[\s-]+(?:and\s+)?(?:{_NUMBER_WORDS})s?)*\b", re.I)
_DIGITS = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_SCALE_AFTER = re.compile(r"\s*(hundred|thousand|million|billion|trillion|[十百千万亿])", re.I)

_ZH_DIGITS = {c: v for v, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_ZH_SCALES = {"十": 10.0, "百": 100.0, "千": 1e3, "万": 1e4, "亿": 1e8}
_ZH_NUMBER = re.compile(r"[一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]+|[〇零一二三四五六七八九]{2,}")
_ZH_IDIOMS = re.compile(
    r"一[一二]|十[分足全]|[一二三四五六七八九十百千万]+[心意面方]|一五一十|三三两两|七七八八|四[面方]八方|百分之百|千万别|万一"
)

#: Counts this small are ways of speaking ("one of the", "two simple steps") unless they are written in digits.
_LARGEST_TRIFLE = 10.0

_CALENDAR = """january february march april june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday"""
_NOT_NAMES = "i i'm i'll i've i'd ok tv ai app internet english chinese earth sun moon god hello hi welcome"
_ZH_PERSON = re.compile(
    r"[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹苏潘范彭马方任袁柳史唐薛雷贺罗林郭高夏田胡徐梁宋黄刘]"
    r"[\u4e00-\u9fff]{0,2}(?:先生|女士|小姐|博士|教授|医生|主任|经理)|(?:我叫|名叫|我是)(?:小)?[\u4e00-\u9fff]{2,3}(?=[，。！])|《[^》]+》"
)


def figures(text: str, *, trifles: bool = True) -> set[float]:
    """The values of all numbers in ``text``: digits, English and Chinese number words.

    With ``trifles=False`` a spelled count up to ten is left out.
    """
    found: set[float] = set()
    for match in _DIGITS.finditer(text):
        scale = _SCALE_AFTER.match(text, match.end())
        value = float(match.group().replace(",", ""))
        found.add(value * _scale(scale[1]) if scale else value)
    words = re.sub(rf"{_DIGITS.pattern}(?:{_SCALE_AFTER.pattern})?", " , ", text, flags=re.I)
    spelled = {_english_value(match.group()) for match in _SPELLED.finditer(words)}
    spelled |= {_chinese_value(match.group()) for match in _ZH_NUMBER.finditer(_ZH_IDIOMS.sub("，", words))}
    return found | {value for value in spelled if trifles or value > _LARGEST_TRIFLE}


def names(text: str, language: Language) -> set[str]:
    """Proper names in ``text``, case-folded: capitalised words that do not begin a sentence; in Chinese persons with a title,
    who introduce themselves, works in 《》 and Latin names."""
    if language == "zh":
        return {match.group().casefold() for match in _ZH_PERSON.finditer(text)} | {
            word.casefold() for word in re.findall(r"[A-Z][A-Za-z]+", text)
        }
    found: set[str] = set()
    for sentence in split_sentences(text):
        words = re.findall(r"[^\W\d_][\w'’-]*|[.:;!?]", sentence)
        for previous, word in pairwise(words):
            if word[0].isupper() and previous not in ".:!?" and _bare(word) not in _NOT_NAMES.split():
                found.add(_bare(word))
        if words and _bare(words[0]) in _CALENDAR.split():
            found.add(_bare(words[0]))
    return found


def unbacked(sentence: str, sources: str, language: Language) -> list[str]:
    """Figures and names that ``sentence`` states and ``sources`` (prompt and facts) do not contain, as words."""
    known = figures(sources)
    known_words = sources.casefold()
    missing = [f"{value:.15g}" for value in sorted(figures(sentence, trifles=False)) if not any(_same(value, k) for k in known)]
    return missing + sorted(name for name in names(sentence, language) if name not in known_words)


def _same(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-12 * max(abs(a), abs(b), 1.0)


def _bare(word: str) -> str:
    return re.sub(r"['’]s?$", "", word.casefold().replace("’", "'"))


def _scale(word: str) -> float:
    return _SCALES.get(word.lower()) or _ZH_SCALES[word]


def _english_value(words: str) -> float:
    """Value of an English number in words; two-part years such as "twenty twenty-six" are read as 2026."""
    total, part = 0.0, 0.0
    years: list[float] = []
    for word in re.findall(r"[a-z]+", words.lower()):
        word = word if word in _UNITS or word in _TENS or word in _SCALES else word.rstrip("s")
        if word == "and":
            continue
        if word in _SCALES:
            scale = _SCALES[word]
            if scale >= 1e3:
                total, part = total + max(part, 1.0) * scale, 0.0
            else:
                part = max(part, 1.0) * scale
        else:
            value = float(_TENS.get(word, _UNITS.get(word, 0)))
            if part and part < 100 and value >= 10:
                years.append(part)
                part = 0.0
            part += value
    return years[0] * 100 + part if years else total + part


def _chinese_value(text: str) -> float:
    if not any(c in _ZH_SCALES for c in text):
        return float("".join(str(_ZH_DIGITS[c]) for c in text))
    total, part, digit = 0.0, 0.0, 0.0
    for c in text:
        if c in _ZH_DIGITS:
            digit = float(_ZH_DIGITS[c])
        elif _ZH_SCALES[c] < 1e4:
            part, digit = part + max(digit, 1.0) * _ZH_SCALES[c], 0.0
        else:
            total, part, digit = (total + max(part + digit, 1.0)) * _ZH_SCALES[c], 0.0, 0.0
    return total + part + digit

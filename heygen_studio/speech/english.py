"""English as it is written turned into words as a person would say them.

`read_english` leaves no digit and no symbol behind, and remembers for every spoken letter which written word it came from,
so that captions can show "$39.95" while the voice says "thirty-nine dollars and ninety-five cents".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from .english_dates import DAY, MONTH, MONTH_NAMES, SHORT_MONTHS, clock, day_before_month, hour, iso_date, month, slash_date
from .english_letters import plain_letter
from .english_money import MAGNITUDE, NUMBER, SIGNS, cents, feet_inches, money, money_range, per, unit
from .english_names import (
    ABBREVIATIONS,
    BEFORE_NUMBER,
    LABELLED,
    ROMAN_CARDINALS,
    ROMAN_ORDINALS,
    STREETS,
    SYMBOLS,
    TITLES,
    UNITS,
    WEEKDAYS,
)
from .english_numbers import cardinal, decimal, digits, fraction, grouped, ordinal, roman, year
from .english_web import DOMAINS, FILES, address, file_name, spell
from .traced_text import TracedText

Reader = Callable[[re.Match[str]], "str | None"]


def read_english(text: str) -> TracedText:
    """The spoken words of ``text``: letters, apostrophes, hyphens inside words, and punctuation only."""
    traced = TracedText(text)
    for pattern, read in _RULES:
        traced.replace(pattern, read)
    return traced


# -- titles, abbreviations, Roman numerals ----------------------------------------------------------------------------------


def _abbreviation(match: re.Match[str]) -> str:
    written = match.group()
    ends = written.endswith(".") and match.end() == len(match.string)
    return ABBREVIATIONS[written] + ("." if ends else "")


def _last_title(match: re.Match[str]) -> str:
    return TITLES[match.group(1)] + ("" if match.end() < len(match.string) else ".")


def _street(match: re.Match[str]) -> str | None:
    if not re.search(r"(?:[A-Z]\w*|\d(?:st|nd|rd|th))\s$", match.string[: match.start()]):
        return None
    ends = match.group(2) and match.end() == len(match.string)
    return STREETS[match.group(1)] + ("." if ends else "")


def _roman_cardinal(match: re.Match[str]) -> str:
    return cardinal(roman(match.group()))


def _roman_ordinal(match: re.Match[str]) -> str:
    return f"the {ordinal(roman(match.group()))}"


# -- numbers ----------------------------------------------------------------------------------------------------------------


def _phone(match: re.Match[str]) -> str:
    groups = [digits(group) for group in re.findall(r"\d+", match.group())]
    return ("plus " if match.group().startswith("+") else "") + ", ".join(groups)


def _fraction(match: re.Match[str]) -> str:
    whole, top, bottom = match.group(1), int(match.group(2)), int(match.group(3))
    part = fraction(top, bottom)
    if whole and part:
        return f"{cardinal(int(whole))} and {part.replace('one ', 'a ', 1) if part.startswith('one ') else part}"
    if part is None:
        part = f"{cardinal(top)} {cardinal(bottom)}" if bottom in (7, 50, 11) else f"{cardinal(top)} out of {cardinal(bottom)}"
    return f"{decimal(whole)} {part}" if whole else part


def _decade(match: re.Match[str]) -> str:
    figures = match.group(1)
    words = year(int(figures)) if len(figures) == 4 else cardinal(int(figures))
    return words[:-1] + "ies" if words.endswith("y") else words + "s"


def _range(match: re.Match[str]) -> str:
    return f"{match.group(1)} to "


def _grouped(match: re.Match[str]) -> str:
    return grouped(match.group()) + (" " if match.string[match.end() : match.end() + 1].isalpha() else "")


def _ratio(match: re.Match[str]) -> str:
    return f"{cardinal(int(match.group(1)))} to {cardinal(int(match.group(2)))}"


def _clock_or_ratio(match: re.Match[str]) -> str | None:
    if re.search(r"(?i)(?:ratio|odds|scale|score|aspect)\b[\w\s]{0,12}$", match.string[: match.start()]):
        return _ratio(match)
    return clock(match)


def _version(match: re.Match[str]) -> str:
    return " point ".join(decimal(part) for part in match.group().split("."))


def _dotted(match: re.Match[str]) -> str:
    return " dot ".join(decimal(part) for part in match.group().split("."))


def _beside_digits(match: re.Match[str]) -> str:
    """The letters of "CO2", "4K" or "GPT4" apart from the digits; one or two capitals are spelled."""
    letters = match.group()
    spoken = spell(letters) if len(letters) == 1 or (letters.isupper() and len(letters) == 2) else letters
    before = " " if match.string[match.start() - 1 : match.start()].isdigit() else ""
    after = " " if match.string[match.end() : match.end() + 1].isdigit() else ""
    return f"{before}{spoken}{after}"


_UNIT_WORDS = frozenset(word for forms in UNITS.values() for form in forms for word in form.split()[:1])


def _year(match: re.Match[str]) -> str | None:
    """A number of four digits is a year unless a unit follows."""
    after = match.string[match.end() :].split(maxsplit=1)
    return None if after and after[0].strip(".,;:!?") in _UNIT_WORDS else year(int(match.group()))


def _words(text: str) -> Reader:
    return lambda match: text


def _group(read: Callable[[str], str]) -> Reader:
    return lambda match: read(match.group(1))


def _one_of(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_NUMERAL = r"(?=[IVXLCDM])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\b(?!['.]\w)"


def _after_any(names: Iterable[str]) -> str:
    """A look-behind for each name (one alternative per name: a look-behind has a fixed width)."""
    return "(?:" + "|".join(rf"(?<=\b{re.escape(name)}\s)" for name in names) + ")"


# fmt: off
#: In this order: what a rule has put into words no later rule sees.
_RULES: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (r"[a-z]+://[^\s,;!<>\"]*[^\s,;!<>\".:?)']", address),
        (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", address),
        (rf"(?<![\w@.])(?:www\.)?(?:[A-Za-z0-9-]+\.)+(?:{DOMAINS})(?![\w-])(?:/[^\s,;!<>\"]*[^\s,;!<>\".:?)'])?", address),
        (rf"(?i)\b([\w-]+)\.({FILES})\b(?!\.\w)", file_name),
        (r"[^\x00-\x7f]|[\[\]{}\\|_*`]", plain_letter),
        (r"\b([CFAG])#", _group(lambda letter: f"{letter} sharp")),
        (r"\bC\+\+", _words("C plus plus")),
        (r"(?<![\w.])\.NET\b", _words("dot net")),
        (r"\b([A-Z])&([A-Z])\b", lambda match: f"{match.group(1)} and {match.group(2)}"),
        (r"\bAT&T\b", _words("A.T and T")),
        (r"(?<![\w&])#(?=\s?\d)", _words("number ")),
        (r"(?<![\w&])#(?=[A-Za-z])", _words("hashtag ")),
        (r"(?<!\w)@(?=\w)", _words("at ")),
        # dates and times
        (r"\b(\d{4})-(\d{2})-(\d{2})\b", iso_date),
        (r"\b(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\b", slash_date),
        (rf"\b(the )?({DAY})(?:st|nd|rd|th)?(?: of)?(?= (?:{MONTH})\b)", day_before_month),
        (_after_any(MONTH_NAMES) + rf"({DAY})(?:st|nd|rd|th)?\b(?![\d:%/]|[.,]\d)", _group(lambda day: ordinal(int(day)))),
        (rf"\b({_one_of(SHORT_MONTHS)})\b\.?(?= (?:\d{{4}}\b|[a-z-]+(?:st|nd|rd|th)\b))|(?<= of )({_one_of(SHORT_MONTHS)})\b\.?",
         lambda match: month(match.group(1) or match.group(2))),
        (r"\b(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(?:\s?([AaPp])\.?[Mm]\b\.?)?(?!\d)", _clock_or_ratio),
        (r"\b(\d{1,2})\s?([AaPp])\.?[Mm]\b\.?", hour),
        (r"(?<=[\w.])\s?[-–]\s?(?=[a-z]+\b(?: [a-z]+)*(?:-[a-z]+)? [AP]\.M\b)", _words(" to ")),
        (r"\b(\d{1,2}):(\d{1,2})\b", _ratio),
        (rf"\b({_one_of(WEEKDAYS)})\.?\s?[-–]\s?({_one_of(WEEKDAYS)})\b\.?",
         lambda match: f"{WEEKDAYS[match.group(1)]} to {WEEKDAYS[match.group(2)]}"),
        # money
        (rf"(?P<sign>{SIGNS})\s?(?P<low>{NUMBER})\s?[-–]\s?(?:{SIGNS})?(?P<high>{NUMBER})(?:\s?(?P<magnitude>{MAGNITUDE}))?",
         money_range),
        (rf"(?P<minus>(?<!\w)[-−])?(?<![A-Za-z])(?P<sign>{SIGNS})\s?(?P<figures>{NUMBER})(?:[\s-]?(?P<magnitude>{MAGNITUDE}))?", money),
        (rf"(?P<minus>(?<!\w)[-−])?(?<![\w.,])(?P<figures>{NUMBER})(?:\s?(?P<magnitude>{MAGNITUDE}))?\s?(?P<sign>{SIGNS})(?![A-Za-z\d])",
         money),
        (rf"\b({NUMBER})\s?¢", cents),
        # titles and abbreviations
        (rf"(?<=[a-z] )({_one_of(STREETS)})\b(\.?)(?=[,;:.!?)]|$| [a-z])", _street),
        (rf"\b({_one_of(TITLES)})\.(?= [A-Z])|\b(Mr|Mrs|Ms|Dr|St|Mt|Prof|Lt|Sgt|Capt)(?= [A-Z])",
         lambda match: TITLES[match.group(1) or match.group(2)]),
        (rf"(?<![\w.])(?<!\d )(?:{_one_of(ABBREVIATIONS)})(?![\w/])", _abbreviation),
        (rf"(?<![\w.])({_one_of(TITLES)})\.(?= [a-z]|$)", _last_title),
        (rf"(?<![\w.])({_one_of(BEFORE_NUMBER)})\.\s?(?=\d)", _group(lambda name: BEFORE_NUMBER[name] + " ")),
        (_after_any(ROMAN_CARDINALS) + _NUMERAL, _roman_cardinal),
        (_after_any(ROMAN_ORDINALS) + _NUMERAL, _roman_ordinal),
        # numbers with a form of their own
        (r"(?<![\w.])\+\d{1,3}[\s.-]?(?:\(\d{1,4}\)[\s.-]?)?\d{2,4}(?:[\s.-]?\d{2,4}){1,4}(?!\w)", _phone),
        (r"(?<![\w.-])(?:1[\s.-])?(?:\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[.-]\d{4}(?![\w-])", _phone),
        (r"(?<![\w.-])\d{3}-\d{4}(?![\w-])", _phone),
        (r"(?<![\w.-])0\d{2,4}[\s-]\d{3,4}(?:[\s-]\d{3,4})?(?![\w-])", _phone),
        (r"(?i)(?<=\b(?:call|dial)\s)\d{3}\b(?![,.]\d)", lambda match: digits(match.group())),
        (_after_any(LABELLED) + r"\d{3,4}(?!\d|[,.]\d)|(?<![\w,.])\d{3}(?=[A-Z]\b)", _grouped),
        (r"\b(\d{3,4})p\b", _group(lambda lines: f"{grouped(lines)} P")),
        (r"(?<!\w)(\d+)'\s?(\d{1,2})\"", feet_inches),
        (r"(?<![\w./])(?:(\d+)\s)?(\d{1,3})/(\d{1,3})(?![\w/])", _fraction),
        (r"(?<!\w)'?((?:1[1-9]|20)?\d0)'?s\b", _decade),
        (r"(?<!\w)'(\d\d)\b(?!')", _group(lambda figures: cardinal(int(figures)))),
        (r"(?<=\d(?:st|nd|rd|th))[-–](?=\d+(?:st|nd|rd|th)\b)", _words(" to ")),
        (r"\b((?:\d{1,3},)*\d+)(?:st|nd|rd|th)\b", _group(lambda figures: ordinal(int(figures.replace(",", ""))))),
        (r"\b(\d+(?:\.\d+)?)[xX×](?=\s|[.,;:!?)]|$)", _group(lambda figures: f"{decimal(figures)} times")),
        (r"(?<=\d)\s?[xX×]\s?(?=\d)", _words(" by ")),
        (r"(?<=\d)\s?[-–−]\s?(?=\d+\s?=)", _words(" minus ")),
        (r"(?<![\w.-])(\d[\d,.]*(?:\s?(?:°[CF]?|%))?)\s?[-–—]\s?(?=\d)", _range),
        (rf"(?<=\d)(?P<gap>[\s-]?)(?P<unit>{_one_of(UNITS)})(?![\w'²³/])", unit),
        (r"(?<=[a-z] )(tbsp|tsp)\b", _group(lambda spoon: UNITS[spoon][0])),
        (r"(?<=[a-z%])/(month|mo|year|yr|week|wk|day|hour|hr|h|minute|min|second|s|person|user|night|unit|page|lesson)\b", per),
        (r"(?<=\d)/(month|mo|year|yr|week|wk|day|hour|hr|h|minute|min|second|s|person|user|night|unit|page|lesson)\b", per),
        (r"\b\d+(?:\.\d+){3,}\b", _dotted),
        (r"\b\d+(?:\.\d+){2}\b", _version),
        (r"\b[vV]\.?(?=\d)", _words("version ")),
        (r"[A-Za-z]+(?=\d)|(?<=\d)[A-Za-z]+", _beside_digits),
        (r"(?<=[A-Za-z])-(?=\d)", _words(" ")),
        (r"(?<![\d.,])(?:1[1-9]\d\d|20\d\d)(?!\d|[,.]\d)", _year),
        (rf"(?<!\w)[-−]?(?:{NUMBER})", lambda match: decimal(match.group())),
        (rf"{NUMBER}", lambda match: f" {decimal(match.group())} "),
        # what is left of symbols
        (r"(?<=[A-Za-z])/(?=[A-Za-z])", _words(" ")),
        (r"\s/\s", _words(", ")),
        (r"/", _words(" slash ")),
        (r"^[-–]+\s?", _words("")),
        (r"\s[-–]+\s|--+|–", _words(" — ")),
        (rf"[{re.escape(''.join(sign for sign in SYMBOLS if len(sign) == 1))}]", lambda match: SYMBOLS[match.group()]),
        (r"\.{2,}", _words("…")),
        (r"[^\sA-Za-z',.!?;:…—()\"-]", _words(" ")),
        (r"\s{2,}", _words(" ")),
        (r"\s+(?=[,.!?;:…])", _words("")),
    )
)
# fmt: on

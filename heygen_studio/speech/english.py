"""English as it is written turned into words as a person would say them.

`read_english` leaves no digit and no symbol behind, and remembers for every spoken letter which written word it came from,
so that captions can show "$39.95" while the voice says "thirty-nine dollars and ninety-five cents".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from anyascii import anyascii

from .english_names import (
    ABBREVIATIONS,
    BEFORE_NUMBER,
    CURRENCIES,
    HUNDREDTHS,
    LABELLED,
    MAGNITUDES,
    MONTHS,
    ROMAN_CARDINALS,
    ROMAN_ORDINALS,
    STREETS,
    SYMBOLS,
    TITLES,
    UNITS,
    WEEKDAYS,
)
from .english_numbers import cardinal, decimal, digits, fraction, grouped, ordinal, roman, year
from .traced_text import TracedText

Reader = Callable[[re.Match[str]], "str | None"]


def read_english(text: str) -> TracedText:
    """The spoken words of ``text``: letters, apostrophes, hyphens inside words, and punctuation only."""
    traced = TracedText(text)
    for pattern, read in _RULES:
        traced.replace(pattern, read)
    return traced


# -- letters ----------------------------------------------------------------------------------------------------------------

_LOOKALIKES = {"’": "'", "‘": "'", "ʼ": "'", "′": "'", "″": '"', "−": "-", "‐": "-", "‑": "-", "‒": "-", "―": "—", "⁄": "/",
               "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‚": ",", "[": "(", "]": ")", "{": "(", "}": ")",
               "。": ".", "，": ",", "！": "!", "？": "?", "；": ";", "：": ":", "\\": " ", "|": ", ", "•": " ", "·": " ",
               "_": " ", "*": " ", "`": " ", "µ": "µ", "μ": "µ"}  # fmt: skip
_VULGAR = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8"}
_KEPT_SYMBOLS = frozenset("–—…" + "".join(SYMBOLS) + "₹₩‰")


def _plain_letter(match: re.Match[str]) -> str:
    """One character that is not ASCII: spelled in ASCII if it is a letter or digit, dropped if it is a picture."""
    letter = match.group()
    if letter in _LOOKALIKES:
        return _LOOKALIKES[letter]
    if letter in _KEPT_SYMBOLS:
        return letter
    if letter in _VULGAR:
        before = match.string[match.start() - 1 : match.start()]
        return (" " if before.isdigit() else "") + _VULGAR[letter]
    if unicodedata.category(letter)[0] in "LN":
        return anyascii(letter)
    return ""


# -- addresses and names with symbols ---------------------------------------------------------------------------------------

_WORD_DOMAINS = frozenset({"com", "org", "net", "info", "biz", "gov", "app", "dev", "shop", "store", "online", "site", "tech", "blog"})
_DOMAINS = "|".join([*sorted(_WORD_DOMAINS), "io", "ai", "co", "uk", "de", "fr", "edu", "tv", "me", "us", "eu", "ca", "au", "cn"])
_ADDRESS_SIGNS = {".": " dot ", "/": " slash ", "-": " dash ", "_": " underscore ", "@": " at ", "+": " plus ", ":": " ", "~": " tilde "}
_FILES = "pdf|docx?|xlsx?|pptx?|txt|csv|jpe?g|png|gif|mp3|mp4|wav|zip|html?|json|py|js|exe|md"


def _spell(letters: str) -> str:
    """ "io" -> "I.O": the G2P reads dotted capitals letter by letter."""
    return ".".join(letters.upper())


def _address(match: re.Match[str]) -> str:
    """An e-mail address or a web address; what follows "?" or "#" is not read aloud."""
    address = re.sub(r"^[a-z]+://", "", match.group(), flags=re.IGNORECASE)
    address = re.sub(r"[?#].*", "", address).rstrip("/")
    host = address.partition("/")[0].split("@")[-1].split(".")
    spoken: list[str] = []
    for part in re.findall(r"[A-Za-z]+|\d+|[^A-Za-z\d]", address):
        if part.isdigit():
            spoken.append(grouped(part) if len(part) <= 4 and part[0] != "0" else digits(part))
        elif not part.isalpha():
            spoken.append(_ADDRESS_SIGNS.get(part, " "))
        elif part.lower() == "www" or (part in host[1:] and len(part) <= 3 and part.lower() not in _WORD_DOMAINS):
            spoken.append(_spell(part))
        else:
            spoken.append(part)
    return " ".join(" ".join(spoken).split())


def _file_name(match: re.Match[str]) -> str:
    return f"{match.group(1)} dot {_spell(match.group(2))}"


# -- dates and times --------------------------------------------------------------------------------------------------------

_SHORT_MONTHS = (*(month[:3] for month in MONTHS if month != "May"), "Sept")
_MONTH = "|".join([*MONTHS, *_SHORT_MONTHS])
_MONTH_NAMES = (*MONTHS, *_SHORT_MONTHS, *(f"{month}." for month in _SHORT_MONTHS))
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"


def _month(name: str) -> str:
    return next(month for month in MONTHS if month.startswith(name[:3]))


def _date(year_: str, month: int, day: int) -> str | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    full = year_ if len(year_) == 4 else ("19" if int(year_) > 50 else "20") + year_
    return f"{MONTHS[month - 1]} {ordinal(day)}, {year(int(full))}"


def _iso_date(match: re.Match[str]) -> str | None:
    return _date(match.group(1), int(match.group(2)), int(match.group(3)))


def _slash_date(match: re.Match[str]) -> str | None:
    first, second = int(match.group(1)), int(match.group(2))
    return _date(match.group(3), first, second) if first <= 12 else _date(match.group(3), second, first)


def _day_before_month(match: re.Match[str]) -> str:
    the = "" if match.group(1) else "the "
    return f"{match.group(1) or ''}{the}{ordinal(int(match.group(2)))} of"


def _clock(match: re.Match[str]) -> str | None:
    hour, minute, second, half = int(match.group(1)), int(match.group(2)), match.group(3), match.group(4)
    if hour > 24 or minute > 59:
        return None
    if minute == 0 and not second:
        words = cardinal(hour) if half else (f"{cardinal(hour)} o'clock" if 1 <= hour <= 12 else f"{cardinal(hour)} hundred")
    elif minute < 10:
        words = f"{cardinal(hour)} oh {cardinal(minute)}"
    else:
        words = f"{cardinal(hour)} {cardinal(minute)}"
    if second:
        words += f" and {cardinal(int(second))} second{'' if int(second) == 1 else 's'}"
    return words + (_half_day(match, half) if half else "")


def _clock_or_ratio(match: re.Match[str]) -> str | None:
    if re.search(r"(?i)(?:ratio|odds|scale|score|aspect)\b[\w\s]{0,12}$", match.string[: match.start()]):
        return _ratio(match)
    return _clock(match)


def _half_day(match: re.Match[str], half: str) -> str:
    """ " P.M", with the period that also ended the sentence."""
    ends = match.group().endswith(".") and match.end() == len(match.string)
    return f" {half.upper()}.M" + ("." if ends else "")


def _hour(match: re.Match[str]) -> str | None:
    return None if int(match.group(1)) > 24 else cardinal(int(match.group(1))) + _half_day(match, match.group(2))


# -- money and units --------------------------------------------------------------------------------------------------------

_NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_SIGNS = "|".join(sorted((re.escape(sign) for sign in CURRENCIES), key=len, reverse=True))
_MAGNITUDE = r"hundred|thousand|million|billion|trillion|(?:k|K|mn|mm|m|M|bn|b|B|tn|t|T)(?![\w/])"
_PER = {"mo": "month", "yr": "year", "hr": "hour", "h": "hour", "wk": "week", "min": "minute", "s": "second"}


def _money_words(figures: str, sign: str, magnitude: str | None, attribute: bool) -> str:
    one, many, hundredth = CURRENCIES[sign]
    if magnitude:
        return f"{decimal(figures)} {MAGNITUDES[magnitude]} {one if attribute else many}"
    whole, _, cents = figures.replace(",", "").partition(".")
    if hundredth is None or len(cents) > 2:
        return f"{decimal(figures)} {many}"
    parts: list[str] = []
    if int(whole or 0) or not int(cents or 0):
        parts.append(f"{decimal(whole or '0')} {one if int(whole or 0) == 1 or (attribute and not cents) else many}")
    if int(cents or 0):
        count = int(cents.ljust(2, "0"))
        parts.append(f"{cardinal(count)} {hundredth if count == 1 else HUNDREDTHS[hundredth]}")
    return " and ".join(parts)


def _money(match: re.Match[str]) -> str:
    """ "$39.95", "£5m", "-$5"; after "a" the currency is an attribute: "a five million pound deal"."""
    minus = "minus " if match.group("minus") else ""
    attribute = re.search(r"(?i)\b(?:a|an)\s$", match.string[: match.start()]) is not None
    return minus + _money_words(match.group("figures"), match.group("sign"), match.group("magnitude"), attribute)


def _money_range(match: re.Match[str]) -> str:
    sign, low, high, magnitude = match.group("sign", "low", "high", "magnitude")
    return f"{decimal(low)} to {_money_words(high, sign, magnitude, False)}"


def _cents(match: re.Match[str]) -> str:
    return f"{decimal(match.group(1))} {'cent' if match.group(1) == '1' else 'cents'}"


def _per(match: re.Match[str]) -> str:
    return f" per {_PER.get(match.group(1), match.group(1))}"


_SINGULAR = frozenset({"1", "-1", "−1"})


def _unit(match: re.Match[str]) -> str:
    """The unit behind a number; the number itself stays for a later rule. "a 5-km run" is a five kilometer run."""
    one, many = UNITS[match.group("unit")]
    figures = re.search(rf"[-−]?(?:{_NUMBER})$", match.string[: match.start()])
    single = match.group("gap") == "-" or (figures is not None and figures.group() in _SINGULAR)
    return " " + (one if single else many)


def _feet_inches(match: re.Match[str]) -> str:
    return f"{decimal(match.group(1))} foot {decimal(match.group(2))}"


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


def _version(match: re.Match[str]) -> str:
    return " point ".join(decimal(part) for part in match.group().split("."))


def _dotted(match: re.Match[str]) -> str:
    return " dot ".join(decimal(part) for part in match.group().split("."))


def _beside_digits(match: re.Match[str]) -> str:
    """The letters of "CO2", "4K" or "GPT4" apart from the digits; one or two capitals are spelled."""
    letters = match.group()
    spoken = _spell(letters) if len(letters) == 1 or (letters.isupper() and len(letters) == 2) else letters
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
        (r"[a-z]+://[^\s,;!<>\"]*[^\s,;!<>\".:?)']", _address),
        (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", _address),
        (rf"(?<![\w@.])(?:www\.)?(?:[A-Za-z0-9-]+\.)+(?:{_DOMAINS})(?![\w-])(?:/[^\s,;!<>\"]*[^\s,;!<>\".:?)'])?", _address),
        (rf"(?i)\b([\w-]+)\.({_FILES})\b(?!\.\w)", _file_name),
        (r"[^\x00-\x7f]|[\[\]{}\\|_*`]", _plain_letter),
        (r"\b([CFAG])#", _group(lambda letter: f"{letter} sharp")),
        (r"\bC\+\+", _words("C plus plus")),
        (r"(?<![\w.])\.NET\b", _words("dot net")),
        (r"\b([A-Z])&([A-Z])\b", lambda match: f"{match.group(1)} and {match.group(2)}"),
        (r"\bAT&T\b", _words("A.T and T")),
        (r"(?<![\w&])#(?=\s?\d)", _words("number ")),
        (r"(?<![\w&])#(?=[A-Za-z])", _words("hashtag ")),
        (r"(?<!\w)@(?=\w)", _words("at ")),
        # dates and times
        (r"\b(\d{4})-(\d{2})-(\d{2})\b", _iso_date),
        (r"\b(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\b", _slash_date),
        (rf"\b(the )?({_DAY})(?:st|nd|rd|th)?(?: of)?(?= (?:{_MONTH})\b)", _day_before_month),
        (_after_any(_MONTH_NAMES) + rf"({_DAY})(?:st|nd|rd|th)?\b(?![\d:%/]|[.,]\d)", _group(lambda day: ordinal(int(day)))),
        (rf"\b({_one_of(_SHORT_MONTHS)})\b\.?(?= (?:\d{{4}}\b|[a-z-]+(?:st|nd|rd|th)\b))|(?<= of )({_one_of(_SHORT_MONTHS)})\b\.?",
         lambda match: _month(match.group(1) or match.group(2))),
        (r"\b(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(?:\s?([AaPp])\.?[Mm]\b\.?)?(?!\d)", _clock_or_ratio),
        (r"\b(\d{1,2})\s?([AaPp])\.?[Mm]\b\.?", _hour),
        (r"(?<=[\w.])\s?[-–]\s?(?=[a-z]+\b(?: [a-z]+)*(?:-[a-z]+)? [AP]\.M\b)", _words(" to ")),
        (r"\b(\d{1,2}):(\d{1,2})\b", _ratio),
        (rf"\b({_one_of(WEEKDAYS)})\.?\s?[-–]\s?({_one_of(WEEKDAYS)})\b\.?",
         lambda match: f"{WEEKDAYS[match.group(1)]} to {WEEKDAYS[match.group(2)]}"),
        # money
        (rf"(?P<sign>{_SIGNS})\s?(?P<low>{_NUMBER})\s?[-–]\s?(?:{_SIGNS})?(?P<high>{_NUMBER})(?:\s?(?P<magnitude>{_MAGNITUDE}))?",
         _money_range),
        (rf"(?P<minus>(?<!\w)[-−])?(?<![A-Za-z])(?P<sign>{_SIGNS})\s?(?P<figures>{_NUMBER})(?:[\s-]?(?P<magnitude>{_MAGNITUDE}))?", _money),
        (rf"(?P<minus>(?<!\w)[-−])?(?<![\w.,])(?P<figures>{_NUMBER})(?:\s?(?P<magnitude>{_MAGNITUDE}))?\s?(?P<sign>{_SIGNS})(?![A-Za-z\d])",
         _money),
        (rf"\b({_NUMBER})\s?¢", _cents),
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
        (r"(?<!\w)(\d+)'\s?(\d{1,2})\"", _feet_inches),
        (r"(?<![\w./])(?:(\d+)\s)?(\d{1,3})/(\d{1,3})(?![\w/])", _fraction),
        (r"(?<!\w)'?((?:1[1-9]|20)?\d0)'?s\b", _decade),
        (r"(?<!\w)'(\d\d)\b(?!')", _group(lambda figures: cardinal(int(figures)))),
        (r"(?<=\d(?:st|nd|rd|th))[-–](?=\d+(?:st|nd|rd|th)\b)", _words(" to ")),
        (r"\b((?:\d{1,3},)*\d+)(?:st|nd|rd|th)\b", _group(lambda figures: ordinal(int(figures.replace(",", ""))))),
        (r"\b(\d+(?:\.\d+)?)[xX×](?=\s|[.,;:!?)]|$)", _group(lambda figures: f"{decimal(figures)} times")),
        (r"(?<=\d)\s?[xX×]\s?(?=\d)", _words(" by ")),
        (r"(?<=\d)\s?[-–−]\s?(?=\d+\s?=)", _words(" minus ")),
        (r"(?<![\w.-])(\d[\d,.]*(?:\s?(?:°[CF]?|%))?)\s?[-–—]\s?(?=\d)", _range),
        (rf"(?<=\d)(?P<gap>[\s-]?)(?P<unit>{_one_of(UNITS)})(?![\w'²³/])", _unit),
        (r"(?<=[a-z] )(tbsp|tsp)\b", _group(lambda spoon: UNITS[spoon][0])),
        (r"(?<=[a-z%])/(month|mo|year|yr|week|wk|day|hour|hr|h|minute|min|second|s|person|user|night|unit|page|lesson)\b", _per),
        (r"(?<=\d)/(month|mo|year|yr|week|wk|day|hour|hr|h|minute|min|second|s|person|user|night|unit|page|lesson)\b", _per),
        (r"\b\d+(?:\.\d+){3,}\b", _dotted),
        (r"\b\d+(?:\.\d+){2}\b", _version),
        (r"\b[vV]\.?(?=\d)", _words("version ")),
        (r"[A-Za-z]+(?=\d)|(?<=\d)[A-Za-z]+", _beside_digits),
        (r"(?<=[A-Za-z])-(?=\d)", _words(" ")),
        (r"(?<![\d.,])(?:1[1-9]\d\d|20\d\d)(?!\d|[,.]\d)", _year),
        (rf"(?<!\w)[-−]?(?:{_NUMBER})", lambda match: decimal(match.group())),
        (rf"{_NUMBER}", lambda match: f" {decimal(match.group())} "),
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

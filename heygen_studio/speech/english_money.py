"""Money and units, as they are read aloud in English."""

from __future__ import annotations

import re

from .english_names import CURRENCIES, HUNDREDTHS, MAGNITUDES, UNITS
from .english_numbers import cardinal, decimal

NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
SIGNS = "|".join(sorted((re.escape(sign) for sign in CURRENCIES), key=len, reverse=True))
MAGNITUDE = r"hundred|thousand|million|billion|trillion|(?:k|K|mn|mm|m|M|bn|b|B|tn|t|T)(?![\w/])"
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


def money(match: re.Match[str]) -> str:
    """ "$39.95", "£5m", "-$5"; after "a" the currency is an attribute: "a five million pound deal"."""
    minus = "minus " if match.group("minus") else ""
    attribute = re.search(r"(?i)\b(?:a|an)\s$", match.string[: match.start()]) is not None
    return minus + _money_words(match.group("figures"), match.group("sign"), match.group("magnitude"), attribute)


def money_range(match: re.Match[str]) -> str:
    sign, low, high, magnitude = match.group("sign", "low", "high", "magnitude")
    return f"{decimal(low)} to {_money_words(high, sign, magnitude, False)}"


def cents(match: re.Match[str]) -> str:
    return f"{decimal(match.group(1))} {'cent' if match.group(1) == '1' else 'cents'}"


def per(match: re.Match[str]) -> str:
    return f" per {_PER.get(match.group(1), match.group(1))}"


_SINGULAR = frozenset({"1", "-1", "−1"})


def unit(match: re.Match[str]) -> str:
    """The unit behind a number; the number itself stays for a later rule. "a 5-km run" is a five kilometer run."""
    one, many = UNITS[match.group("unit")]
    figures = re.search(rf"[-−]?(?:{NUMBER})$", match.string[: match.start()])
    single = match.group("gap") == "-" or (figures is not None and figures.group() in _SINGULAR)
    return " " + (one if single else many)


def feet_inches(match: re.Match[str]) -> str:
    return f"{decimal(match.group(1))} foot {decimal(match.group(2))}"

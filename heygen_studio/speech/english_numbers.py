"""English numbers in words."""

from __future__ import annotations

import re

from num2words import num2words

#: Longer whole numbers are read digit by digit.
_MOST_DIGITS = 15
_DENOMINATORS = {2: "half", 3: "third", 4: "quarter", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth", 9: "ninth"}
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


def cardinal(number: int) -> str:
    """1250 -> "one thousand two hundred fifty"."""
    return re.sub(r",| and\b", "", num2words(number))


def ordinal(number: int) -> str:
    """21 -> "twenty-first"."""
    return re.sub(r",| and\b", "", num2words(number, to="ordinal"))


def year(number: int) -> str:
    """1905 -> "nineteen oh five", 2026 -> "twenty twenty-six", 2005 -> "two thousand five"."""
    return re.sub(r",| and\b", "", num2words(number, to="year")).replace("oh-", "oh ")


def digits(figures: str) -> str:
    """Every digit by itself, whatever stands between them: "555" -> "five five five"."""
    return " ".join(cardinal(int(figure)) for figure in figures if figure.isdigit())


def decimal(figures: str) -> str:
    """A number as it is written, with an optional sign, thousands commas and decimals: "-1,250.50"."""
    sign = "minus " if figures[0] in "-−" else ""
    whole, _, fraction = figures.lstrip("-−+").replace(",", "").partition(".")
    if len(whole) > _MOST_DIGITS or (len(whole) > 1 and whole[0] == "0"):
        words = digits(whole)
    else:
        words = cardinal(int(whole)) if whole else ""
    return sign + (f"{words} point {digits(fraction)}".strip() if fraction else words)


def grouped(figures: str) -> str:
    """A label of two to four digits as people call rooms and routes: "101" -> "one oh one", "747" -> "seven forty-seven"."""
    if len(figures) == 3 and figures[1:] != "00":
        tail = "oh " + cardinal(int(figures[2])) if figures[1] == "0" else cardinal(int(figures[1:]))
        return f"{cardinal(int(figures[0]))} {tail}"
    return year(int(figures)) if len(figures) == 4 else decimal(figures)


def fraction(numerator: int, denominator: int) -> str | None:
    """3, 4 -> "three quarters"; None where people do not speak of a fraction."""
    if not 0 < numerator < denominator or denominator not in _DENOMINATORS:
        return None
    part = _DENOMINATORS[denominator]
    if numerator == 1:
        return f"one {part}"
    return f"{cardinal(numerator)} {'halves' if part == 'half' else part + 's'}"


def roman(numeral: str) -> int:
    """ "XIV" -> 14."""
    values = [_ROMAN[letter] for letter in numeral]
    return sum(-value if value < max(values[index:]) else value for index, value in enumerate(values))

"""Dates and times of the day, as they are read aloud in English."""

from __future__ import annotations

import re

from .english_names import MONTHS
from .english_numbers import cardinal, ordinal, year

SHORT_MONTHS = (*(month[:3] for month in MONTHS if month != "May"), "Sept")
MONTH = "|".join([*MONTHS, *SHORT_MONTHS])
MONTH_NAMES = (*MONTHS, *SHORT_MONTHS, *(f"{month}." for month in SHORT_MONTHS))
DAY = r"(?:0?[1-9]|[12]\d|3[01])"


def month(name: str) -> str:
    return next(month for month in MONTHS if month.startswith(name[:3]))


def _date(year_: str, month: int, day: int) -> str | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    full = year_ if len(year_) == 4 else ("19" if int(year_) > 50 else "20") + year_
    return f"{MONTHS[month - 1]} {ordinal(day)}, {year(int(full))}"


def iso_date(match: re.Match[str]) -> str | None:
    return _date(match.group(1), int(match.group(2)), int(match.group(3)))


def slash_date(match: re.Match[str]) -> str | None:
    first, second = int(match.group(1)), int(match.group(2))
    return _date(match.group(3), first, second) if first <= 12 else _date(match.group(3), second, first)


def day_before_month(match: re.Match[str]) -> str:
    the = "" if match.group(1) else "the "
    return f"{match.group(1) or ''}{the}{ordinal(int(match.group(2)))} of"


def clock(match: re.Match[str]) -> str | None:
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


def _half_day(match: re.Match[str], half: str) -> str:
    """ " P.M", with the period that also ended the sentence."""
    ends = match.group().endswith(".") and match.end() == len(match.string)
    return f" {half.upper()}.M" + ("." if ends else "")


def hour(match: re.Match[str]) -> str | None:
    return None if int(match.group(1)) > 24 else cardinal(int(match.group(1))) + _half_day(match, match.group(2))

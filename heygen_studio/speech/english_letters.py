"""Characters that are not ASCII, for the reader of English: spelled in ASCII, or dropped."""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii

from .english_names import SYMBOLS

_LOOKALIKES = {"’": "'", "‘": "'", "ʼ": "'", "′": "'", "″": '"', "−": "-", "‐": "-", "‑": "-", "‒": "-", "―": "—", "⁄": "/",
               "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‚": ",", "[": "(", "]": ")", "{": "(", "}": ")",
               "。": ".", "，": ",", "！": "!", "？": "?", "；": ";", "：": ":", "\\": " ", "|": ", ", "•": " ", "·": " ",
               "_": " ", "*": " ", "`": " ", "µ": "µ", "μ": "µ"}  # fmt: skip
_VULGAR = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8"}
_KEPT_SYMBOLS = frozenset("–—…" + "".join(SYMBOLS) + "₹₩‰")


def plain_letter(match: re.Match[str]) -> str:
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

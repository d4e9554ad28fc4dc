"""Visemes: which shape of the mouth each sound of speech asks for."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import numpy as np

from .motion import ROUND, SPREAD, TONGUE, Curve

SILENCE = "sil"
#: The visemes that close the lips, and the one that puts the upper teeth on the lower lip.
CLOSED = "PBM"
LABIODENTAL = "FV"

#: Targets in the order of the columns of `Motion.mouth` (aperture mm, spread, round, jaw mm, upper-lip raise mm, lower-lip depress mm,
#: tongue, labiodental, closure), then the dominance: how much the sound insists on its shape against its neighbours.
# fmt: off
VISEMES: dict[str, tuple[float, ...]] = {
    #        A    W    R    J    U    D    T    F   C    dominance
    "sil":  (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0., 0.0, 0.35),
    "AA":   (10., .15, 0.0, 7.5, 0.2, 0.3, 0.0, 0., 0.0, 1.0),
    "AE":   (9.0, .45, 0.0, 6.0, 0.6, 0.6, .05, 0., 0.0, 1.0),
    "AH":   (6.5, .10, 0.0, 4.2, 0.2, 0.2, 0.0, 0., 0.0, 0.8),
    "AX":   (4.2, .05, 0.0, 2.4, 0.2, 0.2, 0.1, 0., 0.0, 0.5),
    "AO":   (8.2, -.2, .55, 6.0, 0.0, 0.2, 0.0, 0., 0.0, 1.0),
    "EH":   (7.0, .45, 0.0, 4.2, 0.5, 0.6, 0.1, 0., 0.0, 0.9),
    "IH":   (4.8, .45, 0.0, 2.2, 0.4, 0.6, 0.2, 0., 0.0, 0.8),
    "IY":   (4.0, .80, 0.0, 1.3, 0.5, 0.9, 0.3, 0., 0.0, 1.0),
    "UH":   (4.5, -.3, .65, 2.4, 0.0, 0.1, 0.0, 0., 0.0, 0.9),
    "UW":   (3.8, -.5, 1.1, 1.4, 0.0, 0.0, 0.0, 0., 0.0, 1.6),
    "OW":   (6.0, -.4, 0.8, 3.8, 0.0, 0.1, 0.0, 0., 0.0, 1.05),
    "OE":   (5.0, -.3, 0.8, 2.6, 0.2, 0.3, 0.1, 0., 0.0, 1.0),
    "ER":   (4.2, -.1, .45, 1.8, 0.2, 0.4, .15, 0., 0.0, 0.8),
    "W":    (2.6, -.6, 1.1, 0.8, 0.0, 0.0, 0.0, 0., 0.0, 2.2),
    "R":    (3.2, -.2, 0.6, 1.2, 0.3, 0.4, 0.1, 0., 0.0, 0.8),
    "L":    (5.0, .15, 0.0, 3.0, 0.2, 0.2, .85, 0., 0.0, 0.7),
    "S":    (2.4, .35, 0.1, 0.2, 0.7, 1.0, 0.1, 0., 0.0, 0.9),
    "SH":   (3.6, -.2, 0.6, 0.3, 0.9, 1.1, 0.1, 0., 0.0, 1.0),
    "ZR":   (2.8, 0.0, 0.2, 0.4, 0.7, 1.0, 0.2, 0., 0.0, 0.9),
    "TD":   (3.3, .15, 0.0, 1.2, 0.4, 0.5, 0.8, 0., 0.0, 0.5),
    "N":    (3.6, .15, 0.0, 1.7, 0.3, 0.4, 0.7, 0., 0.0, 0.5),
    "TH":   (4.2, .15, 0.0, 2.0, 0.3, 0.5, 1.0, 0., 0.0, 0.9),
    "KG":   (3.8, .10, 0.0, 2.0, 0.2, 0.2, 0.0, 0., 0.0, 0.4),
    "Y":    (3.2, .60, 0.0, 1.0, 0.4, 0.7, 0.2, 0., 0.0, 0.8),
    "HH":   (4.5, .10, 0.0, 2.6, 0.1, 0.1, 0.0, 0., 0.0, 0.3),
    "BH":   (1.4, .05, .10, 0.8, 0.0, 0.0, 0.0, 0., 0.0, 1.3),
    "FV":   (1.2, .15, 0.0, 0.2, 0.9, 0.0, 0.0, 1., 0.0, 1.2),
    "PBM":  (0.0, .05, .05, 0.6, 0.0, 0.0, 0.0, 0., 1.0, 1.3),
}
# fmt: on

#: Visemes that leave the lips the spread or rounding of their neighbours (the t of "too" is round, and so is the m of "moon").
FREE_LIPS = frozenset({"TD", "N", "KG", "HH", "L", "PBM"})

#: Every letter of the IPA chart that voices use, by the shape of the mouth (letters of one row look alike on the lips).
_LETTERS = {
    "PBM": "pbmɓʙʘ",
    "BH": "ɸβ",
    "FV": "fvɱʋⱱ",
    "TH": "θð",
    "TD": "tdɗɖʈɾɽrɺǀǃǂ",
    "N": "nɳɲ",
    "L": "lɫɭʎɬɮ",
    "S": "szɕʑʦʣʨʥ",
    "SH": "ʃʒʧʤɧ",
    "ZR": "ʂʐꭧꭦ",
    "R": "ɹɻ",
    "W": "wʍɥ",
    "Y": "jʝçɟc",
    "KG": "kgɡqɢɠʛŋɴxɣχʁʀɰʟǁ",
    "HH": "hɦħʕʔʜʢʡ",
    "IY": "i",
    "IH": "ɪɨɯᵻ",
    "EH": "eɛ",
    "AE": "æ",
    "AA": "aɑɶ",
    "AH": "ʌɐɤ",
    "AX": "əɘᵊ",
    "ER": "ɜɝɚɞ",
    "AO": "ɔɒ",
    "OW": "o",
    "OE": "øœɵ",
    "UH": "ʊ",
    "UW": "uyʉʏᵿ",
}
_VISEME_OF_LETTER = {letter: viseme for viseme, letters in _LETTERS.items() for letter in letters}

#: Two letters whose shape is not that of the one after the other.
_PAIRS = {
    "oʊ": ("OW", "UW"), "əʊ": ("AX", "UW"), "ɔɪ": ("AO", "IY"), "eɪ": ("EH", "IY"), "ɜɹ": ("ER",), "əɹ": ("ER",),
    "ʈʂ": ("ZR",), "ɖʐ": ("ZR",), "tʂ": ("ZR",), "dʐ": ("ZR",), "ts": ("S",), "dz": ("S",), "tɕ": ("S",), "dʑ": ("S",),
    "tʃ": ("SH",), "dʒ": ("SH",), "ɹ̩": ("ZR",), "ɻ̩": ("ZR",),
}  # fmt: skip

_VOWELS = frozenset({"AA", "AE", "AH", "AX", "AO", "EH", "IH", "IY", "UH", "UW", "OW", "OE", "ER"})


def targets(viseme: str) -> Curve:
    """The nine targets of a viseme, float64 [9]."""
    return np.array(VISEMES[viseme][:9])


def dominance(viseme: str) -> Curve:
    """How much the viseme insists on each of the nine columns, float64 [9]."""
    weight = np.full(9, VISEMES[viseme][9])
    if viseme in FREE_LIPS:
        weight[[SPREAD, ROUND]] *= 0.35
    weight[TONGUE] *= 1 + 6 * VISEMES[viseme][TONGUE] ** 2  # what the tongue does for l and th, no vowel beside them undoes
    return weight


def is_vowel(viseme: str) -> bool:
    return viseme in _VOWELS


@lru_cache(maxsize=4096)
def visemes_of(symbol: str) -> tuple[str, ...]:
    """The visemes of one sound, in the order in which the mouth makes them.

    symbol: IPA, with or without stress, length, tone and other marks; diphthongs ("aɪ"), affricates ("tʃ") and whole finals ("uai")
    are split. "", marks and punctuation are silence. A letter that is not IPA counts as a neutral vowel: a mouth that moves a
    little is right more often than one that stops.
    """
    letters = _bare(symbol)
    found: list[str] = []
    position = 0
    while position < len(letters):
        pair = letters[position : position + 2]
        if pair in _PAIRS:
            found.extend(_PAIRS[pair])
            position += 2
        else:
            found.append(_VISEME_OF_LETTER.get(letters[position], "AX"))
            position += 1
    merged = [viseme for index, viseme in enumerate(found) if index == 0 or viseme != found[index - 1]]
    return tuple(merged) or (SILENCE,)


def _bare(symbol: str) -> str:
    """The letters of the symbol without stress, length, tone, tie bars and diacritics.

    A letter with a diacritic that is a sound of its own (ç) stays; the mark of a syllabic consonant stays only after ɹ and ɻ,
    where it makes the "buzzing" vowel of Chinese.
    """
    letters: list[str] = []
    for character in unicodedata.normalize("NFC", symbol):
        buzzing = character == "\u0329" and letters[-1:] in (["ɹ"], ["ɻ"])
        if character in _VISEME_OF_LETTER or buzzing:
            letters.append(character)
        else:
            base = unicodedata.normalize("NFD", character)[0]
            if unicodedata.category(base) in ("Ll", "Lu", "Lo"):
                letters.append(base.lower() if base.lower() in _VISEME_OF_LETTER else base)
    return "".join(letters)

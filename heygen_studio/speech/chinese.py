"""Chinese text: how it is read aloud, and the sounds of every word.

Sounds are spelled in the letters of Kokoro-82M 1.0 (the alphabet of the misaki G2P: IPA, an arrow for each tone). That network was
trained on dictionary tones, word by word, with a space between words; the changes of tone in running speech are its own work,
so none are written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from .chinese_reading import readings
from .phones import Sound, misaki_sounds

if TYPE_CHECKING:
    from hibari.g2p import G2P

_TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}

_INITIALS = {
    "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l", "g": "k", "k": "kʰ", "h": "x",
    "j": "ʨ", "q": "ʨʰ", "x": "ɕ", "zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ", "r": "ɻ", "z": "ʦ", "c": "ʦʰ", "s": "s", "": "",
}  # fmt: skip

#: The tone arrow goes where the 0 stands: after the vowel, before a final nasal.
_FINALS = {
    "a": "a0", "ai": "ai0", "an": "a0n", "ang": "a0ŋ", "ao": "au0", "e": "ɤ0", "ei": "ei0", "en": "ə0n", "eng": "ə0ŋ", "er": "ɚ0",
    "i": "i0", "ia": "ja0", "ian": "jɛ0n", "iang": "ja0ŋ", "iao": "jau0", "ie": "je0", "in": "i0n", "ing": "i0ŋ", "iong": "jʊ0ŋ",
    "iou": "jou0", "ong": "ʊ0ŋ", "ou": "ou0", "u": "u0", "ua": "wa0", "uai": "wai0", "uan": "wa0n", "uang": "wa0ŋ", "uei": "wei0",
    "uen": "wə0n", "ueng": "wə0ŋ", "uo": "wo0", "o": "wo0", "v": "y0", "ve": "ɥe0", "van": "ɥɛ0n", "vn": "y0n",
    "io": "jɔ0", "ê": "ɛ0", "m": "m0", "n": "n0", "ng": "ŋ0",
}  # fmt: skip

#: The vowel of zi and zhi, spoken with the teeth almost shut: IPA symbols in place of Kokoro's one letter.
_APICAL = "ɨ"
_APICAL_SYMBOLS = {True: "ɹ̩", False: "ɻ̩"}

_PUNCTUATION = {
    "，": ",", "、": ",", "。": ".", "．": ".", "！": "!", "？": "?", "：": ":", "；": ";", "…": "…", "—": "—", "～": "—", "~": "—",
    "《": "“", "》": "”", "〈": "“", "〉": "”", "「": "“", "」": "”", "『": "“", "』": "”", "【": "“", "】": "”", "（": "(", "）": ")",
    "(": "(", ")": ")", "“": "“", "”": "”", '"': '"', ",": ",", ".": ".", "!": "!", "?": "?", ":": ":", ";": ";", "–": "—",
}  # fmt: skip
_OPENING = "“("

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"
_TOKEN = re.compile(rf"[{_HAN}]+|[^\W\d_{_HAN}]+(?:['’][^\W\d_{_HAN}]+)*|\s+|.", re.DOTALL)
_IS_HAN = re.compile(rf"[{_HAN}]")
_PRONOUNS = frozenset("我你您他她它咱谁")


def read_chinese(text: str) -> str:
    """The text as it is said: numbers, money, dates, times, units, telephone numbers and addresses in characters.

    Words in Latin letters stay as they are; no digit is left. ``¥39.9`` -> 三十九点九元, ``2026-03-14`` -> 二零二六年三月十四日.
    """
    return "".join(spoken for _, spoken in readings(text))


def chinese_phones(text: str) -> tuple[tuple[str, ...], tuple[Sound, ...]]:
    """The words of a Chinese text and the sounds in which Kokoro speaks them.

    The first result is the text cut into words as they are written, with the punctuation that belongs to them ("39.95元，" may be
    two words, "39.95" and "元，"); joined, they are the text without its white space. The second is every sound in the order of
    speech: `Sound.letters` joined are the letters for Kokoro, `Sound.symbol` is the IPA of the sound ("" for a pause or the gap
    between words), `Sound.word` the index of its word. Latin words are pronounced in English. A word with nothing to say
    (an emoji) has no sounds.
    """
    words: list[str] = []
    sounds: list[Sound] = []
    opened = False  # the last word so far is an opening mark that waits for its word
    for written, letters in _pieces(text):
        speaks = any(letter not in _PUNCTUATION.values() for letter in letters)
        opens = bool(letters) and letters in _OPENING
        if words and (opened or not (speaks or opens)):
            words[-1] += written
        else:
            words.append(written)
        opened = opens or (opened and not speaks)
        index = len(words) - 1
        if sounds and speaks and sounds[-1].letters not in _OPENING:
            sounds.append(Sound(" ", "", sounds[-1].word))
        sounds.extend(_sounds(letters, index))
    return tuple(words), tuple(sounds)


def _sounds(letters: str, word: int) -> Iterator[Sound]:
    dental = False
    for sound in misaki_sounds(letters, word):
        if sound.symbol == _APICAL:
            yield replace(sound, symbol=_APICAL_SYMBOLS[dental])
        else:
            yield sound
        dental = sound.symbol in ("s", "ts")


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """(written, Kokoro's letters) of every word and punctuation mark, without white space."""
    for written, spoken in readings(text):
        if written == spoken:
            yield from _spell(spoken)
        else:
            yield "".join(written.split()), " ".join(letters for _, letters in _spell(spoken) if letters)


def _spell(text: str) -> Iterator[tuple[str, str]]:
    before = ""
    for token in _TOKEN.findall(text):
        if token.isspace():
            continue
        if _IS_HAN.match(token):
            for word in _segment(token):
                yield word, _word_letters(word, before)
                before = word
        elif token[0].isalpha():
            yield token, _english(token)
            before = token
        else:
            yield token, _PUNCTUATION.get(token, "")
            before = ""


def _segment(run: str) -> list[str]:
    import rjieba

    return list(rjieba.cut(run))


def _word_letters(word: str, before: str) -> str:
    """Kokoro's letters of one word of Chinese characters. before: the word before it, "" at the start of a clause."""
    from pypinyin import Style, lazy_pinyin

    if before and word in ("地", "得"):  # the particles after an adverb or a verb, not "earth" and "to get"
        return syllable_letters({"地": "de5" if len(before) > 1 else "di4", "得": "dei3" if before[0] in _PRONOUNS else "de5"}[word])
    syllables = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore", v_to_u=False)
    return "".join(syllable_letters(syllable) for syllable in syllables)


@lru_cache(maxsize=2048)
def syllable_letters(pinyin: str) -> str:
    """Kokoro's letters of one syllable of pinyin with its tone number: "zhong1" -> "ꭧʊ→ŋ"."""
    from pypinyin.contrib.tone_convert import to_finals, to_initials

    plain, tone = (pinyin[:-1], _TONES[pinyin[-1]]) if pinyin[-1] in _TONES else (pinyin, "")
    if plain in ("hm", "hng"):
        initial, final = "h", plain[1:]
    elif plain in ("m", "n", "ng", "er", "ê", "io", "o"):
        initial, final = "", plain
    else:
        initial, final = to_initials(plain, strict=True), to_finals(plain, strict=True)
    if final == "i" and initial in ("z", "c", "s", "zh", "ch", "sh", "r"):
        vowel = _APICAL + "0"
    else:
        vowel = "ɔ0" if plain == "o" else _FINALS[final]
    return _INITIALS[initial] + vowel.replace("0", tone)


@lru_cache(maxsize=1)
def _g2p() -> G2P:
    from hibari.g2p import G2P

    return G2P()


@lru_cache(maxsize=4096)
def _english(word: str) -> str:
    return str(_g2p()(word)).strip(" .")

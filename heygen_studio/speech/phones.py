"""Letters of phoneme alphabets and the speech sounds they stand for.

Kokoro and hibari are trained on the alphabet of the misaki G2P: IPA with one capital letter for each English diphthong.
The Coqui voice "joe" is trained on the IPA of espeak-ng (American English), where a diphthong is two letters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

STRESS = "ˈˌ"
#: Letters that change the sound before them and are none themselves: length, nasality, aspiration, tone arrows.
_MODIFIERS = "ː̃ʰʲᵝ↓→↗↘"
_PAUSES = frozenset(" ;:,.!?—…\"()“”'-")

#: One sound per misaki letter where the letter is not its own IPA symbol.
_MISAKI_IPA = {
    "A": "eɪ",
    "I": "aɪ",
    "O": "oʊ",
    "Q": "əʊ",
    "S": "ʃ",
    "T": "ɾ",
    "W": "aʊ",
    "Y": "ɔɪ",
    "ʣ": "dz",
    "ʤ": "dʒ",
    "ʥ": "dʑ",
    "ʦ": "ts",
    "ʧ": "tʃ",
    "ʨ": "tɕ",
    "ꭧ": "tʂ",
    "ᵊ": "ə",
    "ᵻ": "ɪ",
}


@dataclass(frozen=True)
class Sound:
    """What a voice speaks as one piece. letters: as the voice's network spells it; symbol: IPA, one sound, "" for a pause
    or the gap between two words; word: index of the written word it belongs to (a gap belongs to the word before it)."""

    letters: str
    symbol: str
    word: int


def misaki_sounds(letters: str, word: int) -> Iterator[Sound]:
    """The sounds of one word spelled in misaki letters; a stress mark goes with the letter that follows it."""
    marks = ""
    held: Sound | None = None
    for letter in letters:
        if letter in STRESS:
            marks += letter
        elif letter in _MODIFIERS and held is not None:
            held = replace(held, letters=held.letters + letter)
        else:
            if held is not None:
                yield held
            symbol = "" if letter in _PAUSES else _MISAKI_IPA.get(letter, letter)
            held, marks = Sound(marks + letter, symbol, word), ""
    if held is not None:
        yield held


#: misaki sound (by its IPA symbol) -> espeak letters, where they differ. Order of `_espeak_letters` matters, not of this table.
_ESPEAK = {"u": "uː", "ɑ": "ɑː", "ɔ": "ɔː", "ɜ": "ɜː"}
_R_COLOURED = {"ɜ": "ɜː", "ə": "ɚ"}
_PAUSE_LETTERS = {"—": ",", "…": ".", "“": "", "”": "", '"': "", "(": ",", ")": ","}
_I_WORDS = frozenset({"wi", "bi", "hi", "mi", "ʃi", "ði"})


def espeak_sounds(sounds: tuple[Sound, ...]) -> tuple[Sound, ...]:
    """The same sounds in the letters of espeak-ng's American English, as Piper's English voices were trained on them.

    "ɜ" or "ə" with the "ɹ" after it becomes one r-coloured sound; vowels that espeak writes long get their length mark.
    """
    spelled: list[Sound] = []
    skip = False
    for index, sound in enumerate(sounds):
        if skip:
            skip = False
            continue
        after = sounds[index + 1] if index + 1 < len(sounds) else None
        marks = "".join(letter for letter in sound.letters if letter in STRESS)
        if not sound.symbol:
            spelled.append(replace(sound, letters="".join(_PAUSE_LETTERS.get(letter, letter) for letter in sound.letters)))
        elif after and after.symbol == "ɹ" and after.word == sound.word and sound.symbol in _R_COLOURED:
            letters = _R_COLOURED[sound.symbol]
            spelled.append(Sound(marks + letters, "ɚ" if letters == "ɚ" else "ɝ", sound.word))
            skip = True
        else:
            spelled.append(replace(sound, letters=marks + _espeak_letters(sounds, index)))
    return tuple(spelled)


def _espeak_letters(sounds: tuple[Sound, ...], index: int) -> str:
    sound = sounds[index]
    if sound.symbol == "i":
        stressed = sound.letters[0] in STRESS
        return "iː" if stressed or _spelling(sounds, index) in _I_WORDS else "i"
    if sound.symbol == "ə" and sound.letters[-1] == "ə" and _ends_word(sounds, index) and len(_spelling(sounds, index)) > 2:
        return "ɐ"
    if sound.letters[-1] == "ᵻ":
        return "ᵻ"
    return _ESPEAK.get(sound.symbol, sound.symbol)


def _ends_word(sounds: tuple[Sound, ...], index: int) -> bool:
    return index + 1 == len(sounds) or not sounds[index + 1].symbol


def _spelling(sounds: tuple[Sound, ...], index: int) -> str:
    """The symbols of the spoken word around ``index``."""
    start = end = index
    while start > 0 and sounds[start - 1].symbol:
        start -= 1
    while end + 1 < len(sounds) and sounds[end + 1].symbol:
        end += 1
    return "".join(sound.symbol for sound in sounds[start : end + 1])

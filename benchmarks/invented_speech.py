"""Invented sentences in the sounds of several languages, for voices of Kokoro, which speak whatever is spelled in its alphabet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Tongue:
    """The syllables of a language in Kokoro's letters. Each list is drawn from evenly: what is frequent stands in it more than once.

    syllables: the shortest and the longest word.
    """

    onsets: str
    vowels: str
    codas: str
    syllables: tuple[int, int]


#: "-" is nothing. French has no entry's vowels but its own; "x" is any language: the letters of all, and those that none of the others has.
TONGUES = {
    "a": Tongue(
        "- - p b t d k ɡ f v θ ð s z ʃ ʒ ʧ ʤ m m n n l l ɹ ɹ w w j h h t s d b p k st pɹ tɹ kɹ bɹ fɹ pl kl bl sp sk sw kw θɹ ɡɹ",
        "æ ɑ ɛ ɪ ɪ i i ʌ ʊ u ɔ ə ə ə A I O W Y ɜɹ əɹ ɑɹ ɔɹ",
        "- - - - n n t d s z l ɹ m k p b v f ŋ ʃ ʧ θ nd st nt ks mp lz ts",
        (1, 3),
    ),
    "z": Tongue(
        "p pʰ m f t tʰ n l k kʰ x ʨ ʨʰ ɕ ꭧ ꭧʰ ʂ ʐ ʦ ʦʰ s w j pj tj lj mj kw xw ʂw ʨj ʨʰj ɕj ɥ ʨɥ lw tw",
        "a→ a↗ a↓ a↘ ɤ↗ ɤ↘ ə i→ i↓ i↘ u↗ u↓ u↘ y↗ y↓ o↓ o↘ ai↘ ei↗ au↓ ou→ ʊ↗",
        "- - - - n ŋ n ŋ",
        (1, 2),
    ),
    "e": Tongue(
        "- p b β t d ð k k ɡ ɣ m m n n ɲ f θ s s l l ɾ ɾ r x ʧ j w pɾ tɾ bɾ kl pl kw sj pw",
        "a a a e e e i o o u aj ej ow ja je we",
        "- - - - s n s n ɾ l",
        (1, 4),
    ),
    "i": Tongue(
        "- p b t t d k k ɡ m m n n ɲ f v v s s z ʃ l l ʎ r r ʧ ʤ ʦ w j tr pr st sp kw pj fr ɡr",
        "a a a e e ɛ i i o o ɔ u aj wo je",
        "- - - - - n r l s t m",
        (1, 4),
    ),
    "p": Tongue(
        "- p b t d k ɡ m m n n ɲ f v s s z ʃ ʒ l ʎ ɾ ɾ x ʧ ʤ w j pɾ tɾ bɾ kw",
        "a a ɐ e e ɛ i i o ɔ u u ɐ̃ ẽ ĩ õ ũ aj ej ow ɐ̃w",
        "- - - - s ɾ w n",
        (1, 4),
    ),
    "h": Tongue(
        "- p pʰ b b t tʰ d ʈ ɖ k kʰ ɡ ʧ ʤ m m n n ɳ s ʃ h h l ɾ r j ʋ ʋ pɾ sʋ kj",
        "ə ə aː aː ɪ iː ʊ uː eː ɛː oː ɔː ɔ̃ aː̃ ĩ",
        "- - - n m ɾ l s k t ŋ p",
        (1, 3),
    ),
    "j": Tongue(
        "- k k ɡ s ɕ z ʥ t ʨ ʦ d n n h ç ɸ b p m m j ɾ ɾ w kʲ mʲ ɾʲ",
        "a a a i i ɨ ɨ ɯ e e o o oː eː ai oi",
        "- - - - - ɴ ʔ",
        (1, 4),
    ),
    "f": Tongue(
        "- p b t d k ɡ m m n ɲ f v v s s z ʃ ʒ ʒ l l ʁ ʁ ʁ w ɥ j pl tʁ pʁ bʁ fʁ kʁ",
        "a a e e ɛ ɛ i i o ɔ u y y ø œ ə ɑ̃ ɑ̃ ɔ̃ ɛ̃ wa",
        "- - - - - ʁ ʁ t s l m k ʒ v z",
        (1, 3),
    ),
}  # fmt: skip

#: Chance of what follows a word: nothing but a gap, a comma, the end of a sentence.
PUNCTUATION, CHANCES = (" ", ", ", ". "), (0.8, 0.12, 0.08)


def sentence(tongue: str, letters: int, dice: np.random.Generator) -> str:
    """About so many letters of invented words."""
    text = ""
    while len(text) < letters:
        text += word(TONGUES[tongue], dice) + str(dice.choice(PUNCTUATION, p=CHANCES))
    return text.rstrip(" ,.") + "."


def word(tongue: Tongue, dice: np.random.Generator) -> str:
    """One word, stressed on one of its last two syllables."""
    count = int(dice.integers(tongue.syllables[0], tongue.syllables[1] + 1))
    stressed = max(0, count - 1 - int(dice.integers(2)))
    parts = []
    for number in range(count):
        onset, vowel, coda = (str(dice.choice(letters.split())) for letters in (tongue.onsets, tongue.vowels, tongue.codas))
        parts.append(f"{onset}{'ˈ' if number == stressed else ''}{vowel}{coda}".replace("-", ""))
    return "".join(parts)

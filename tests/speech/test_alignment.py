"""Known English texts are found in recordings, word by word and sound by sound; wrong texts are refused."""

from itertools import pairwise

import numpy as np
import pytest
from hibari import Hibari

from heygen_studio.errors import BadInput
from heygen_studio.progress import Cancel, Cancelled
from heygen_studio.speech.alignment import Aligner, align
from heygen_studio.speech.speech import Samples

RATE = 24000
SENTENCES = (
    "Hello there, and welcome to our company.",
    "Please remember to shut the door before you leave the office tonight.",
    "It costs $39.95, and Kubernetes ships on 14 March 2026 at 9:30.",
    "Choose a quiet beach, catch a fish, and judge the measure of pleasure.",
)


@pytest.fixture(scope="module")
def spoken() -> tuple[Samples, ...]:
    voice = Hibari()
    return tuple(voice(sentence, seed=0) for sentence in SENTENCES)


def loud_span(samples: Samples) -> tuple[float, float]:
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    return loud[0] / RATE, loud[-1] / RATE


def test_words_are_as_written_and_where_they_sound(spoken: tuple[Samples, ...]) -> None:
    for sentence, samples in zip(SENTENCES, spoken, strict=True):
        phones, words = align(samples, RATE, sentence)
        assert [word.text for word in words] == sentence.split()
        first, last = loud_span(samples)
        assert words[0].start == pytest.approx(first, abs=0.08)
        assert words[-1].end == pytest.approx(last, abs=0.15)
        assert all(before.end <= after.start + 1e-6 for before, after in pairwise(words))
        assert phones[0].start == 0.0
        assert phones[-1].end == pytest.approx(len(samples) / RATE)
        assert all(before.end == pytest.approx(after.start) for before, after in pairwise(phones))


def test_sounds_are_ipa_one_each(spoken: tuple[Samples, ...]) -> None:
    phones, _ = align(spoken[3], RATE, SENTENCES[3])
    symbols = [phone.symbol for phone in phones if phone.symbol]
    assert symbols[:3] == ["tʃ", "u", "z"]
    assert {"ʃ", "dʒ", "ʒ", "ʌ", "ə", "w"} <= set(symbols)


def test_hissing_is_where_the_sound_hisses(spoken: tuple[Samples, ...]) -> None:
    samples = spoken[3]
    treble = np.diff(samples, prepend=0) ** 2
    hiss = np.zeros(len(samples), bool)
    for phone in align(samples, RATE, SENTENCES[3])[0]:
        if phone.symbol in ("ʃ", "tʃ", "dʒ", "z", "ʒ"):
            hiss[int(phone.start * RATE) : int(phone.end * RATE)] = True
    assert treble[hiss].mean() > 2 * treble[~hiss].mean()


@pytest.mark.parametrize("noise_db", [-20, -10])
def test_noise_does_not_move_the_words(spoken: tuple[Samples, ...], noise_db: int) -> None:
    samples = np.concatenate(spoken)
    noise = np.random.default_rng(0).normal(0, samples.std() * 10 ** (noise_db / 20), len(samples)).astype(np.float32)
    text = " ".join(SENTENCES)
    clean, noisy = (align(sound, RATE, text)[1] for sound in (samples, samples + noise))
    errors = [abs(a.start - b.start) for a, b in zip(clean, noisy, strict=True)]
    assert np.percentile(errors, 90) < 0.08


def test_a_long_recording_in_blocks_is_as_exact_as_a_sentence(spoken: tuple[Samples, ...]) -> None:
    repeats = 3
    sound = np.concatenate(spoken * repeats)
    blocks = [sound[at : at + RATE] for at in range(0, len(sound), RATE)]
    _, words = Aligner().align(blocks, RATE, " ".join(SENTENCES * repeats), Cancel())
    alone = [align(samples, RATE, sentence)[1] for sentence, samples in zip(SENTENCES, spoken, strict=True)]
    starts: list[float] = []
    offset = 0.0
    for known, samples in list(zip(alone, spoken, strict=True)) * repeats:
        starts += [offset + word.start for word in known]
        offset += len(samples) / RATE
    errors = np.abs(np.array(starts) - [word.start for word in words])
    assert np.percentile(errors, 95) < 0.1
    assert errors[-8:].max() < 0.15


def test_texts_that_are_not_spoken_are_refused(spoken: tuple[Samples, ...]) -> None:
    with pytest.raises(BadInput, match="not what is spoken"):
        align(spoken[0], RATE, SENTENCES[1])
    with pytest.raises(BadInput, match="not what is spoken"):
        align(np.concatenate(spoken), RATE, "Cats and dogs like the weather in spring. " * 6)
    with pytest.raises(BadInput, match="goes on after the given text"):
        align(np.concatenate(spoken), RATE, SENTENCES[0])
    with pytest.raises(BadInput, match="no words"):
        align(spoken[0], RATE, "— … —")


def test_a_cancelled_alignment_stops(spoken: tuple[Samples, ...]) -> None:
    cancel = Cancel()
    cancel.cancel()
    with pytest.raises(Cancelled):
        Aligner().align([spoken[0]], RATE, SENTENCES[0], cancel)

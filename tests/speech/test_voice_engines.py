"""What every voice engine promises, checked on the real voices."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from heygen_studio.speech import Utterance, find_voice
from heygen_studio.speech.engines import LoadedVoice, load

SENTENCE = "Dr. Lee, our guide, paid $39.95 for 24 h of parking – well done!"
VOICES = ["hibari:heart", "coqui:joe", pytest.param("kokoro:bf_emma", marks=pytest.mark.slow)]
IPA_SOUNDS = set("pbtdkɡfvθðszʃʒhmnŋlɹɾjwiɪɛæɑɔʊuʌəɜɝɚɐɒae") | {"tʃ", "dʒ", "eɪ", "aɪ", "oʊ", "əʊ", "aʊ", "ɔɪ"}


def engine(voice: str) -> LoadedVoice:
    return load(find_voice(voice, language="en", commercial=False))


@lru_cache
def say(voice: str, text: str = SENTENCE, speed: float = 1.0, seed: int = 1) -> Utterance:
    return engine(voice).say(text, speed=speed, seed=seed)


@pytest.mark.parametrize("voice", VOICES)
def test_samples_are_mono_floats_that_do_not_clip(voice: str) -> None:
    spoken = say(voice)
    assert spoken.samples.dtype == np.float32 and spoken.samples.ndim == 1
    assert spoken.rate == engine(voice).engine.rate >= 16000
    assert 0.05 < np.abs(spoken.samples).max() <= 1.0
    assert 3 < spoken.duration < 9


@pytest.mark.parametrize("voice", VOICES)
def test_phones_cover_the_audio_in_order_without_overlap(voice: str) -> None:
    spoken = say(voice)
    assert spoken.phones[0].start == 0 and spoken.phones[-1].end == pytest.approx(spoken.duration, abs=1e-3)
    for before, after in zip(spoken.phones, spoken.phones[1:], strict=False):
        assert before.end == pytest.approx(after.start, abs=1e-6)
    assert all(phone.end - phone.start >= 0.0099 for phone in spoken.phones if phone.symbol)
    assert {phone.symbol for phone in spoken.phones} - {""} <= IPA_SOUNDS


@pytest.mark.parametrize("voice", VOICES)
def test_words_are_the_written_ones_and_hold_their_own_phones(voice: str) -> None:
    spoken = say(voice)
    assert [word.text for word in spoken.words] == SENTENCE.split()
    for before, after in zip(spoken.words, spoken.words[1:], strict=False):
        assert before.start <= before.end <= after.start + 1e-9
    price = next(word for word in spoken.words if word.text == "$39.95")
    within = [phone.symbol for phone in spoken.phones if phone.symbol and price.start <= phone.start < price.end - 1e-6]
    assert within[0] == "θ" and within[-1] in "sz" and len(within) > 20  # thirty-nine dollars and ninety-five cents
    dash = next(word for word in spoken.words if word.text == "–")
    assert dash.end - dash.start < 0.01


@pytest.mark.parametrize("voice", VOICES)
def test_silence_is_silent_and_speech_is_not(voice: str) -> None:
    spoken = say(voice)
    level = [rms(spoken, phone.start, phone.end) for phone in spoken.phones]
    silences = [value for value, phone in zip(level, spoken.phones, strict=True) if not phone.symbol]
    sounds = [value for value, phone in zip(level, spoken.phones, strict=True) if phone.symbol]
    assert max(silences) < 0.02 * max(sounds)
    pauses = [phone for phone in spoken.phones[1:-1] if not phone.symbol]
    assert pauses, "a voice pauses at a comma"
    assert len(spoken.samples) / spoken.rate - spoken.words[-1].end < 0.1, "the tail is trimmed"


@pytest.mark.parametrize("voice", VOICES)
def test_a_seed_fixes_every_sample(voice: str) -> None:
    again = engine(voice).say(SENTENCE, speed=1.0, seed=1)
    assert np.array_equal(again.samples, say(voice).samples)
    assert again.phones == say(voice).phones


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("speed", [0.5, 1.5])
def test_speed_changes_the_duration(voice: str, speed: float) -> None:
    usual, changed = (sum(p.end - p.start for p in s.phones[1:-1]) for s in (say(voice), say(voice, speed=speed)))
    assert usual / changed == pytest.approx(speed, rel=0.12)


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("text", ["😀", "…", "- – —", "​", "♪ ☃ ♪"])
def test_nothing_to_say_is_a_short_silence(voice: str, text: str) -> None:
    spoken = say(voice, text)
    assert 0.05 < spoken.duration < 0.5 and not spoken.samples.any()
    assert [word.text for word in spoken.words] == text.split()


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize(
    "text", ["Hi 😀 there", "Zoë ate jalapeños in Reykjavík.", "Привет, 北京!", "a" * 60, "[link](/həlˈO/) ok", "\u202eabc\u0000d"]
)
def test_odd_characters_are_spoken_without_a_crash(voice: str, text: str) -> None:
    spoken = say(voice, text)
    assert any(phone.symbol for phone in spoken.phones)
    assert [word.text for word in spoken.words] == text.split()


@pytest.mark.parametrize("voice", VOICES)
def test_more_letters_than_the_network_takes_are_spoken_in_parts(voice: str) -> None:
    text = "1234567890123456 " * 7  # 16 digits each, read one by one: some 550 letters
    spoken = say(voice, text)
    assert len(spoken.words) == 7
    assert all(word.end - word.start > 1.5 for word in spoken.words)


def rms(spoken: Utterance, start: float, end: float) -> float:
    samples = spoken.samples[round(start * spoken.rate) : round(end * spoken.rate)]
    return float(np.sqrt(np.mean(np.square(samples)))) if len(samples) else 0.0

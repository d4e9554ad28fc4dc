"""Speech is recognised with its times, and every language gets sounds for the mouth."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hibari import Hibari

from heygen_studio.errors import BadInput
from heygen_studio.progress import Cancel, Cancelled
from heygen_studio.speech.alignment import align
from heygen_studio.speech.chinese_alignment import align_chinese, chinese_sounds
from heygen_studio.speech.recognition import Recogniser
from heygen_studio.speech.speech import UNNAMED, Samples, Word

RATE = 24000
TEXT = "Please remember to shut the door before you leave the office tonight. We will open it again on Monday."


@pytest.fixture(scope="module")
def sound() -> Samples:
    return Hibari()(TEXT, seed=0)


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser()


def test_words_are_heard_when_they_are_spoken(recogniser: Recogniser, sound: Samples) -> None:
    heard = recogniser.recognise([sound], RATE)
    assert heard.language == "en"
    assert " ".join(word.text for word in heard.words).lower() == TEXT.lower()
    errors = [abs(word.start - known.start) for word, known in zip(heard.words, align(sound, RATE, TEXT)[1], strict=True)]
    assert np.percentile(errors, 90) < 0.08
    assert [phone.symbol for phone in heard.phones if phone.symbol][:4] == ["p", "l", "i", "z"]
    assert all(before.end <= after.start + 1e-6 for before, after in pairwise(heard.words))


def test_noise_is_no_speech(recogniser: Recogniser) -> None:
    noise = np.random.default_rng(0).normal(0, 0.05, 4 * RATE).astype(np.float32)
    with pytest.raises(BadInput, match="No speech"):
        recogniser.recognise([noise], RATE)


def test_cancel(sound: Samples) -> None:
    cancel = Cancel()
    cancel.cancel()
    with pytest.raises(Cancelled):
        Recogniser(cancel=cancel)


def test_the_sounds_of_other_languages_have_a_time_but_no_name(recogniser: Recogniser, sound: Samples) -> None:
    silence = np.zeros(3 * RATE, np.float32)
    heard = recogniser.recognise([np.concatenate([silence, sound, silence])], RATE, "de")
    assert all(before.end == pytest.approx(after.start) for before, after in pairwise(heard.phones))
    assert {phone.symbol for phone in heard.phones} == {"", UNNAMED}
    named = [phone for phone in heard.phones if phone.symbol]
    assert 2.5 < named[0].start <= heard.words[0].start and heard.words[-1].end <= named[-1].end < 3.5 + len(sound) / RATE
    assert not any(phone.symbol == UNNAMED for phone in recogniser.recognise([sound], RATE, "en").phones)


def heard_words(text: str) -> list[Word]:
    """One character every 0.2 s, as a recogniser might have heard it."""
    return [Word(character, 0.2 * index, 0.2 * (index + 1)) for index, character in enumerate(text)]


def test_a_known_chinese_text_takes_the_times_of_what_was_heard() -> None:
    words = align_chinese("他花了39.95元，买了一本书。", heard_words("她花了三十九点九五元买了一笨书"))
    assert "".join(word.text for word in words) == "他花了39.95元，买了一本书。"
    price = next(word for word in words if word.text.startswith("39.95"))
    assert price.start == pytest.approx(0.6, abs=0.01) and price.end == pytest.approx(1.8, abs=0.01)
    phones = chinese_sounds(words, 0.0, 4.0)
    assert phones[0].start == 0.0 and phones[-1].end == 4.0
    assert all(before.end == pytest.approx(after.start) for before, after in pairwise(phones))


def test_another_chinese_text_is_refused() -> None:
    with pytest.raises(BadInput, match="not what is spoken"):
        align_chinese("植物通过光合作用把阳光变成食物。", heard_words("很抱歉您的包裹今天会晚一点送到"))


def test_pieces_without_a_space_go_on_with_a_word() -> None:
    from heygen_studio.speech.recognition import _written_words

    pieces = [
        SimpleNamespace(word=text, start=index, end=index + 1) for index, text in enumerate([" It", " costs", " $39", ".95,", " now"])
    ]
    words = list(_written_words([SimpleNamespace(words=pieces)], 10.0, 60.0))
    assert [word.text for word in words] == ["It", "costs", "$39.95,", "now"]
    assert (words[2].start, words[2].end) == (12.0, 14.0)


def test_the_figures_of_a_chinese_number_stay_together() -> None:
    from heygen_studio.speech.recognition import _written_words

    pieces = [SimpleNamespace(word=text, start=index, end=index + 1) for index, text in enumerate(["原", "价", "39.", "9", "元"])]
    assert [word.text for word in _written_words([SimpleNamespace(words=pieces)], 0.0, 60.0)] == ["原", "价", "39.9", "元"]

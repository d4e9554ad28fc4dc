"""Cloned voices: the engine runs whole on XTTS of the true classes, with random numbers for weights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tiny_xtts import write_xtts

from heygen_studio import AgreementNeeded, BadInput, EngineUnavailable, VideoRequest
from heygen_studio.script import script_from_text
from heygen_studio.script.script import Language
from heygen_studio.service.check import check
from heygen_studio.service.files import files_of
from heygen_studio.settings import settings
from heygen_studio.speech import Speech, Utterance, find_voice, speak
from heygen_studio.speech.engines import load, unload
from heygen_studio.speech.languages import TONGUES, words_of
from heygen_studio.speech.torchaudio_guard import torchaudio_stand_ins
from heygen_studio.weights import agreements
from tests.layouts import layout_of, read_layout

NAME = "coqui-xtts-v2"


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    write_xtts(folder / "coqui/XTTS-v2")
    return folder


@pytest.fixture(scope="module")
def take() -> Utterance:
    """Seven seconds of a voice."""
    voice = load(find_voice("hibari:heart", language="en", commercial=True))
    said = "The museum opens at nine every morning. The first hour is always the quietest, so come early and bring a friend along."
    return voice.say(said, speed=0.9, seed=1)


@pytest.fixture
def recording(take: Utterance, tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "ann.wav", take.samples, take.rate)
    return tmp_path / "ann.wav"


@pytest.fixture
def installed(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The tiny model in the user's folder of weights, its licence agreed to."""
    monkeypatch.setenv("HEYGEN_STUDIO_WEIGHTS", str(weights))
    monkeypatch.setenv("HEYGEN_STUDIO_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    agreements.record(NAME, "the test")
    yield
    unload()
    monkeypatch.undo()
    settings.cache_clear()


def said(text: str, recording: Path, language: Language, folder: Path, seed: int = 0, speed: float = 1.0) -> Speech:
    voice = find_voice(f"xtts:{recording}", language=language, commercial=False)
    folder.mkdir()
    return speak(script_from_text(text, language), voice, folder=folder, seed=seed, speed=speed)


@pytest.mark.usefixtures("installed")
def test_a_cloned_voice_speaks_with_words_and_sounds_in_time(recording: Path, tmp_path: Path) -> None:
    text = "We pay $5, don't we? Yes, we do."
    speech = said(text, recording, "en", tmp_path / "first")
    assert [word.text for word in speech.words] == text.split()
    assert speech.voice == "xtts:ann.wav", "where the recording lies is nobody's business"
    assert len(speech.lines) == 2 and speech.duration > 0.8
    assert all(a.end <= b.start + 1e-6 for a, b in zip(speech.words, speech.words[1:], strict=False))
    assert speech.phones[-1].end == pytest.approx(speech.duration, abs=0.01)
    again = said(text, recording, "en", tmp_path / "again")
    assert again.wav.read_bytes() == speech.wav.read_bytes() and again.words == speech.words
    assert said(text, recording, "en", tmp_path / "other", seed=1).wav.read_bytes() != speech.wav.read_bytes()
    slow = said(text, recording, "en", tmp_path / "slow", speed=0.5)
    assert slow.words[-1].end - slow.words[0].start > 1.3 * (speech.words[-1].end - speech.words[0].start)


@pytest.mark.usefixtures("installed")
def test_a_recording_is_heard_once_and_other_voices_sound_different(recording: Path, take: Utterance, tmp_path: Path) -> None:
    first = said("Hello there.", recording, "en", tmp_path / "first")
    (kept,) = (settings().stages / "voice").glob("[!.]*/latents.safetensors")
    heard = kept.stat().st_mtime_ns
    unload()
    assert said("Hello there.", recording, "en", tmp_path / "again").wav.read_bytes() == first.wav.read_bytes()
    assert kept.stat().st_mtime_ns == heard
    soundfile.write(recording, np.roll(take.samples, 1000), take.rate)  # another recording under the same name
    assert said("Hello there.", recording, "en", tmp_path / "other").wav.read_bytes() != first.wav.read_bytes()


SENTENCES: dict[Language, str] = {
    "zh": "你好，欢迎来到我们的城市。",
    "de": "Am 3. Mai öffnen wir um 9 Uhr. Kommen Sie?",
    "es": "¿Qué tal? ¡Muy bien, gracias!",
    "ru": "Привет, как дела?",
    "ar": "مرحبا، كيف حالك؟",
    "hi": "नमस्ते, आप कैसे हैं?",
    "ko": "안녕하세요, 여러분.",
}


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("language", ["de", *(pytest.param(code, marks=pytest.mark.slow) for code in SENTENCES if code != "de")])
def test_it_speaks_other_languages(language: Language, recording: Path, tmp_path: Path) -> None:
    speech = said(SENTENCES[language], recording, language, tmp_path / "speech")
    between = "" if language == "zh" else " "
    assert between.join(word.text for word in speech.words) == SENTENCES[language]
    assert speech.duration > 0.5 and any(phone.symbol for phone in speech.phones)
    assert all(0 <= word.start <= word.end <= speech.duration for word in speech.words)


@pytest.mark.usefixtures("installed")
def test_a_gpu_that_cannot_run_it_is_left_alone(recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from heygen_studio.devices import Device

    monkeypatch.setattr("heygen_studio.speech.xtts.choose_device", lambda: Device("mps", torch.float16))
    assert said("Hello there.", recording, "en", tmp_path / "speech").duration > 0.3


def test_a_long_sentence_is_cut_as_the_language_wants_it(recording: Path, weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreements, "require", lambda name: None)
    for language, tongue in TONGUES.items():
        assert find_voice(f"xtts:{recording}", language=language, commercial=False).longest == tongue.longest <= 240


def test_words_of_japanese_are_its_phrases() -> None:
    text = "東京タワーは、1958年に建てられました。"
    words = words_of(text, "ja")
    assert "".join(words) == text and len(words) > 4 and words[-1].endswith("。")


def test_it_is_not_used_before_its_licence_is_agreed_to_nor_for_paid_work(recording: Path) -> None:
    request = VideoRequest(text="Hello.", voice=f"xtts:{recording}")
    with pytest.raises(AgreementNeeded, match="Coqui Public Model License"):
        check(request)
    with pytest.raises(BadInput, match=r"xtts:ann\.wav may not be used for commercial work") as refused:
        check(request.model_copy(update={"commercial": True}))
    assert refused.value.field == "voice"
    assert files_of(request) == [recording]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"prompt": "Explain rain", "language": "de"}, "Scripts are written in English"),
        ({"audio": "take.wav", "text": "Hallo", "language": "de"}, "leave the text out"),
    ],
)
def test_what_other_languages_cannot_be_used_for(fields: dict[str, str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        VideoRequest.model_validate(fields)


def test_a_language_that_no_stock_voice_speaks(recording: Path) -> None:
    with pytest.raises(BadInput, match=r"Only cloned voices speak German.*xtts:"):
        check(VideoRequest(text="Guten Tag.", language="de"))
    with pytest.raises(BadInput, match="speaks English, but the script is in German"):
        check(VideoRequest(text="Guten Tag.", language="de", voice="hibari:heart"))
    with pytest.raises(BadInput, match="no recording"):
        check(VideoRequest(text="Hello.", voice="xtts:nobody.wav"))


@pytest.mark.usefixtures("installed")
def test_files_that_are_not_xtts(recording: Path, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "weights/coqui/XTTS-v2"
    copy.mkdir(parents=True)
    for name in ("config.json", "vocab.json"):
        (copy / name).write_bytes((weights / "coqui/XTTS-v2" / name).read_bytes())
    (copy / "model.pth").write_bytes(b"PK\x03\x04 not a checkpoint")
    monkeypatch.setenv("HEYGEN_STUDIO_WEIGHTS", str(tmp_path / "weights"))
    settings.cache_clear()
    with pytest.raises(EngineUnavailable, match="not those of XTTS v2"):
        said("Hello.", recording, "en", tmp_path / "speech")


def test_at_full_size_it_has_the_names_the_shapes_and_the_bytes_of_the_published_file() -> None:
    """963 tensors; the published file is 0.02 % larger, which is its archive's own."""
    with torchaudio_stand_ins():
        import torch
        from TTS.tts.configs.xtts_config import XttsArgs, XttsConfig
        from TTS.tts.models.xtts import Xtts

        published = XttsArgs(
            gpt_layers=30, gpt_n_model_channels=1024, gpt_n_heads=16, gpt_number_text_tokens=6681, gpt_start_text_token=261,
            gpt_stop_text_token=0, gpt_num_audio_tokens=1026, gpt_start_audio_token=1024, gpt_stop_audio_token=1025,
            gpt_use_perceiver_resampler=True,
        )  # fmt: skip
        with torch.device("meta"):
            state = Xtts(XttsConfig(model_args=published)).state_dict()
    size = sum(tensor.numel() * tensor.element_size() for tensor in state.values())
    assert layout_of(state) == read_layout(Path(__file__).with_name("xtts_layout.txt"))
    assert len(state) == 963 and 0.999 < size / 1_867_929_118 < 1
    heard = "hifigan_decoder.speaker_encoder.torch_spec.1."
    assert tuple(state[heard + "spectrogram.window"].shape) == (400,) and tuple(state[heard + "mel_scale.fb"].shape) == (257, 64)

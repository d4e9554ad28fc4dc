"""Voices are found by name, and refused with a reason."""

from __future__ import annotations

import subprocess
import sys

import pytest

from heygen_studio.errors import BadInput
from heygen_studio.speech import find_voice, voices
from heygen_studio.weights import WEIGHTS


def test_the_catalogue() -> None:
    catalogue = voices()
    assert len({voice.id for voice in catalogue}) == len(catalogue) > 30
    for voice in catalogue:
        assert voice.id == f"{voice.engine}:{voice.name}"
        assert 1.5 < voice.words_per_second < 6
        assert all(name in WEIGHTS for name in voice.weights)
        assert voice.commercial == all(WEIGHTS[name].commercial for name in voice.weights)


@pytest.mark.parametrize(
    ("language", "commercial", "voice"),
    [("en", False, "coqui:joe"), ("en", True, "hibari:heart"), ("zh", False, "kokoro:zf_xiaoxiao"), ("zh", True, "kokoro:zf_xiaoxiao")],
)
def test_defaults(language: str, commercial: bool, voice: str) -> None:
    assert find_voice(None, language=language, commercial=commercial).id == voice


@pytest.mark.parametrize(
    ("spec", "voice"),
    [
        ("joe", "coqui:joe"),
        ("hibari:heart", "hibari:heart"),
        ("af_bella", "kokoro:af_bella"),
        ("Emma", "kokoro:bf_emma"),
        ("coqui:tts_models/en/ljspeech/vits", "coqui:tts_models/en/ljspeech/vits"),
        ("coqui:tts_models/en/vctk/vits@p225", "coqui:tts_models/en/vctk/vits@p225"),
        ("coqui:/models/mine/model.pth", "coqui:/models/mine/model.pth"),
    ],
)
def test_names(spec: str, voice: str) -> None:
    assert find_voice(spec, language="en", commercial=False).id == voice


@pytest.mark.parametrize(
    ("spec", "commercial", "reason"),
    [
        ("kokoro:af_hart", False, "kokoro:af_heart"),
        ("heart", False, "hibari:heart, kokoro:af_heart"),
        ("nobody at all", False, "heygen-studio voices"),
        ("", False, "heygen-studio voices"),
        ("coqui:joe", True, "research-only"),
        ("coqui:tts_models/multilingual/multi-dataset/xtts_v2", False, "xtts:my-voice.wav"),
        ("coqui:tts_models/en/ljspeach/vits", False, "tts_models/en/ljspeech/vits"),
        ("coqui:tts_models/de/thorsten/vits", False, "English"),
        ("kokoro:zf_xiaoxiao", False, "speaks Chinese"),
    ],
)
def test_refusals(spec: str, commercial: bool, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        find_voice(spec, language="en", commercial=commercial)


def test_the_catalogue_loads_no_engine() -> None:
    code = (
        "import sys; from heygen_studio.speech import find_voice, voices; voices();"
        "find_voice('coqui:tts_models/en/ljspeech/vits', language='en', commercial=False);"
        "print([name for name in ('torch', 'TTS', 'onnxruntime', 'hibari', 'scipy', 'transformers') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"

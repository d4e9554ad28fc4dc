"""Any Coqui model speaks, and what cannot speak says why. The network is a tiny VITS with random weights."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from heygen_studio.errors import BadInput, EngineUnavailable
from heygen_studio.speech import find_voice
from heygen_studio.speech.coqui import CoquiVoice
from heygen_studio.speech.torchaudio_guard import torchaudio_stand_ins


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose tokens are letters, not phonemes."""
    folder = tmp_path_factory.mktemp("tiny")
    with torchaudio_stand_ins():
        import torch
        from TTS.tts.configs.vits_config import VitsArgs, VitsConfig
        from TTS.tts.models.vits import Vits

        torch.manual_seed(0)
        small = VitsArgs(
            hidden_channels=16, hidden_channels_ffn_text_encoder=16, num_layers_text_encoder=1, num_heads_text_encoder=2,
            upsample_initial_channel_decoder=32, upsample_rates_decoder=[8, 8, 4], upsample_kernel_sizes_decoder=[16, 16, 8],
            num_layers_flow=1, num_layers_posterior_encoder=1, init_discriminator=False, use_sdp=False,
        )  # fmt: skip
        config = VitsConfig(model_args=small, text_cleaner="basic_cleaners", add_blank=True)
        config.audio.do_trim_silence = False
        model = Vits(config)
        torch.nn.init.zeros_(model.duration_predictor.proj.weight)
        torch.nn.init.constant_(model.duration_predictor.proj.bias, 1.9)  # 7 frames for every letter and blank
        torch.save({"model": model.state_dict()}, folder / "model.pth")
        config.save_json(str(folder / "config.json"))
    return folder / "model.pth"


def test_a_model_without_known_phonemes_gives_phones_and_words(checkpoint: Path) -> None:
    engine = CoquiVoice(find_voice(f"coqui:{checkpoint}", language="en", commercial=False))
    spoken = engine.say("We pay $5, don't we?", speed=1.0, seed=3)
    assert [word.text for word in spoken.words] == ["We", "pay", "$5,", "don't", "we?"]
    assert all(word.end > word.start for word in spoken.words)
    symbols = [phone.symbol for phone in spoken.phones if phone.symbol]
    assert symbols[:4] == ["w", "i", "p", "eɪ"]
    assert spoken.phones[-1].end == pytest.approx(spoken.duration, abs=1e-3)
    assert np.array_equal(spoken.samples, engine.say("We pay $5, don't we?", speed=1.0, seed=3).samples)
    slow = engine.say("We pay $5, don't we?", speed=0.5, seed=3)
    assert slow.duration / spoken.duration == pytest.approx(2, rel=0.12)


def test_a_file_that_is_not_there_or_no_model_is_named(tmp_path: Path, checkpoint: Path) -> None:
    with pytest.raises(BadInput, match=r"no file .*missing\.pth"):
        CoquiVoice(find_voice(f"coqui:{tmp_path}/missing.pth", language="en", commercial=False))
    lonely = tmp_path / "lonely.pth"
    lonely.write_bytes(b"x")
    with pytest.raises(BadInput, match=r"config\.json"):
        CoquiVoice(find_voice(f"coqui:{lonely}", language="en", commercial=False))
    (tmp_path / "config.json").write_bytes((checkpoint.parent / "config.json").read_bytes())
    with pytest.raises(BadInput, match=r"lonely\.pth .* not a model"):
        CoquiVoice(find_voice(f"coqui:{lonely}", language="en", commercial=False))


def test_a_speaker_that_the_model_does_not_have_is_refused(checkpoint: Path) -> None:
    with pytest.raises(BadInput, match="no speaker 'p225'"):
        CoquiVoice(find_voice(f"coqui:{checkpoint}@p225", language="en", commercial=False))


def test_without_a_network_a_hub_model_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTS_HOME", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # nobody answers there
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with pytest.raises(EngineUnavailable, match=r"tts_models/en/ljspeech/vits .* network .*coqui:/path/to/model\.pth"):
        CoquiVoice(find_voice("coqui:tts_models/en/ljspeech/vits", language="en", commercial=False))


def test_the_stand_ins_let_coqui_in_and_are_gone_afterwards() -> None:
    """In a process of its own, because what is imported stays imported."""
    code = """
import sys, importlib.util
missing = importlib.util.find_spec("torchaudio") is None
from heygen_studio.speech.torchaudio_guard import torchaudio_stand_ins
with torchaudio_stand_ins():
    import TTS.tts.models.vits
    import torchaudio
    if missing:
        from heygen_studio.errors import EngineUnavailable
        try:
            torchaudio.functional.resample(None)
        except EngineUnavailable as error:
            assert "install torchaudio" in str(error)
        else:
            raise AssertionError
if missing:
    assert "torchaudio" not in sys.modules and importlib.util.find_spec("torchaudio") is None
    from transformers.utils import is_torchaudio_available
    assert not is_torchaudio_available()
print("fine")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "fine", done.stderr

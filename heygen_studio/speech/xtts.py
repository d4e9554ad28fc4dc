"""The engine XTTS v2 of Coqui: it speaks 17 languages with the voice of a recording. Its licence (CPML) allows no paid work."""

from __future__ import annotations

import inspect
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from ..devices import Device, choose_device, models, out_of_memory
from ..errors import EngineUnavailable
from ..settings import settings, worker_threads
from ..stages import StageStore, key
from ..weights import fetch
from ..weights.store import known_hash
from .aligned import aligned
from .cloning import Reference, read_reference
from .languages import words_of
from .reading import Reading, read
from .resampling import resampled
from .rough_times import roughly_timed
from .speech import Samples, Utterance
from .timing import even_spans, silent_utterance, utterance
from .torchaudio_guard import torchaudio_stand_ins
from .voice import Voice

#: What XTTS hears of the recording, in Hz: for its manner of speaking, in parts of so many seconds, and for the sound of the voice.
_MANNER_RATE, _PART_S, _SOUND_RATE = 22050, 6, 16000

#: Raised whenever the same recording would be heard in another way.
_VERSION = 1

#: The one network serves one sentence at a time.
_TURN = threading.Lock()


class XttsVoice:
    """A cloned voice, see `heygen_studio.speech.voice.VoiceEngine`. All of them share one network."""

    rate = 24000

    def __init__(self, voice: Voice) -> None:
        assert voice.recording is not None
        if voice.language == "ja" and find_spec("cutlet") is None:
            raise EngineUnavailable('Japanese needs the package cutlet, which is not installed: pip install "coqui-tts[ja]".')
        self._language = voice.language
        self._folder = fetch("coqui-xtts-v2")
        self._device = _device()
        self._heard = voice.heard
        self._reference = read_reference(voice.recording)

    def say(self, text: str, *, speed: float, seed: int) -> Utterance:
        reading = read(text, "zh" if self._language == "zh" else "en") if self._language in ("en", "zh") else None
        words = reading.words if reading else words_of(text, self._language)
        if reading.silent if reading else not any(sign.isalnum() for sign in text):
            return silent_utterance(words, self.rate)
        samples = self._speak(reading.spoken if reading else text, speed, seed)
        if reading is None:
            return roughly_timed(samples, self.rate, words)
        return self._timed(samples, text, reading)

    def _timed(self, samples: Samples, text: str, reading: Reading) -> Utterance:
        """English and Chinese: the network tells no times, but the sounds that must come are known."""
        found = aligned(samples, self.rate, text, reading) if self._language == "en" else None
        sounds, spans = found or (reading.sounds, even_spans(reading.sounds, samples, self.rate))
        return utterance(samples, self.rate, reading.words, sounds, spans)

    def _speak(self, text: str, speed: float, seed: int) -> Samples:
        import torch

        need = sum(path.stat().st_size for path in self._folder.glob("*.pth"))
        on_gpu = list(range(torch.cuda.device_count())) if self._device.name == "cuda" else []
        with (
            _TURN,
            models().use(f"XTTS v2 in {self._folder}", need, self._load, self._device) as model,
            torch.random.fork_rng(devices=on_gpu),
        ):
            torch.set_num_threads(worker_threads())
            manner, sound = self._latents(model)
            torch.manual_seed(seed)
            config = model.config
            spoken = model.inference(
                text,
                "zh-cn" if self._language == "zh" else self._language,
                manner,
                sound,
                temperature=config.temperature,
                length_penalty=config.length_penalty,
                repetition_penalty=config.repetition_penalty,
                top_k=config.top_k,
                top_p=config.top_p,
                speed=speed,
            )
        return np.clip(np.asarray(spoken["wav"], np.float32), -1.0, 1.0)

    def _load(self, device: Device) -> Any:
        return load_xtts(self._folder, device)

    def _latents(self, model: Any) -> tuple[Tensor, Tensor]:
        """How the person speaks [1, T, channels] and sounds [1, 512, 1]; heard once and kept under the hash of the recording."""
        from safetensors.torch import load_file, save_file

        def make(folder: Path) -> None:
            manner, sound = _heard(model, self._reference)
            save_file({"manner": manner.contiguous(), "sound": sound.contiguous()}, folder / "latents.safetensors")

        name = key(version=_VERSION, recording=self._heard, model=known_hash(self._folder / "model.pth"))
        with StageStore(settings().stages) as store:
            folder, _ = store.folder("voice", name, make)
            kept = load_file(folder / "latents.safetensors", device=self._device.name)
        return kept["manner"], kept["sound"]


def load_xtts(folder: Path, device: Device) -> Any:
    """The network in a folder with model.pth, config.json and vocab.json. Raises `EngineUnavailable` if it is none."""
    with torchaudio_stand_ins():
        from TTS.tts.configs.xtts_config import XttsConfig
        from TTS.tts.models.xtts import Xtts

        try:
            config = XttsConfig()
            config.load_json(str(folder / "config.json"))
            model = Xtts(config)
            model.load_checkpoint(config, checkpoint_dir=str(folder))
        except (OSError, RuntimeError, ValueError, KeyError, TypeError) as error:
            if out_of_memory(error):
                raise
            lines = str(error).strip().splitlines() or [type(error).__name__]
            raise EngineUnavailable(f"The files in {folder} are not those of XTTS v2 ({lines[0][:160]}): fetch them again.") from error
    _rename_cache(model.gpt.gpt_inference)
    return model.to(device.name)


def _rename_cache(network: Any) -> None:
    """transformers has come to call ``cache`` what coqui-tts 0.28 takes as ``past_key_values``; until 5.40 it understands both."""
    forward = network.forward
    if "cache" in inspect.signature(forward).parameters:
        return

    def with_cache(*inputs: Any, cache: Any = None, **options: Any) -> Any:
        return forward(*inputs, **options, **({} if cache is None else {"past_key_values": cache}))

    network.forward = with_cache


def _heard(model: Any, reference: Reference) -> tuple[Tensor, Tensor]:
    """What `Xtts.get_conditioning_latents` computes, from samples instead of a file, which it would want torchaudio for."""
    import torch

    def channel(rate: int) -> Tensor:
        return torch.from_numpy(resampled(reference.samples, reference.rate, rate))[None].to(model.device)

    with torch.inference_mode():
        manner = model.get_gpt_cond_latents(channel(_MANNER_RATE), _MANNER_RATE, length=int(reference.duration) + 1, chunk_length=_PART_S)
        sound = model.hifigan_decoder.speaker_encoder(channel(_SOUND_RATE), l2_norm=True).unsqueeze(-1)
    return manner, sound


def _device() -> Device:
    """In full precision, because half of it is not steady in its long chains. Never mps, where a convolution of its decoder is missing
    and the rest is slower than on the CPU (github.com/idiap/coqui-ai-TTS, issues 65 and 248)."""
    import torch

    device = choose_device()
    return Device("cpu" if device.name == "mps" else device.name, torch.float32)

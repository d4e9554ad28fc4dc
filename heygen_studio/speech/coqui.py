"""The engine Coqui TTS: the voice "joe" that comes through the package index, and any other Coqui model by name or file."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import BadInput, EngineUnavailable
from ..settings import settings, worker_threads
from ..stages import drop
from ..weights import WEIGHTS, fetch
from ..weights.store import derived
from .aligned import aligned
from .coqui_hub import split_speaker
from .phones import Sound, espeak_sounds
from .piper_checkpoint import HOP, piper_to_coqui
from .reading import read
from .speech import Samples, Utterance
from .timing import Spans, even_spans, in_parts, letter_spans, silent_utterance, utterance
from .torchaudio_guard import torchaudio_stand_ins
from .voice import Voice

if TYPE_CHECKING:
    from TTS.api import TTS

#: joe speaks clearest with less noise than its training had, and a little slower (measured by the errors of speech recognition).
_NOISE, _DURATION_NOISE, _LENGTH = 0.5, 0.5, 1.05
#: joe's durations run late by this much, measured against forced alignment.
_LAG_S = 0.01
#: Letters that joe takes at once.
_LIMIT = 400
#: Changing this converts joe again.
_CONVERSION = 1


class CoquiVoice:
    """A Coqui model, see `heygen_studio.speech.voice.VoiceEngine`."""

    def __init__(self, voice: Voice) -> None:
        import torch

        # A network this small spends more on waiting for a busy core than it gains by it: one core stays free.
        torch.set_num_threads(worker_threads())
        self._speaker: _Joe | _AnyModel = _Joe() if voice.name == "joe" else _AnyModel(voice)

    @property
    def rate(self) -> int:
        return self._speaker.rate

    def say(self, text: str, *, speed: float, seed: int) -> Utterance:
        import torch

        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return self._speaker.say(text, speed)


class _Joe:
    """The VITS voice joe, with its own phonemes and the exact durations of the network."""

    def __init__(self) -> None:
        checkpoint = _joe_checkpoint()
        self._tts = _open(model_path=str(checkpoint / "model.pth"), config_path=str(checkpoint / "config.json"))
        self._model = self._tts.synthesizer.tts_model
        self._model.inference_noise_scale = _NOISE
        self._model.inference_noise_scale_dp = _DURATION_NOISE
        self.rate = int(self._tts.synthesizer.output_sample_rate)
        characters = self._model.tokenizer.characters
        self._ids = {letter: characters.char_to_id(letter) for letter in characters.vocab}

    def say(self, text: str, speed: float) -> Utterance:
        reading = read(text, "en")
        if reading.silent:
            return silent_utterance(reading.words, self.rate)
        self._model.length_scale = _LENGTH / speed
        sounds = espeak_sounds(reading.sounds)
        samples, spans = in_parts(sounds, _LIMIT, self._speak, self.rate)
        return utterance(samples, self.rate, reading.words, sounds, spans)

    def _speak(self, sounds: Sequence[Sound]) -> tuple[Samples, Spans]:
        """Tokens are bos, blank, then every letter with a blank behind it, then eos."""
        import torch

        tokenizer = self._model.tokenizer
        ids = [[self._ids[letter] for letter in sound.letters if letter in self._ids] for sound in sounds]
        letters = [token for sound in ids for token in sound]
        tokens = tokenizer.pad_with_bos_eos(tokenizer.intersperse_blank_char(letters))
        spoken = self._model.inference(torch.LongTensor([tokens]))
        frames = spoken["durations"][0, 0].numpy()
        durations = np.concatenate([[frames[:2].sum()], frames[2:-1].reshape(-1, 2).sum(axis=1), frames[-1:]])
        samples = spoken["model_outputs"][0, 0].numpy()
        return samples, letter_spans(durations, [len(sound) for sound in ids], HOP / self.rate, _LAG_S)


class _AnyModel:
    """Any other Coqui model. It reads text in its own way and tells no times: forced alignment finds them in what it said."""

    def __init__(self, voice: Voice) -> None:
        self._language = voice.language
        name, speaker = split_speaker(voice.name)
        if name.startswith("tts_models/"):
            self._tts = _open_hub_model(name)
        else:
            self._tts = _open_file(Path(name))
        self._model = self._tts.synthesizer.tts_model
        self._length = getattr(self._model, "length_scale", None)
        self._options = _options(self._tts, voice, speaker)
        self.rate = int(self._tts.synthesizer.output_sample_rate)

    def say(self, text: str, speed: float) -> Utterance:
        reading = read(text, self._language)
        if reading.silent:
            return silent_utterance(reading.words, self.rate)
        samples = self._speak(reading.spoken, speed)
        found = aligned(samples, self.rate, text, reading) if self._language == "en" else None
        sounds, spans = found or (reading.sounds, even_spans(reading.sounds, samples, self.rate))
        return utterance(samples, self.rate, reading.words, sounds, spans)

    def _speak(self, text: str, speed: float) -> Samples:
        if self._length is not None:
            self._model.length_scale = self._length / speed
        samples = np.asarray(self._tts.tts(text, split_sentences=False, **self._options), np.float32)
        return samples if self._length is not None or speed == 1 else _stretched(samples, speed)


def _joe_checkpoint() -> Path:
    """The folder with joe as a Coqui checkpoint, made on first use."""
    folder = settings().cache / f"coqui-joe-{_CONVERSION}-{WEIGHTS['coqui-joe'].sha256[:16]}"

    def convert() -> None:
        drop(folder)  # a damaged one
        with torchaudio_stand_ins():
            piper_to_coqui(fetch("coqui-joe"), fetch("coqui-joe-config"), folder)

    return derived(folder / "model.pth", convert).parent


def _open(**source: str) -> TTS:
    with torchaudio_stand_ins():
        from TTS.api import TTS

        return TTS(**source, progress_bar=False)


def _open_hub_model(name: str) -> TTS:
    try:
        return _open(model_name=name)
    except (OSError, zipfile.BadZipFile) as error:  # every network error of requests and huggingface_hub is an OSError
        raise EngineUnavailable(
            f"The Coqui model {name} is not on this machine and could not be downloaded ({type(error).__name__}): connect to the "
            f"network once, or copy its files here and name them as coqui:/path/to/model.pth with config.json beside it; "
            f"coqui:joe and hibari:heart need no hub."
        ) from error


def _open_file(checkpoint: Path) -> TTS:
    config = checkpoint.with_name("config.json")
    for needed in (checkpoint, config):
        if not os.path.isfile(needed):
            raise BadInput(f"There is no file {needed}: a Coqui model is a checkpoint (.pth) with its config.json beside it.")
    try:
        return _open(model_path=str(checkpoint), config_path=str(config))
    except ModuleNotFoundError:
        raise
    except Exception as error:  # a file that is no model fails anywhere inside Coqui, in any way
        reason = str(error).strip().splitlines()[:1] or [type(error).__name__]
        raise BadInput(f"{checkpoint} with {config.name} is not a model that Coqui TTS can open ({reason[0][:160]}).") from error


def _options(tts: TTS, voice: Voice, speaker: str | None) -> dict[str, str]:
    """The speaker and the language that the model wants to be told."""
    options: dict[str, str] = {}
    speakers = list(tts.speakers or [])
    if speaker is not None and speaker not in speakers:
        raise BadInput(f"{voice.id} has no speaker {speaker!r}: it has {', '.join(speakers[:20]) or 'only one'}.")
    if speakers:
        options["speaker"] = speaker or speakers[0]
    if tts.is_multi_lingual:
        languages = list(tts.languages or [])
        options["language"] = next((code for code in languages if code.lower().startswith(voice.language)), "")
        if not options["language"]:
            raise BadInput(f"{voice.id} does not speak this script's language: it speaks {', '.join(languages)}.")
    return options


def _stretched(samples: Samples, speed: float) -> Samples:
    """The same voice faster or slower, for a model that has no pace of its own."""
    from librosa.effects import time_stretch

    return np.asarray(time_stretch(samples, rate=speed), np.float32)

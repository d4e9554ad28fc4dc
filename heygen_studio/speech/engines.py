"""The voice engines by name; each is loaded when it is first needed and kept."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module

from ..errors import EngineUnavailable, StudioError
from ..weights import WEIGHTS, local_path
from .speech import Utterance
from .voice import Voice, VoiceEngine

ENGINES = {
    "coqui": "heygen_studio.speech.coqui:CoquiVoice",
    "hibari": "heygen_studio.speech.hibari:HibariVoice",
    "kokoro": "heygen_studio.speech.kokoro:KokoroVoice",
    "xtts": "heygen_studio.speech.xtts:XttsVoice",
}

#: The Python package whose absence makes an engine unavailable.
_PACKAGES = {"coqui": "coqui-tts", "hibari": "hibari-tts", "kokoro": "hibari-tts", "xtts": "coqui-tts"}
_loading = threading.Lock()


@dataclass(frozen=True)
class LoadedVoice:
    """An engine that speaks for one caller at a time, so that a seed means the same in every thread."""

    engine: VoiceEngine
    _speaking: threading.Lock = field(default_factory=threading.Lock)

    def say(self, text: str, *, speed: float, seed: int) -> Utterance:
        with self._speaking:
            return self.engine.say(text, speed=speed, seed=seed)


def load(voice: Voice) -> LoadedVoice:
    """The engine of ``voice``, built on first use and shared by the whole process.

    Raises `EngineUnavailable` if a package is missing, and what the engine raises when it cannot find its files.
    """
    with _loading:
        return _load(voice)


def warm_up(voice: Voice) -> None:
    """Begin to build the engine of ``voice`` in the background, if all its files are here, and return at once."""
    if all(local_path(WEIGHTS[weight]) for weight in voice.weights):
        threading.Thread(target=_load_quietly, args=(voice,), daemon=True).start()


def _load_quietly(voice: Voice) -> None:
    with contextlib.suppress(StudioError):  # it comes again, to be told, when the voice is asked to speak
        load(voice)


def unload() -> None:
    """Forget every engine, so that its memory can be given back."""
    with _loading:
        _load.cache_clear()


@lru_cache(maxsize=4)
def _load(voice: Voice) -> LoadedVoice:
    module, _, name = ENGINES[voice.engine].partition(":")
    try:
        engine: VoiceEngine = getattr(import_module(module), name)(voice)
    except ModuleNotFoundError as error:
        raise EngineUnavailable(
            f"The voice {voice.id} needs the package {_PACKAGES[voice.engine]}, but {error.name!r} is not installed: "
            f"run `pip install {_PACKAGES[voice.engine]}`."
        ) from error
    return LoadedVoice(engine)

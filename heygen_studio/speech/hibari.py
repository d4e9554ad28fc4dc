"""The engine hibari: one small English voice (7.9 MB) that speaks a hundred times faster than real time on one core."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from ..weights import WEIGHTS, fetch
from .onnx_graph import session_with
from .phones import Sound
from .reading import read
from .speech import Samples, Utterance
from .timing import Spans, in_parts, letter_spans, silent_utterance, utterance
from .voice import Voice

#: The tensor with the integer durations, one per letter and one for the mark at each end, in units of 25 ms.
_DURATIONS = "/Clip_output_0"
_UNIT_S = 0.025
#: The durations run late by this much, measured against forced alignment.
_LAG_S = 0.04
#: Letters that the network takes at once.
_LIMIT = 400


class HibariVoice:
    """hibari's voice "heart", see `heygen_studio.speech.voice.VoiceEngine`."""

    rate = 24000

    def __init__(self, voice: Voice) -> None:
        import hibari.dsp
        from hibari.tts import ASSETS

        weight = WEIGHTS["hibari-heart"]
        self._synthesise = hibari.dsp.synth
        self._session = session_with(fetch(weight.name), _DURATIONS, weight.sha256)
        with open(f"{ASSETS}/vocab.json", encoding="utf-8") as table:
            self._ids: dict[str, int] = json.load(table)

    def say(self, text: str, *, speed: float, seed: int) -> Utterance:
        reading = read(text, "en")
        if reading.silent:
            return silent_utterance(reading.words, self.rate)
        noise = np.random.default_rng(seed)
        samples, spans = in_parts(reading.sounds, _LIMIT, lambda part: self._speak(part, speed, noise), self.rate)
        return utterance(samples, self.rate, reading.words, reading.sounds, spans)

    def _speak(self, sounds: Sequence[Sound], speed: float, noise: np.random.Generator) -> tuple[Samples, Spans]:
        ids = [[self._ids[letter] for letter in sound.letters if letter in self._ids] for sound in sounds]
        tokens = [0, *(token for sound in ids for token in sound), 0]
        inputs = {"ids": np.asarray([tokens], np.int64), "speed": np.asarray([speed], np.float32)}
        *spectrum, durations = self._session.run(None, inputs)
        samples = self._synthesise(*(part[0] for part in spectrum), noise)
        return samples, letter_spans(durations.ravel(), [len(sound) for sound in ids], _UNIT_S, _LAG_S)

"""A script spoken line by line into one sound file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

from ..errors import BadInput, OutputError
from ..progress import Cancel, Event, OnEvent, ignore, interruptible
from ..script.script import Script
from ..weights import fetch
from .engines import LoadedVoice, load
from .loudness import normalise
from .pieces import pieces
from .speech import Phone, Speech, Utterance, Word
from .voice import Voice

SPEEDS = (0.5, 1.5)

#: Silence in seconds: before the first and after the last word, between sentences, after a paragraph, and inside a sentence
#: that had to be cut. An utterance brings 30 + 60 ms of its own.
_EDGE_S = 0.25
_SENTENCE_S = 0.35
_PARAGRAPH_S = 0.7
_CUT_S = 0.12
_OWN_S = 0.09


def speak(
    script: Script,
    voice: Voice,
    *,
    folder: Path,
    speed: float = 1.0,
    seed: int = 0,
    on_event: OnEvent = ignore,
    cancel: Cancel | None = None,
) -> Speech:
    """Speak ``script`` into ``folder``/speech.wav: 16-bit mono, -16 LUFS, true peak at most -1 dBFS.

    speed: 0.5 to 1.5 times the voice's own pace. A line whose text ends in a line break ends a paragraph: a longer pause
    follows. The same script, voice, speed and seed give the same file. Only one sentence is in memory at a time.
    Raises `BadInput`, `EngineUnavailable`, `WeightsError`, `OutputError`, and `Cancelled` within a second of the request.
    """
    if not SPEEDS[0] <= speed <= SPEEDS[1]:
        raise BadInput(f"The speed {speed:g} is out of range: it must be between {SPEEDS[0]} and {SPEEDS[1]}.")
    cancel = cancel or Cancel()
    if voice.name.startswith("tts_models/"):  # Coqui fetches its own
        on_event(Event("weights", 0, 0, f"Using {voice.name} of the Coqui model hub; licence: {voice.licence}"))
    for weight in voice.weights:
        fetch(weight, on_event=on_event, cancel=cancel)
    on_event(Event("speech", 0, len(script.lines), f"loading the voice {voice.id}"))
    engine = interruptible(lambda: load(voice), cancel)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".speech-") as work:
            raw, finished = Path(work) / "raw.wav", Path(work) / "speech.wav"
            take = _record(script, engine, voice.longest, raw, speed, seed, on_event, cancel)
            normalise(raw, finished, cancel)
            os.replace(finished, folder / "speech.wav")
    except (OSError, soundfile.LibsndfileError) as error:
        # libsndfile calls whatever the system says a system error; while writing, that is a full disk
        why = error.strerror if isinstance(error, OSError) else f"{str(error).rstrip('.').lower()}, perhaps a full disk"
        raise OutputError(f"The speech could not be written to {folder}: {why}.") from error
    return Speech(
        folder / "speech.wav", take.rate, take.at, tuple(take.phones), tuple(take.words), tuple(take.lines), voice.id
    )  # fmt: skip


def _saying(engine: LoadedVoice, text: str, speed: float, seed: int) -> Callable[[], Utterance]:
    return lambda: engine.say(text, speed=speed, seed=seed)


def _seed(seed: int, line: int, part: int) -> int:
    return int(np.random.SeedSequence([abs(seed), line, part]).generate_state(1)[0])


@dataclass
class _Take:
    """What has been recorded so far: the samples in a file, the times here."""

    out: soundfile.SoundFile
    rate: int
    samples: int = 0
    phones: list[Phone] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    lines: list[tuple[float, float]] = field(default_factory=list)

    @property
    def at(self) -> float:
        """Seconds recorded."""
        return self.samples / self.rate

    def pause(self, seconds: float) -> None:
        """Record silence."""
        count = max(0, round(seconds * self.rate))
        start = self.at
        self.out.write(np.zeros(count, np.float32))
        self.samples += count
        self._phone(Phone("", start, self.at))

    def add(self, spoken: Utterance) -> None:
        """Record an utterance."""
        start = self.at
        self.out.write(spoken.samples)
        self.samples += len(spoken.samples)
        for phone in spoken.phones:
            self._phone(Phone(phone.symbol, start + phone.start, start + phone.end))
        self.words += [Word(word.text, start + word.start, start + word.end) for word in spoken.words]

    def end_line(self, first_phone: int) -> None:
        """Note the time of the line whose phones began at ``first_phone``: from its first sound to its last."""
        sounds = [phone for phone in self.phones[first_phone:] if phone.symbol]
        self.lines.append((sounds[0].start, sounds[-1].end) if sounds else (self.at, self.at))

    def _phone(self, phone: Phone) -> None:
        """Add a phone; silences that touch become one."""
        if not phone.symbol and self.phones and not self.phones[-1].symbol:
            phone = Phone("", self.phones.pop().start, phone.end)
        if phone.end > phone.start:
            self.phones.append(phone)


def _record(
    script: Script, engine: LoadedVoice, longest: int, wav: Path, speed: float, seed: int, on_event: OnEvent, cancel: Cancel
) -> _Take:
    """Speak every line into ``wav``, one piece of a line at a time."""
    total = len(script.lines)
    with soundfile.SoundFile(wav, "w", engine.engine.rate, 1, subtype="FLOAT", format="WAV") as out:
        take = _Take(out, engine.engine.rate)
        take.pause(_EDGE_S)
        for number, line in enumerate(script.lines):
            first = len(take.phones)
            parts = pieces(line.text, longest)
            for index, part in enumerate(parts):
                spoken = interruptible(_saying(engine, part, speed, _seed(seed, number, index)), cancel)
                take.add(spoken)
                if index + 1 < len(parts):
                    take.pause((_SENTENCE_S if part[-1] in ".!?。！？؟।" else _CUT_S) / speed - _OWN_S)
            take.end_line(first)
            if number + 1 < total:
                take.pause((_PARAGRAPH_S if line.text.endswith("\n") else _SENTENCE_S) / speed - _OWN_S)
            on_event(Event("speech", number + 1, total, line.text.strip()))
        take.pause(_EDGE_S)
    return take

"""A spoken sample of each voice: shipped for the voices of the catalogue, made once for any other."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ..settings import Settings
from ..speech import Voice
from ..stages import key
from .assets import ASSETS

#: What the voices say, and how well it is kept: libsndfile's 0 (best) to 1 (smallest).
SENTENCE = {"en": "Hello! This is how I sound. Shall we make a video together?", "zh": "你好！这就是我的声音。我们一起来做一个视频吧？"}
COMPRESSION = 0.75
SHIPPED = ASSETS / "voices"


def sample_of(voice: Voice, where: Settings) -> Path:
    """The sample of ``voice`` as MP3: the one that comes along, or else one from the cache, spoken now if need be.

    Raises what `heygen_studio.speech.speak` raises.
    """
    shipped = SHIPPED / f"{file_name(voice)}.mp3"
    if shipped.is_file():
        return shipped
    kept = where.cache / "samples" / f"{key(voice=voice.id)}.mp3"
    if not kept.is_file():
        make_sample(voice, kept)
    return kept


def file_name(voice: Voice) -> str:
    """The name of a voice's sample without its ending."""
    return voice.id.replace(":", "-").replace("/", "-")


def make_sample(voice: Voice, target: Path) -> None:
    """Speak the sample of ``voice`` into an MP3, which appears whole or not at all."""
    import soundfile

    from ..script import script_from_text
    from ..speech import speak

    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".sample-") as work:
        speech = speak(script_from_text(SENTENCE[voice.language], voice.language), voice, folder=Path(work))
        samples, rate = soundfile.read(speech.wav, dtype="float32")
        part = Path(work) / target.name
        soundfile.write(part, samples, rate, format="MP3", compression_level=COMPRESSION)
        os.replace(part, target)

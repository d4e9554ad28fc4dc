"""Videos to be dubbed, and how fast that goes from a file to a file. Used by `gpu.py`."""

from __future__ import annotations

import time
from pathlib import Path

from renderer import talking

from heygen_studio.frames import frame_engine
from heygen_studio.frames.repaint.engine import RepaintEngine
from heygen_studio.portrait import find_avatar, prepare_portrait
from heygen_studio.speech.speech import Speech
from heygen_studio.video.encode import encode_video
from heygen_studio.video.footage import open_footage

SIZES = ((512, 512), (1280, 720))
FPS = 25


def write_films(folder: Path, count: int, speech: Speech) -> dict[str, Path]:
    """A talking portrait as videos of ``count`` frames, by their sizes."""
    films = {}
    for size in SIZES:
        frames = frame_engine("mesh").frames(prepare_portrait(find_avatar("hopper"), size), talking(count))
        name = f"{size[0]}x{size[1]}"
        films[name] = folder / f"{name}.mp4"
        encode_video(frames, count, size=size, fps=FPS, wav=speech.wav, output=films[name], tags={})
    return films


def measure_end_to_end(engine: RepaintEngine, film: Path, speech: Speech, count: int) -> float:
    """Frames a second of a warm engine, from file to file."""
    started = time.perf_counter()
    footage = open_footage(film)
    frames = engine.repaint(footage.frames(count), FPS, speech)
    target = film.with_suffix(".dubbed.mp4")
    encode_video(frames, count, size=footage.size, fps=FPS, wav=speech.wav, output=target, tags={}, colour=footage.colour)
    return count / (time.perf_counter() - started)

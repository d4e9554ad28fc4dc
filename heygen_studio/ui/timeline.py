"""A drawing of a speech: its waveform, the mouth shape of every sound, and the words."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile

from ..motion.visemes import VISEMES, visemes_of
from ..speech import Speech
from ..speech.speech import UNNAMED
from .words import safe

#: Units of the drawing: of a second, and of the strips from top to bottom.
SECOND, WAVE, SHAPES, WORDS = 200.0, 88.0, 46.0, 40.0
#: Columns of the waveform per second.
COLUMNS = 60
#: Longest part that is drawn, in seconds.
LONGEST_S = 120.0
#: Aperture in mm that fills the strip of mouth shapes.
WIDEST_MM = 10.0


def timeline(wav: Path, speech: Speech | None) -> str:
    """An SVG that scrolls sideways. Without ``speech`` (the stage was cleaned away) only the waveform is drawn."""
    peaks, seconds = _peaks(wav, wav.stat().st_mtime_ns)
    width, height = max(seconds * SECOND, 200), WAVE + (SHAPES + WORDS if speech else 0) + 18
    parts = [_wave(peaks), _ruler(seconds, height)]
    if speech is not None:
        parts += [_shapes(speech), _words(speech)]
    size = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    return f'<div class="timeline" tabindex="0"><svg {size} role="img">{"".join(parts)}</svg></div>'


@lru_cache(maxsize=64)
def _peaks(wav: Path, changed: int) -> tuple[tuple[float, ...], float]:
    """The loudest sample of each column, 0 to 1, and the seconds that are drawn."""
    with soundfile.SoundFile(wav) as sound:
        count = min(len(sound), int(LONGEST_S * sound.samplerate))
        step = max(1, sound.samplerate // COLUMNS)
        peaks = [float(np.abs(block).max(initial=0)) for block in sound.blocks(step, frames=count, dtype="float32")]
        return tuple(peaks), count / sound.samplerate


def _wave(peaks: tuple[float, ...]) -> str:
    loudest = max(peaks, default=0.0) or 1.0
    across = SECOND / COLUMNS
    bars = "".join(
        f"M{index * across + across / 2:.1f} {WAVE / 2 - tall:.1f}v{2 * tall:.1f}"
        for index, peak in enumerate(peaks)
        if (tall := max(0.6, peak / loudest * (WAVE / 2 - 4)))
    )
    return f'<path class="wave" d="{bars}"/>'


def _ruler(seconds: float, height: float) -> str:
    marks = range(0, int(seconds) + 1)
    return "".join(f'<text class="tick" x="{second * SECOND + 2:.0f}" y="{height - 4:.0f}">{second} s</text>' for second in marks)


def _shapes(speech: Speech) -> str:
    """A bar per sound: as tall as the mouth opens, with the sound's letters under it."""
    drawn = []
    for phone in speech.phones:
        if phone.symbol in ("", UNNAMED) or phone.start > LONGEST_S:
            continue
        x, across = phone.start * SECOND, max(1.0, (phone.end - phone.start) * SECOND - 1)
        shapes = visemes_of(phone.symbol)
        open_mm = max((VISEMES[shape][0] for shape in shapes), default=0.0)
        tall = 3 + open_mm / WIDEST_MM * (SHAPES - 16)
        drawn.append(
            f"<g><title>{safe(phone.symbol)} · {' '.join(shapes)} · {phone.end - phone.start:.2f} s</title>"
            f'<rect class="shape" x="{x:.1f}" y="{WAVE + SHAPES - 12 - tall:.1f}" width="{across:.1f}" height="{tall:.1f}" rx="2"/>'
            f'<text class="phone" x="{x + across / 2:.1f}" y="{WAVE + SHAPES - 1:.1f}">{safe(phone.symbol)}</text></g>'
        )
    return "".join(drawn)


def _words(speech: Speech) -> str:
    """Two lines in turn, so that short words do not cover each other."""
    return "".join(
        f'<text class="word" x="{word.start * SECOND:.1f}" y="{WAVE + SHAPES + 16 + index % 2 * 17:.0f}">{safe(word.text)}</text>'
        for index, word in enumerate(speech.words)
        if word.start < LONGEST_S
    )

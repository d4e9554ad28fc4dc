"""Speech -> Motion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from ..errors import BadInput
from ..script.script import Mood
from ..speech.speech import UNNAMED, Speech
from .accents import accents
from .breath import breath
from .brows import brows
from .drift import smoothstep
from .expression import expression
from .eyes import blink, gaze
from .head import pose, shift, unhurried
from .loudness import audible, loudness, usual
from .motion import Curve, Motion, Track
from .mouth import articulated, mouth, smooth
from .pauses import Pause, pauses
from .pitch import semitones
from .sound_mouth import sound_mouth, with_sound
from .windows import CLOCK

Style = Literal["still", "natural", "lively"]

#: How much head, brows and shift move in a style.
LIVELINESS: dict[Style, float] = {"still": 0.2, "natural": 1.0, "lively": 1.3}

#: Everything but the mouth rises out of the portrait's pose, and returns to it, within this time: videos can be cut together. Seconds.
REST_S = 0.7


def make_motion(
    speech: Speech,
    *,
    fps: float,
    seed: int,
    moods: Sequence[Mood] | None = None,
    expression_strength: float = 1.0,
    style: Style = "natural",
    head_motion: bool = True,
) -> Motion:
    """What the face does while it says the speech.

    fps: frames a second; the motion has ceil(duration x fps) frames, each taken at its middle; seed: same speech and seed, same motion;
    moods: one for each line of the speech, None for all neutral; expression_strength: 0 (no mood shows) .. 1; style: how much the head
    and the brows move; head_motion: False holds the head in the portrait's pose. Without phones the mouth follows the sound alone.
    The speech is read in blocks.
    Raises `BadInput` if there are not as many moods as lines.
    """
    if moods is not None and len(moods) != len(speech.lines):
        raise BadInput(f"The speech has {len(speech.lines)} lines, but {len(moods)} moods were given; give one for each line.")
    times = (np.arange(math.ceil(speech.duration * fps - 1e-6)) + 0.5) / fps
    level, melody = loudness(speech), semitones(speech)
    reference, sounding = usual(level), audible(level)
    resting = pauses(sounding, speech.phones)
    stressed = accents(level, reference, melody)
    look = expression(speech.lines, moods, expression_strength, times)
    lively = LIVELINESS[style]
    head_dice, shift_dice, blink_dice, gaze_dice, brow_dice, breath_dice = np.random.default_rng(seed).spawn(6)

    rest = at_rest(times, speech.duration)
    posed = pose(times, _speaking(sounding, times), stressed, look, lively, head_dice) * rest[:, None]
    head = unhurried(posed, fps) * head_motion
    return Motion(
        fps=fps,
        mouth=_frames(articulated(_mouth(speech, level, melody, resting, times, fps))),
        pose=_frames(head),
        shift=_frames(shift(times, lively, shift_dice) * rest[:, None] * head_motion),
        blink=_frames(blink(times, resting, blink_dice)),
        gaze=_frames(gaze(times, head, gaze_dice) * rest[:, None]),
        brow=_frames(brows(times, stressed, look, lively, brow_dice) * rest),
        slant=_frames(look.slant * rest),
        lids=_frames(look.lids * rest),
        breath=_frames(breath(times, resting, breath_dice) * rest),
        smile=_frames(look.smile * rest),
    )


def _mouth(speech: Speech, level: Curve, melody: Curve, resting: Sequence[Pause], times: Curve, fps: float) -> Curve:
    """From the phones where they are known, from the sound where they are not."""
    symbols = {phone.symbol for phone in speech.phones} - {""}
    known = mouth(speech.phones, resting, level, usual(level), times)
    if symbols and UNNAMED not in symbols:
        return known
    heard = sound_mouth(speech, level, melody, resting, times)
    return with_sound(known, speech.phones, heard, times, fps) if symbols - {UNNAMED} else heard


def at_rest(times: Curve, duration: float) -> Curve:
    """0 at both ends, 1 between."""
    return smoothstep(times / REST_S) * smoothstep((duration - times) / REST_S)


def _speaking(sounding: npt.NDArray[np.bool_], times: Curve) -> Curve:
    """0 in long pauses .. 1 while speaking, at the frames."""
    if not len(sounding):
        return np.zeros(len(times))
    slow = smooth(sounding.astype(float)[:, None], 0.4)[:, 0]
    return np.interp(times, np.arange(len(slow)) / CLOCK, slow)


def _frames(track: Curve) -> Track:
    return track.astype(np.float32)

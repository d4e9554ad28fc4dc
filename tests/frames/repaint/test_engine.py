"""The stream of frames: in order, in constant memory, at rest in silence, stopped at once."""

from __future__ import annotations

import itertools
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from heygen_studio.frames import frame_engine
from heygen_studio.frames.repaint.ahead import ahead
from heygen_studio.frames.repaint.sound import RATE, Sound
from heygen_studio.progress import Cancel, Cancelled

from ..conftest import motion
from ..voiced import voiced_speech
from .conftest import Shifted


def test_lips_of_a_portrait_rest_in_silence(engine_with, hopper, tmp_path):
    speech = voiced_speech(tmp_path, seconds=1.2, spoken=((0.4, 0.7),))
    frames = [frame.copy() for frame in engine_with(Shifted((90, -90, 60))).frames(hopper.portrait, motion(*["aa"] * 30), speech=speech)]
    rest = next(iter(frame_engine("mesh").frames(hopper.portrait, motion("silence"))))
    changed = [not np.array_equal(frame, rest) for frame in frames]
    assert changed[10:18] == [True] * 8
    assert not any(changed[:6]) and not any(changed[24:])
    lips = hopper.box((61, 291, 0, 17))
    strength = [float(np.abs(frame[lips].astype(int) - rest[lips]).mean()) for frame in frames]
    assert max(np.abs(np.diff(strength))) < 0.75 * max(strength), "no jump between rest and speech"


def test_the_reference_of_a_portrait_is_its_face_at_rest(engine_with, hopper, speech):
    painter = Shifted()
    list(engine_with(painter).frames(hopper.portrait, motion("aa", "iy", "uw", pose=[[0, 0, 0], [0, 4, 0], [2, 0, 3]]), speech=speech))
    assert len({order.reference.tobytes() for order in painter.orders}) == 1
    assert len({order.face.tobytes() for order in painter.orders}) == 3


def test_a_long_video_is_not_held_in_memory(engine_with, footage, speech):
    """Whatever the length, only a few frames are ahead of the encoder."""
    asked = 0

    def film():
        nonlocal asked
        for frame in itertools.chain.from_iterable(itertools.repeat(footage, 3)):
            asked += 1
            yield frame

    most = 0
    for done, _ in enumerate(engine_with(Shifted()).repaint(film(), 25.0, speech)):
        most = max(most, asked - done)
    assert asked == 72
    assert most < 40


def test_no_memory_for_a_batch_makes_it_smaller_and_nothing_is_lost(engine_with, footage, speech):
    class Cramped(Shifted):
        def paint(self, orders):
            if len(orders) > 1:
                raise torch.OutOfMemoryError("CUDA out of memory.")
            return super().paint(orders)

    roomy, cramped = (list(engine_with(painter).repaint(footage[:6], 25.0, speech)) for painter in (Shifted(), Cramped()))
    assert len(cramped) == 6
    for one, other in zip(roomy, cramped, strict=True):
        assert np.array_equal(one, other)


def test_a_cancel_does_not_wait_for_a_slow_network(engine_with, footage, speech):
    class Slow(Shifted):
        def paint(self, orders):
            time.sleep(3)
            return super().paint(orders)

    cancel = Cancel()
    frames = engine_with(Slow()).repaint(footage, 25.0, speech, cancel=cancel)
    started = time.monotonic()
    threading.Timer(0.5, cancel.cancel).start()
    with pytest.raises(Cancelled):
        next(frames)
    assert time.monotonic() - started < 1.6


def test_stages_ahead_keep_order_hand_on_errors_and_end_with_their_reader():
    assert list(ahead(iter(range(50)), 3, Cancel())) == list(range(50))

    def failing():
        yield 1
        raise ValueError("the disk is gone")

    with pytest.raises(ValueError, match="the disk is gone"):
        list(ahead(failing(), 3, Cancel()))
    closed = []

    def endless():
        try:
            yield from itertools.count()
        finally:
            closed.append(True)

    reader = ahead(endless(), 2, Cancel())
    assert next(reader) == 0
    reader.close()
    deadline = time.monotonic() + 5
    while not closed and time.monotonic() < deadline:
        time.sleep(0.01)
    assert closed


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Sound:
    return Sound(voiced_speech(Path(tmp_path_factory.mktemp("sound")), seconds=4.0, spoken=((0.5, 1.5), (2.2, 3.1))))


def test_any_piece_of_the_sound_is_the_same_as_in_the_whole(sound):
    whole = sound.read(-1000, 5 * RATE)
    assert len(whole) == 5 * RATE + 1000
    for start, stop in ((-1000, 300), (15_900, 16_100), (31_999, 32_001), (40_000, 79_000)):
        np.testing.assert_array_equal(sound.read(start, stop), whole[start + 1000 : stop + 1000])


def test_between_words_networks_hear_silence_itself(sound):
    assert np.abs(sound.read(int(0.8 * RATE), int(1.2 * RATE))).max() > 0.1
    for start, stop in ((0.0, 0.3), (1.75, 2.0), (3.4, 4.0), (4.0, 9.0)):
        assert np.abs(sound.read(int(start * RATE), int(stop * RATE))).max() == 0
    assert [sound.speaking(at) for at in (0.2, 0.8, 1.2, 1.9, 2.5, 3.6, 7.0)] == [0, 1, 1, 0, 1, 0, 0]

"""Painters whose pictures are known beforehand, and frames of a video to paint in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from heygen_studio.devices import models
from heygen_studio.frames import REPAINTERS, frame_engine
from heygen_studio.frames.musetalk.painter import MuseTalkPainter
from heygen_studio.frames.repaint.engine import RepaintEngine
from heygen_studio.frames.repaint.painter import Order
from heygen_studio.portrait.portrait import Image
from heygen_studio.speech.speech import Speech

from ..conftest import SOUNDS, Face, motion
from ..voiced import voiced_speech

sys.path.append(str(Path(__file__).parents[2] / "portrait"))  # its helpers stand in no package
from covers import covered

__all__ = ["Shifted", "covered"]


class Shifted:
    """Paints the face that it sees, every colour moved by ``shift``."""

    side, batch = 256, 4
    square = MuseTalkPainter.square

    def __init__(self, shift: tuple[int, int, int] = (0, 0, 0)) -> None:
        self.shift = shift
        self.orders: list[Order] = []

    def listen(self, sound: object, fps: float) -> Callable[[float], np.ndarray]:
        return lambda time: np.array([time])

    def paint(self, orders: Sequence[Order]) -> Sequence[Image]:
        self.orders += orders
        return [np.clip(order.face.astype(int) + self.shift, 0, 255).astype(np.uint8) for order in orders]


@pytest.fixture
def engine_with(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], RepaintEngine]:
    """The engine around a painter that is made here."""

    def make(painter: object) -> RepaintEngine:
        models().unload()
        monkeypatch.setitem(REPAINTERS, "fake", ())
        return RepaintEngine("fake", lambda device: painter)

    return make


@pytest.fixture(scope="session")
def footage(hopper: Face) -> list[Image]:
    """24 frames of somebody who talks and moves the head a little."""
    sounds = [list(SOUNDS)[n % len(SOUNDS)] for n in range(24)]
    pose = [[0, 3 * np.sin(n / 8), 2 * np.cos(n / 5)] for n in range(24)]
    return [frame.copy() for frame in frame_engine("mesh").frames(hopper.portrait, motion(*sounds, pose=pose))]


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Speech:
    """As long as the footage, spoken from beginning to end."""
    return voiced_speech(Path(tmp_path_factory.mktemp("speech")), seconds=24 / 25, spoken=((0.0, 24 / 25),))

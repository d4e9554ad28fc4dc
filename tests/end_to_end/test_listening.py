"""A listening loop from the request to the file: nothing is heard, nothing is said, and it plays on without a jump."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from small_films import Cli, leftovers, prepared_folder

from heygen_studio import BadInput, Studio, VideoRequest
from heygen_studio.frames import frame_engine
from heygen_studio.motion import load_motion
from heygen_studio.portrait import load_portrait
from heygen_studio.video.probe import probe, read_audio


def test_the_rendered_frames_close_the_loop(tmp_path: Path) -> None:
    studio = Studio(prepared_folder(tmp_path))
    video = studio.render(VideoRequest(listen=True, seconds=5, width=256, height=256, expression="warm", seed=4))
    portrait = load_portrait(next(studio.settings.stages.glob("portrait/*/portrait.npz")))
    drawn = frame_engine("mesh").frames(portrait, load_motion(video.folder / "motion.npz"))
    frames = np.stack([frame.copy() for frame in drawn]).astype(np.int16)
    changes = np.abs(frames - np.roll(frames, 1, axis=0)).mean(axis=(1, 2, 3))
    assert changes[0] <= np.percentile(changes[1:], 75)
    assert np.median(changes) > 0.02  # somebody is alive

    info = probe(video.path)
    assert info.frames == len(frames) == 125
    assert info.duration == pytest.approx(5, abs=0.001)
    assert np.abs(read_audio(video.path)[0]).max() < 1e-4
    assert video.srt.read_text(encoding="utf-8") == ""
    assert video.vtt.read_text(encoding="utf-8") == "WEBVTT\n"
    assert video.report["script"]["text"] == "" and video.report["words"] == 0
    assert leftovers(tmp_path) == []


def test_the_command_line_makes_a_loop(cli: Cli, tmp_path: Path) -> None:
    prepared_folder(tmp_path / "data")
    said = cli("render", "--listen", "--seconds", "3", "--size", "256x256", "-o", "idle.mp4", "--json")
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout)["duration"] == 3


def test_a_listener_has_nothing_to_say() -> None:
    with pytest.raises(BadInput, match="listening loop says nothing"):
        VideoRequest(listen=True, text="Hello.")

"""The renderers with networks through the real command line, with tiny random weights in the place of the published ones."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from small_films import Cli, leftovers

from heygen_studio import Video
from heygen_studio.video.ffmpeg_pipe import ffmpeg_program
from heygen_studio.video.probe import probe, read_frames
from heygen_studio.weights import fetch

sys.path.append(str(Path(__file__).parents[1]))
from frames.random_weights import write_tiny_weights


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture
def dub(cli: Cli, weights: Path, tmp_path: Path):
    """Render with the network renderers; returns the result as the command line prints it."""

    # Threads that share networks as small as these only wait for each other.
    environment = {"HEYGEN_STUDIO_WEIGHTS": str(weights), "HEYGEN_STUDIO_DEVICE": "cpu", "OMP_NUM_THREADS": "1"}

    def run(*arguments: str | Path) -> dict:
        said = cli("render", *arguments, "--json", "-o", "film.mp4", **environment)
        assert said.returncode == 0, said.stderr
        return {**json.loads(said.stdout), "film": tmp_path / "here" / "film.mp4"}

    return run


def lower_face(path: Path) -> np.ndarray:
    """Grey [frames, h, w] of the middle of the lower half, where the mouth is in a small film."""
    return np.stack([frame[130:190, 90:170].astype(np.int16).mean(axis=2) for frame in read_frames(path)])


@pytest.mark.slow
def test_a_photo_speaks_through_the_command_line(dub, tmp_path: Path) -> None:
    (tmp_path / "here" / "hello.txt").write_text("Good day.")
    result = dub("--text-file", "hello.txt", "--voice", "hibari:heart", "--size", "256x256", "--fps", "12", "--engine", "musetalk")
    info = probe(result["film"])
    assert (info.width, info.height, info.fps) == (256, 256, 12)
    assert info.duration == pytest.approx(soundfile.info(result["wav"]).duration, abs=1 / 12)
    moving = lower_face(result["film"])
    assert np.abs(moving[len(moving) // 2] - moving[0]).mean() > 3, "the network painted something"
    assert leftovers(tmp_path / "data") == []


def test_a_video_gets_another_mouth_and_stays_what_it_is(dub, rendered: Video, tmp_path: Path) -> None:
    """A recording keeps the whole video: length, rate, size, everything but the mouth, and the frames that show none."""
    here = tmp_path / "here"
    sound, rate = soundfile.read(rendered.wav)
    soundfile.write(here / "take.wav", sound[: int(1.2 * rate)], rate)
    (here / "take.txt").write_text("Hello, Ann")
    gap = "drawbox=t=fill:color=gray:enable=between(n\\,10\\,15)"
    source = ("-i", str(rendered.path), "-t", "1.6", "-vf", gap, "-r", "30000/1001", str(here / "film.mov"))
    subprocess.run([ffmpeg_program(), "-loglevel", "error", *source], check=True)
    result = dub("--audio", "take.wav", "--text-file", "take.txt", "--engine", "wav2lip", "--avatar", "film.mov")
    before, info = probe(here / "film.mov"), probe(result["film"])
    assert (info.width, info.height, info.fps, info.frames) == (256, 256, pytest.approx(30_000 / 1001), before.frames)
    assert (result["width"], result["height"], result["fps"]) == (256, 256, pytest.approx(30_000 / 1001))
    old, new = (np.stack(list(read_frames(path))).astype(int) for path in (here / "film.mov", result["film"]))
    blank = [n for n, frame in enumerate(old) if frame.std() < 5]
    assert 6 <= len(blank) <= 8
    assert [n for n, frame in enumerate(new) if frame.std() < 5] == blank, "nothing is shifted in time"
    assert result["report"]["kept"] == {"no face": len(blank)}
    assert f"{len(blank)} of {info.frames} frames keep their own mouth (no face: {len(blank)})." in result["report"]["notes"]
    changes = np.abs(new - old).mean(axis=(0, 3))
    assert changes[150:185, 106:150].mean() > 4, "the mouth"
    assert changes[:110].mean() < 2.5 and changes[:, :40].mean() < 2.5, "everything else, encoded once more"
    assert leftovers(tmp_path / "data") == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--engine", "wav2lip", "--commercial"), "wav2lip may not be used for commercial work"),
        (("--engine", "oil"), "no renderer called 'oil'; there is mesh, musetalk, wav2lip"),
        (("--avatar", "film.avi"), "'mesh' animates photos and cannot change a video"),
        (("--avatar", "film.avi", "--engine", "wav2lip", "--background", "#102030"), "A video keeps its own background"),
        (("--avatar", "film.avi", "--engine", "wav2lip"), "shows no face in 7 places"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_written(cli: Cli, weights: Path, tmp_path: Path, arguments, sentence) -> None:
    here = tmp_path / "here"
    (here / "a.txt").write_text("Hello.")
    source = ("-f", "lavfi", "-i", "testsrc=s=256x256:r=25:d=1")
    subprocess.run([ffmpeg_program(), "-loglevel", "error", *source, str(here / "film.avi")], check=True)
    said = cli("render", "--text-file", "a.txt", "--voice", "hibari:heart", *arguments, "-o", "x.mp4", HEYGEN_STUDIO_WEIGHTS=str(weights))
    assert said.returncode == 2
    assert sentence in said.stderr
    assert "Traceback" not in said.stderr and said.stderr.count("\n") == 1
    assert not (here / "x.mp4").exists()
    assert leftovers(tmp_path / "data") == []


def test_without_the_weights_the_file_its_size_and_licence_are_named(cli: Cli, tmp_path: Path) -> None:
    here = tmp_path / "here"
    (here / "a.txt").write_text("Hello.")
    own = tmp_path / "weights"
    own.mkdir()
    place = {"HEYGEN_STUDIO_CACHE": str(tmp_path / "cache"), "HF_ENDPOINT": "http://127.0.0.1:9", "HEYGEN_STUDIO_WEIGHTS": str(own)}
    for name in ("face-landmarker", "selfie-matte", "portrait-hopper"):
        source = fetch(name)
        (own / source.name).symlink_to(source)
    said = cli("render", "--text-file", "a.txt", "--voice", "hibari:heart", "--engine", "musetalk", "-o", "x.mp4", **place)
    assert said.returncode == 2
    for word in ("musetalk", "TMElyralab/MuseTalk", "3.4 GB", "OpenRAIL", "HEYGEN_STUDIO_WEIGHTS"):
        assert word in said.stderr

"""The renderers with networks through the real command line, with tiny random weights in the place of the published ones."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from small_films import TEXT, Cli, in_folder, leftovers

from heygen_studio import Studio, Video, VideoRequest
from heygen_studio.video.probe import probe, read_audio, read_frames
from heygen_studio.weights import fetch

sys.path.append(str(Path(__file__).parents[1]))
from frames.random_weights import write_tiny_weights


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture
def dub(cli: Cli, weights: Path, tmp_path: Path):
    """Render with the network renderers; returns the result as the command line prints it."""

    def run(*arguments: str | Path) -> dict:
        said = cli("render", *arguments, "--json", "-o", "film.mp4", HEYGEN_STUDIO_WEIGHTS=str(weights), HEYGEN_STUDIO_DEVICE="cpu")
        assert said.returncode == 0, said.stderr
        return {**json.loads(said.stdout), "film": tmp_path / "here" / "film.mp4"}

    return run


def lower_face(path: Path) -> np.ndarray:
    """Grey [frames, h, w] of the middle of the lower half, where the mouth is in a small film."""
    return np.stack([frame[130:190, 90:170].astype(np.int16).mean(axis=2) for frame in read_frames(path)])


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
    """The dub of a video lasts as long as the words; rate, size and everything but the mouth are the video's."""
    source = Studio(in_folder(tmp_path / "source")).render(VideoRequest(text=TEXT, voice="hibari:heart", width=384, height=256, fps=29.97))
    text = tmp_path / "here" / "other.txt"
    text.write_text("Good day.")
    result = dub("--text-file", "other.txt", "--voice", "hibari:heart", "--engine", "wav2lip", "--avatar", source.path)
    info, before = probe(result["film"]), probe(source.path)
    assert (info.width, info.height, info.fps) == (before.width, before.height, pytest.approx(before.fps))
    assert (result["width"], result["height"]) == (384, 256)
    assert info.duration == pytest.approx(soundfile.info(result["wav"]).duration, abs=1 / 29)
    heard, _ = read_audio(result["film"])
    assert len(heard) / 48_000 == pytest.approx(soundfile.info(result["wav"]).duration, abs=0.03)
    pairs = zip(read_frames(result["film"]), read_frames(source.path), strict=False)
    changes = np.stack([np.abs(new.astype(int) - old).mean(axis=2) for new, old in pairs]).mean(axis=0)
    assert changes[150:185, 170:215].mean() > 4, "the mouth"
    assert changes[:110].mean() < 1.5 and changes[:, :100].mean() < 1.5, "everything else, encoded once more"


def test_a_recording_keeps_the_whole_video_and_a_longer_one_plays_it_back_and_forth(rendered: Video, weights: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        from heygen_studio.settings import settings

        patch.setenv("HEYGEN_STUDIO_WEIGHTS", str(weights))
        settings.cache_clear()
        studio = Studio(replace(settings(), data=tmp_path))
        sound, rate = soundfile.read(rendered.wav)
        soundfile.write(tmp_path / "short.wav", sound[: int(1.2 * rate)], rate)
        soundfile.write(tmp_path / "long.wav", np.concatenate([sound, sound[::-1]]), rate)
        short, long = (
            studio.render(VideoRequest(audio=tmp_path / name, text="Hello", avatar=str(rendered.path), engine="wav2lip"))
            for name in ("short.wav", "long.wav")
        )
        again = studio.render(VideoRequest(audio=tmp_path / "short.wav", text="Hello", avatar=str(rendered.path), engine="wav2lip"))
    settings.cache_clear()
    frames = probe(rendered.path).frames
    assert probe(short.path).frames == frames
    assert probe(long.path).duration == pytest.approx(2 * len(sound) / rate, abs=0.05)
    film, there = list(read_frames(long.path)), list(read_frames(rendered.path))
    for number, mirrored in ((frames + 3, frames - 5), (2 * frames - 12, 10)):
        apart = [np.abs(film[number][:100].astype(int) - frame[:100]).mean() for frame in there]
        assert abs(int(np.argmin(apart)) - mirrored) <= 2
        assert min(apart) < 3
    assert all(stage["reused"] for stage in again.report["stages"].values())
    assert short.report["kept"] == {}


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
    import subprocess

    from heygen_studio.video.ffmpeg_pipe import ffmpeg_program

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

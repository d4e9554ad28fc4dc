"""Recordings of common formats are converted; everything else is refused in one sentence."""

import os
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile

from heygen_studio.errors import BadInput
from heygen_studio.progress import Cancel, Cancelled
from heygen_studio.speech.audio_file import RATE, check_audio, convert_audio
from heygen_studio.speech.loudness import integrated_loudness, true_peak

SECONDS = 2.5
SUFFIXES = ["wav", "flac", "ogg", "mp3", "m4a", "aac", "mp4", "webm", "opus", "aiff", "wma"]


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stereo WAV of 44.1 kHz: a hum that swells four times a second, and a click at 1 s."""
    time = np.arange(int(SECONDS * 44100)) / 44100
    sound = 0.1 * np.sin(2 * np.pi * 180 * time) * (1 + np.sin(2 * np.pi * 4 * time))
    sound[44100:44120] = 0.9
    path = tmp_path_factory.mktemp("take") / "take.wav"
    soundfile.write(path, np.stack([sound, sound], axis=1), 44100)
    return path


def encoded(take: Path, suffix: str) -> Path:
    path = take.with_name(f"encoded.{suffix}")
    options = ["-c:a", "libopus"] if suffix == "webm" else []
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-i", str(take), *options, str(path)], check=True)
    return path


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_common_formats_become_the_studios_wav(take: Path, suffix: str, tmp_path: Path) -> None:
    path = encoded(take, suffix)
    assert check_audio(path) == pytest.approx(SECONDS, abs=0.15)
    duration = convert_audio(path, tmp_path / "speech.wav")
    info = soundfile.info(tmp_path / "speech.wav")
    assert (info.samplerate, info.channels, info.subtype) == (RATE, 1, "PCM_16")
    assert duration == pytest.approx(info.duration) == pytest.approx(SECONDS, abs=0.15)
    assert os.listdir(tmp_path) == ["speech.wav"]


def test_timing_and_loudness(take: Path, tmp_path: Path) -> None:
    target = tmp_path / "speech.wav"
    convert_audio(take, target)
    samples, rate = soundfile.read(target)
    jump = int(np.argmax(np.abs(np.diff(samples))))
    assert jump / rate == pytest.approx(1.0, abs=0.002)
    assert integrated_loudness(target) == pytest.approx(-16.0, abs=0.5)
    assert true_peak(target) <= -1.0


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3", "m4a"])
def test_a_truncated_recording_is_refused_by_name(take: Path, suffix: str, tmp_path: Path) -> None:
    whole = encoded(take, suffix).read_bytes()
    path = tmp_path / f"cut.{suffix}"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInput, match=rf"cut\.{suffix}"):
        convert_audio(path, tmp_path / "speech.wav")
    assert not (tmp_path / "speech.wav").exists()


def silent(path: Path) -> None:
    soundfile.write(path, np.zeros(48000), 24000)


def three_hours(path: Path) -> None:
    soundfile.write(path, np.zeros(3 * 3600 * 1000, np.int16), 1000, format="FLAC")


def short(path: Path) -> None:
    soundfile.write(path, np.full(2000, 0.5), 24000)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: None, "There is no recording"),
        (Path.mkdir, "not a file"),
        (Path.touch, "is empty"),
        (lambda path: path.write_bytes(os.urandom(20000)), "damaged or not one of WAV"),
        (lambda path: path.write_text("hello " * 1000), "damaged or not one of WAV"),
        (lambda path: path.write_text("#EXTM3U\n#EXTINF:1,\nother.wav\n"), "damaged or not one of WAV"),
        (silent, "is silent"),
        (three_hours, "180 minutes long"),
        (short, "at least 0.3 s"),
    ],
    ids=["missing", "folder", "empty", "random", "text", "playlist", "silent", "three hours", "short"],
)
def test_what_is_no_recording_is_refused(make: object, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    make(path)
    with pytest.raises(BadInput, match=reason) as refusal:
        convert_audio(path, tmp_path / "speech.wav")
    assert "\n" not in str(refusal.value)
    assert not (tmp_path / "speech.wav").exists()


def test_a_picture_has_no_sound_track(tmp_path: Path) -> None:
    path = tmp_path / "mute.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-f", "lavfi", "-i", "color=size=64x64:duration=1", str(path)]
    subprocess.run(command, check=True)
    with pytest.raises(BadInput, match="no sound track"):
        check_audio(path)


def test_cancel_leaves_nothing(take: Path, tmp_path: Path) -> None:
    cancel = Cancel()
    cancel.cancel()
    with pytest.raises(Cancelled):
        convert_audio(take, tmp_path / "speech.wav", cancel=cancel)
    assert os.listdir(tmp_path) == []

"""Existing videos: what is refused before it is decoded, and that timing, colours and orientation are those that a player shows."""

from __future__ import annotations

import itertools
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from heygen_studio.errors import BadInput
from heygen_studio.video.colour import Colour
from heygen_studio.video.encode import encode_video
from heygen_studio.video.ffmpeg_pipe import ffmpeg_program
from heygen_studio.video.footage import is_video, open_footage
from heygen_studio.video.probe import probe


def ffmpeg(*arguments: str | Path) -> None:
    subprocess.run([ffmpeg_program(), "-y", "-loglevel", "error", *map(str, arguments)], check=True)


def film(target: Path, *options: str, source: str = "testsrc2=s=256x192:r=30:d=1") -> Path:
    ffmpeg("-f", "lavfi", "-i", source, *options, target)
    return target


@pytest.mark.parametrize(
    ("name", "options", "source", "rate", "count"),
    [
        ("a.mp4", ("-pix_fmt", "yuv420p", "-bf", "3"), "testsrc2=s=256x192:r=30000/1001:d=1", Fraction(30000, 1001), 30),
        ("b.mov", ("-c:v", "mpeg4"), "testsrc2=s=256x192:r=25:d=1", Fraction(25), 25),
        ("c.avi", ("-c:v", "mjpeg"), "testsrc2=s=256x192:r=12:d=2", Fraction(12), 24),
        ("d.mkv", ("-c:v", "libx264"), "testsrc2=s=256x192:r=60:d=1", Fraction(60), 60),
        ("e.ts", ("-c:v", "mpeg2video"), "testsrc2=s=256x192:r=25:d=1", Fraction(25), 25),
    ],
)
def test_every_frame_once_at_its_own_rate(tmp_path, name, options, source, rate, count):
    path = film(tmp_path / name, *options, source=source)
    footage = open_footage(path)
    assert is_video(path)
    assert (footage.size, footage.rate) == ((256, 192), rate)
    assert abs(footage.count - count) <= 1
    frames = list(footage.frames(count))
    assert {frame.shape for frame in frames} == {(192, 256, 3)}
    assert sum(np.array_equal(one, other) for one, other in itertools.pairwise(frames)) == 0


def test_longer_than_the_video_it_runs_back_and_forth_without_a_jump(tmp_path, monkeypatch):
    import heygen_studio.video.footage as module

    monkeypatch.setattr(module, "BACKWARDS_BYTES", 7 * 256 * 192 * 3)  # several runs backwards
    footage = open_footage(film(tmp_path / "a.mp4", "-g", "12", "-bf", "2"))
    there = list(footage.frames(30))
    long = list(footage.frames(75))
    order = [*range(30), *range(28, -1, -1), *range(1, 17)]
    assert len(long) == 75
    for number, frame in zip(order, long, strict=True):
        assert np.array_equal(frame, there[number])
    assert np.array_equal(footage.frame(11), there[11])
    assert np.array_equal(footage.frame(500), there[-1])


def test_a_variable_rate_keeps_its_timing(tmp_path):
    """Of 30 frames those at 1, 2, 4, 5, 7 ... are dropped for the first half: each shown frame stays until the next one comes."""
    steady = list(open_footage(film(tmp_path / "steady.mp4", "-qp", "0")).frames(30))
    variable = film(tmp_path / "variable.mkv", "-vf", r"select='gte(n\,15)+not(mod(n\,3))'", "-fps_mode", "vfr", "-qp", "0")
    footage = open_footage(variable)
    assert footage.rate == 30
    for tick, frame in enumerate(footage.frames(30)):
        expected = steady[tick if tick >= 15 else tick - tick % 3]
        assert np.abs(frame.astype(int) - expected).mean() < 1, tick


def test_a_recording_of_a_browser_without_length_in_its_header_is_measured(tmp_path):
    path = tmp_path / "camera.webm"
    with open(path, "wb") as out:  # to a pipe ffmpeg cannot write the length afterwards
        command = [ffmpeg_program(), "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=s=256x192:r=24:d=1.5", "-c:v", "libvpx"]
        subprocess.run([*command, "-deadline", "realtime", "-f", "webm", "-"], stdout=out, check=True)
    footage = open_footage(path)
    assert footage.rate == 24
    assert footage.duration == pytest.approx(1.5, abs=0.1)


def test_a_video_of_a_phone_is_shown_upright(tmp_path):
    film(tmp_path / "lying.mp4")
    ffmpeg("-display_rotation", "90", "-i", tmp_path / "lying.mp4", "-c", "copy", tmp_path / "turned.mp4")
    ffmpeg("-i", tmp_path / "turned.mp4", "-frames:v", "1", "-sws_flags", "bicubic+accurate_rnd+full_chroma_int", tmp_path / "shown.png")
    import cv2

    shown = cv2.imread(str(tmp_path / "shown.png"))[..., ::-1]
    footage = open_footage(tmp_path / "turned.mp4")
    assert footage.size == (192, 256)
    assert np.abs(next(footage.frames(1)).astype(int) - shown).mean() < 2


def test_an_odd_line_and_column_are_cut_off_and_nothing_else_changes(tmp_path):
    lossless = ("-c:v", "libx264rgb", "-qp", "0", "-vf")
    whole = open_footage(film(tmp_path / "whole.mkv", *lossless, "format=rgb24"))
    odd = open_footage(film(tmp_path / "odd.mkv", *lossless, "format=rgb24,crop=255:191:0:0:exact=1"))
    assert odd.size == (254, 190)
    for one, other in zip(odd.frames(3), whole.frames(3), strict=True):
        assert np.array_equal(one, other[:190, :254])


def test_pixels_that_are_not_square_become_square(tmp_path):
    assert open_footage(film(tmp_path / "a.mp4", "-vf", "setsar=4/3")).size == (340, 192)


COLOURS = {
    "SD": (("-colorspace", "smpte170m", "-color_primaries", "smpte170m", "-color_trc", "smpte170m"), "smpte170m", "tv"),
    "HD": (("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"), "bt709", "tv"),
    "full range": (("-pix_fmt", "yuvj420p", "-colorspace", "bt709", "-color_range", "pc"), "bt709", "pc"),
    "HDR": (("-vf", "setparams=colorspace=bt2020nc:color_primaries=bt2020:color_trc=arib-std-b67"), "bt2020nc", "tv"),
    "unsaid": ((), "smpte170m", "tv"),
}


@pytest.mark.parametrize("kind", COLOURS)
def test_colours_survive_reading_and_writing(tmp_path, kind):
    options, matrix, span = COLOURS[kind]
    path = film(tmp_path / "in.mp4", "-pix_fmt", "yuv420p", *options, "-qp", "4", source="testsrc=s=256x192:r=25:d=0.6")
    footage = open_footage(path)
    assert (footage.colour.matrix, footage.colour.range) == (matrix, span)
    ffmpeg("-f", "lavfi", "-i", "anullsrc=r=24000:cl=mono", "-t", "0.6", tmp_path / "s.wav")
    target = tmp_path / "out.mp4"
    encode_video(footage.frames(15), 15, size=footage.size, fps=25, wav=tmp_path / "s.wav", output=target, tags={}, colour=footage.colour)
    again = open_footage(target)
    assert again.colour == footage.colour
    if kind == "HDR":
        assert again.colour == Colour("bt2020nc", "tv", "bt2020", "arib-std-b67")
    for one, other in zip(footage.frames(15), again.frames(15), strict=True):
        assert np.abs(one.astype(int) - other).mean() < 4
        assert np.abs((one.astype(int) - other).mean(axis=(0, 1))).max() < 1, "no colour cast"
    assert probe(target).fps == 25


def test_photos_sounds_and_other_files_are_no_videos(tmp_path):
    ffmpeg("-f", "lavfi", "-i", "testsrc=s=64x64", "-frames:v", "1", tmp_path / "a.png")
    ffmpeg("-f", "lavfi", "-i", "sine=d=1", tmp_path / "a.wav")
    (tmp_path / "photo.heic").write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 64)
    (tmp_path / "text.mp4").write_text("not a video")
    for name in ("a.png", "a.wav", "photo.heic", "text.mp4", "absent.mp4", "."):
        assert not is_video(tmp_path / name), name


def test_what_cannot_be_used_is_refused_with_one_sentence(tmp_path):
    whole = film(tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "list.m3u8").write_text("#EXTM3U\n#EXTINF:1,\nwhole.mp4\n")
    film(tmp_path / "tiny.mp4", source="testsrc2=s=96x96:r=25:d=1")
    film(tmp_path / "short.mp4", source="testsrc2=s=256x192:r=25:d=0.2")
    ffmpeg("-f", "lavfi", "-i", "sine=d=1", tmp_path / "sound.mp4")
    refusals = {
        "absent.mp4": "There is no video",
        "empty.mp4": "is empty",
        "cut.mp4": "cannot be read: it is damaged",
        "list.m3u8": "cannot be read: it is damaged or not one of",
        "tiny.mp4": "has 96x96 pixels; 128 to 3840 a side",
        "short.mp4": "is 0.20 s long; at least 0.5 s",
        "sound.mp4": "has no moving picture",
    }
    for name, sentence in refusals.items():
        with pytest.raises(BadInput, match=sentence):
            open_footage(tmp_path / name)


def test_damaged_parts_are_left_out_as_players_do(tmp_path):
    path = film(tmp_path / "a.ts", "-c:v", "mpeg2video", "-g", "5", source="testsrc2=s=256x192:r=25:d=2")
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4000] = b"\xff" * 4000
    path.write_bytes(data)
    footage = open_footage(path)
    assert len(list(footage.frames(footage.count))) == footage.count

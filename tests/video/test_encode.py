from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import soundfile
from moving import SIZE, moving_frames

from heygen_studio.errors import BadInput, EngineUnavailable, OutputError
from heygen_studio.portrait.portrait import Image
from heygen_studio.progress import Cancel, Cancelled, Event
from heygen_studio.video.encode import encode_video, frame_rate
from heygen_studio.video.ffmpeg_pipe import ffmpeg_program
from heygen_studio.video.probe import probe, read_audio, read_frames

MakeWav = Callable[..., Path]


def ffmpeg_children() -> list[int]:
    """Process ids of this process's ffmpegs, zombies included."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().partition("(")[2].rpartition(")")
        except OSError:  # it ended meanwhile
            continue
        if int(rest.split()[1]) == os.getpid() and name.startswith("ffmpeg"):
            found.append(int(stat.parent.name))
    return found


def encode(output: Path, wav: Path, frames: Iterator[Image], count: int, *, fps: float = 25, **more: object) -> None:
    encode_video(frames, count, size=SIZE, fps=fps, wav=wav, output=output, tags=more.pop("tags", {}), **more)  # type: ignore[arg-type]


def test_streams(tmp_path: Path, make_wav: MakeWav) -> None:
    output = tmp_path / "out.mp4"
    encode(output, make_wav(2.0), moving_frames(50), 50)
    info = probe(output)
    assert (info.video_codec, info.audio_codec, info.audio_rate) == ("h264", "aac", 48_000)
    assert (info.width, info.height, info.fps, info.frames) == (*SIZE, 25, 50)
    assert info.duration == pytest.approx(2.0, abs=0.04)
    with av.open(str(output)) as container:
        context = container.streams.video[0].codec_context
        bt709, limited = 1, 1
        assert context.pix_fmt == "yuv420p"
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (bt709, bt709, bt709, limited)


def test_the_index_comes_before_the_media_so_that_a_browser_can_start(tmp_path: Path, make_wav: MakeWav) -> None:
    output = tmp_path / "out.mp4"
    encode(output, make_wav(1.0), moving_frames(25), 25)
    data = output.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_colours_do_not_shift(tmp_path: Path, make_wav: MakeWav) -> None:
    patches = np.random.default_rng(0).integers(0, 256, (4, 6, 3)).astype(np.uint8)
    frame = patches.repeat(32, axis=0).repeat(32, axis=1)
    output = tmp_path / "out.mp4"
    encode(output, make_wav(0.4), iter([frame] * 10), 10)
    for decoded in read_frames(output):
        error = decoded[16::32, 16::32].astype(int) - patches
        assert np.abs(error).max() <= 4
        assert np.abs(error.mean(axis=(0, 1))).max() <= 1


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 48_000])
def test_sound_starts_and_ends_where_it_did(tmp_path: Path, make_wav: MakeWav, rate: int) -> None:
    seconds = 3.137
    wav, output = make_wav(seconds, rate), tmp_path / "out.mp4"
    encode(output, wav, moving_frames(79), 79)
    heard, heard_rate = read_audio(output)
    assert len(heard) / heard_rate == pytest.approx(seconds, abs=0.002)
    assert abs(lag(soundfile.read(wav)[0], rate, heard, heard_rate)) < 0.001
    assert probe(output).duration == pytest.approx(seconds, abs=1 / 25)


def lag(spoken: np.ndarray, rate: int, heard: np.ndarray, heard_rate: int) -> float:
    """Seconds by which ``heard`` comes later, from the peak of the cross-correlation."""
    spoken = np.interp(np.arange(len(heard)) / heard_rate, np.arange(len(spoken)) / rate, spoken)
    size = 2 * len(heard)
    correlation = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(spoken, size)), size)
    peak = int(np.argmax(correlation))
    return (peak if peak < size / 2 else peak - size) / heard_rate


@pytest.mark.parametrize("fps", [23.976, 25, 29.97, 30, 60])
def test_a_flash_and_a_click_at_the_same_second_stay_together(tmp_path: Path, make_wav: MakeWav, fps: float) -> None:
    check_sync(tmp_path, make_wav, 4.0, fps, size=SIZE)


@pytest.mark.slow
def test_sound_and_picture_stay_together_for_ten_minutes(tmp_path: Path, make_wav: MakeWav) -> None:
    check_sync(tmp_path, make_wav, 600.0, 29.97, size=(128, 128))


def check_sync(folder: Path, make_wav: MakeWav, seconds: float, fps: float, size: tuple[int, int]) -> None:
    every, output = round(fps), folder / "out.mp4"
    count = round(seconds * fps)
    wav = make_wav(seconds)
    encode_video(moving_frames(count, size, every), count, size=size, fps=fps, wav=wav, output=output, tags={})
    with av.open(str(output)) as container:
        flashes = [frame.time for frame in container.decode(video=0) if frame.to_ndarray()[: size[1]].mean() > 200]
    heard, rate = read_audio(output)
    loud = np.flatnonzero(np.abs(heard) > 0.5) / rate
    clicks = loud[np.flatnonzero(np.diff(loud, prepend=-1.0) > 0.5)]
    assert len(flashes) == -(-count // every)
    expected = np.arange(len(flashes)) * every / float(frame_rate(fps))
    assert np.abs(np.array(flashes) - expected).max() < 0.001
    assert np.abs(clicks - np.arange(len(clicks))).max() < 0.005
    assert len(clicks) == int(seconds)


def test_same_frames_give_the_same_bytes(tmp_path: Path, make_wav: MakeWav) -> None:
    wav = make_wav(2.0)
    for name in ("a.mp4", "b.mp4"):
        encode(tmp_path / name, wav, moving_frames(50), 50, tags={"title": "x"})
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_a_buffer_that_the_renderer_reuses_is_safe(tmp_path: Path, make_wav: MakeWav) -> None:
    def reused() -> Iterator[Image]:
        buffer = np.empty((SIZE[1], SIZE[0], 3), np.uint8)
        for frame in moving_frames(50):
            buffer[:] = frame
            yield buffer

    wav = make_wav(2.0)
    encode(tmp_path / "a.mp4", wav, reused(), 50)
    encode(tmp_path / "b.mp4", wav, moving_frames(50), 50)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_tags_are_plain_text_whatever_the_user_wrote(tmp_path: Path, make_wav: MakeWav) -> None:
    nasty = "a\n$(touch x); 'b' \"c\" %d [v]; -i /etc/passwd\x00\x1b[31m = 你好 \ud800"
    output = tmp_path / "out.mp4"
    encode(output, make_wav(0.4), moving_frames(10), 10, tags={"title": nasty, "comment": "AI-generated; prompt sha256 0123"})
    tags = probe(output).tags
    assert tags["title"] == "a $(touch x); 'b' \"c\" %d [v]; -i /etc/passwd [31m = 你好"
    assert tags["comment"] == "AI-generated; prompt sha256 0123"
    printed = subprocess.run([ffmpeg_program(), "-i", str(output)], capture_output=True, text=True).stderr
    assert "AI-generated; prompt sha256 0123" in printed


def test_a_tag_that_mp4_would_drop_is_a_mistake_of_the_caller(tmp_path: Path, make_wav: MakeWav) -> None:
    with pytest.raises(ValueError, match="prompt_hash"):
        encode(tmp_path / "out.mp4", make_wav(0.4), moving_frames(10), 10, tags={"prompt_hash": "x"})


@pytest.mark.parametrize("name", ["-y.mp4", "a:b.mp4", "with space %d 'quote'.mp4", "影片.mp4"])
def test_any_file_name_works(tmp_path: Path, make_wav: MakeWav, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    wav = make_wav(0.4)
    monkeypatch.chdir(tmp_path)
    encode(Path(name), wav, moving_frames(10), 10)
    assert probe(Path(name)).frames == 10


@pytest.mark.parametrize("size", [(191, 128), (192, 129), (126, 128), (192, 3842)])
def test_impossible_sizes_are_refused(tmp_path: Path, make_wav: MakeWav, size: tuple[int, int]) -> None:
    with pytest.raises(BadInput, match=f"{size[0]}x{size[1]}"):
        encode_video(iter([]), 0, size=size, fps=25, wav=make_wav(0.4), output=tmp_path / "out.mp4", tags={})


def test_broadcast_rates_are_exact() -> None:
    assert [frame_rate(f) for f in (23.976, 29.97, 59.94)] == [Fraction(24_000, 1001), Fraction(30_000, 1001), Fraction(60_000, 1001)]
    assert [frame_rate(f) for f in (24, 25, 30, 12.5)] == [24, 25, 30, Fraction(25, 2)]
    for impossible in (0, -25, 1000, float("nan"), float("inf")):
        with pytest.raises(BadInput, match="frame rate"):
            frame_rate(impossible)


def test_progress_counts_frames_and_ends_complete(tmp_path: Path, make_wav: MakeWav) -> None:
    events: list[Event] = []
    output = tmp_path / "out.mp4"

    def note(event: Event) -> None:
        events.append(event)
        assert output.exists() == (event.fraction == 1)

    encode(output, make_wav(1.0), moving_frames(25), 25, on_event=note)
    assert [event.done for event in events] == list(range(26))
    assert {(event.stage, event.total) for event in events} == {("video", 25)}


def check_nothing_left(folder: Path, wav: Path) -> None:
    assert [path for path in folder.iterdir() if path != wav] == []
    assert ffmpeg_children() == []
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("ffmpeg")]


def test_cancel_between_frames(tmp_path: Path, make_wav: MakeWav) -> None:
    wav, cancel = make_wav(8.0), Cancel()

    def note(event: Event) -> None:
        if event.done == 20:
            cancel.cancel()

    with pytest.raises(Cancelled):
        encode(tmp_path / "out.mp4", wav, moving_frames(200), 200, on_event=note, cancel=cancel)
    check_nothing_left(tmp_path, wav)


@pytest.mark.parametrize("frames", [200, 8])
def test_cancel_while_ffmpeg_hangs(tmp_path: Path, make_wav: MakeWav, frames: int) -> None:
    """A stopped ffmpeg blocks the pipe (many frames) or never ends (few)."""
    wav, cancel = make_wav(frames / 25), Cancel()
    asked = 0.0

    def stop_then_cancel() -> None:
        nonlocal asked
        time.sleep(0.3)
        asked = time.monotonic()
        cancel.cancel()

    def note(event: Event) -> None:
        if event.done == 4:
            for child in ffmpeg_children():
                os.kill(child, signal.SIGSTOP)
            thread.start()

    thread = threading.Thread(target=stop_then_cancel)
    with pytest.raises(Cancelled):
        encode(tmp_path / "out.mp4", wav, moving_frames(frames, SIZE), frames, on_event=note, cancel=cancel)
    assert time.monotonic() - asked < 1
    thread.join()
    check_nothing_left(tmp_path, wav)


def test_an_error_of_the_renderer_passes_through_and_leaves_nothing(tmp_path: Path, make_wav: MakeWav) -> None:
    def failing() -> Iterator[Image]:
        yield from moving_frames(5)
        raise BadInput("The face left the picture.")

    wav = make_wav(1.0)
    with pytest.raises(BadInput, match="left the picture"):
        encode(tmp_path / "out.mp4", wav, failing(), 25)
    check_nothing_left(tmp_path, wav)


@pytest.mark.parametrize("given", [24, 26])
def test_a_wrong_number_of_frames_makes_no_file(tmp_path: Path, make_wav: MakeWav, given: int) -> None:
    wav = make_wav(1.0)
    with pytest.raises(ValueError, match="25 frames"):
        encode(tmp_path / "out.mp4", wav, moving_frames(given), 25)
    check_nothing_left(tmp_path, wav)


def test_an_older_video_survives_a_failed_render(tmp_path: Path, make_wav: MakeWav) -> None:
    output = tmp_path / "out.mp4"
    output.write_bytes(b"older")
    with pytest.raises(ValueError, match="got 3"):
        encode(output, make_wav(1.0), moving_frames(3), 25)
    assert output.read_bytes() == b"older"


def test_what_a_killed_render_left_is_taken_away(tmp_path: Path, make_wav: MakeWav) -> None:
    wav = make_wav(0.4)
    (tmp_path / ".out.mp4.part").write_bytes(b"half")
    encode(tmp_path / "out.mp4", wav, moving_frames(10), 10)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.mp4", wav.name]


def test_ffmpeg_killed_in_the_middle(tmp_path: Path, make_wav: MakeWav) -> None:
    wav = make_wav(8.0)

    def note(event: Event) -> None:
        if event.done == 10:
            for child in ffmpeg_children():
                os.kill(child, signal.SIGKILL)

    with pytest.raises(OutputError, match="killed by SIGKILL"):
        encode(tmp_path / "out.mp4", wav, moving_frames(200), 200, on_event=note)
    check_nothing_left(tmp_path, wav)


def test_folder_that_is_not_there_or_not_a_folder(tmp_path: Path, make_wav: MakeWav) -> None:
    wav = make_wav(0.4)
    with pytest.raises(OutputError, match="No such file or directory"):
        encode(tmp_path / "missing" / "out.mp4", wav, moving_frames(10), 10)
    with pytest.raises(OutputError, match="Not a directory"):
        encode(wav / "out.mp4", wav, moving_frames(10), 10)


def test_a_device_is_no_place_for_a_video(make_wav: MakeWav) -> None:
    with pytest.raises(OutputError, match="not an ordinary file"):
        encode(Path("/dev/full"), make_wav(0.4), moving_frames(10), 10)


def test_full_disk(tmp_path: Path, make_wav: MakeWav) -> None:
    """A limit of the file size stands for a disk that fills up: a real one needs root."""
    wav, output = make_wav(4.0), tmp_path / "out.mp4"
    script = f"""
import resource
from pathlib import Path
import numpy as np
from heygen_studio.errors import OutputError
from heygen_studio.video.encode import encode_video
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
noise = np.random.default_rng(0)
frames = (noise.integers(0, 256, (128, 192, 3)).astype(np.uint8) for _ in range(100))
try:
    encode_video(frames, 100, size=(192, 128), fps=25, wav=Path({str(wav)!r}), output=Path({str(output)!r}), tags={{}})
except OutputError as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "largest file size" in said.stdout, said
    assert not list(tmp_path.glob("*.mp4*")) + list(tmp_path.glob(".*"))


def test_no_ffmpeg(tmp_path: Path, make_wav: MakeWav, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "nowhere"))
    wav = make_wav(0.4)
    with pytest.raises(EngineUnavailable, match="nowhere cannot be started"):
        encode(tmp_path / "out.mp4", wav, moving_frames(10), 10)
    check_nothing_left(tmp_path, wav)


def test_the_fine_grain_of_a_picture_survives(tmp_path: Path, make_wav: MakeWav) -> None:
    """Pores, canvas, cracks: noise of a few grey levels, drifting a little as a face does."""
    width, height = SIZE
    grain = cv2.GaussianBlur(np.random.default_rng(0).standard_normal((height, width + 40)).astype(np.float32), (0, 0), 0.8)
    picture = np.repeat((150 + 7 * grain / grain.std())[..., None], 3, axis=2).clip(0, 255).astype(np.uint8)
    frames = [picture[:, i // 2 : i // 2 + width].copy() for i in range(30)]
    video = tmp_path / "grain.mp4"
    encode_video(iter(frames), len(frames), size=SIZE, fps=25, wav=make_wav(1.2), output=video, tags={})

    def detail(image: Image) -> float:
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
        return float((grey - cv2.GaussianBlur(grey, (0, 0), 2)).std())

    kept = np.mean([detail(frame) for frame in read_frames(video)]) / np.mean([detail(frame) for frame in frames])
    assert 0.95 < kept < 1.05

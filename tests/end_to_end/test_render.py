"""What comes out of a render: streams, length, sync, captions, tags, determinism."""

from __future__ import annotations

import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile
from small_films import SMALL, TEXT, Cli, in_folder, leftovers, prepared_folder

from heygen_studio import Event, OutputError, Studio, Video, VideoRequest
from heygen_studio.progress import STAGES
from heygen_studio.video.probe import probe, read_audio, read_frames


def test_streams_and_length(rendered: Video) -> None:
    info = probe(rendered.path)
    spoken = soundfile.info(rendered.wav).duration
    assert (info.video_codec, info.audio_codec, info.audio_rate) == ("h264", "aac", 48_000)
    assert (info.width, info.height, info.fps) == (256, 256, 25)
    assert 1.5 < spoken < 5
    assert info.duration == pytest.approx(spoken, abs=1 / 25)
    assert info.frames / info.fps == pytest.approx(spoken, abs=1 / 25)
    assert rendered.duration == pytest.approx(info.duration, abs=0.001)


def test_the_sound_is_the_speech_at_the_same_time(rendered: Video) -> None:
    spoken, rate = soundfile.read(rendered.wav)
    heard, heard_rate = read_audio(rendered.path)
    spoken = np.interp(np.arange(len(heard)) / heard_rate, np.arange(len(spoken)) / rate, spoken)
    size = 2 * len(heard)
    correlation = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(spoken, size)), size)
    shift = int(np.argmax(correlation))
    assert min(shift, size - shift) / heard_rate < 0.005
    assert correlation.max() / np.sqrt((heard**2).sum() * (spoken**2).sum()) > 0.97


def test_the_face_is_there_and_moves_while_it_speaks(rendered: Video) -> None:
    frames = np.stack(list(read_frames(rendered.path))).astype(np.int16)
    motion = np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2, 3))
    assert frames[0].std() > 20
    assert np.abs(frames - frames[0]).mean() < 25  # the same picture throughout
    assert np.median(motion) > 0.1


def test_captions_say_the_text_while_it_is_spoken(rendered: Video) -> None:
    srt = rendered.srt.read_text(encoding="utf-8")
    times = [tuple(map(int, match)) for match in re.findall(r"(\d+):(\d+):(\d+),(\d+)", srt)]
    seconds = [hours * 3600 + minutes * 60 + whole + thousandth / 1000 for hours, minutes, whole, thousandth in times]
    assert " ".join(line for line in srt.splitlines() if line and not line.isdigit() and "-->" not in line) == TEXT
    assert seconds == sorted(seconds)
    assert seconds[-2] < rendered.duration
    vtt = rendered.vtt.read_text(encoding="utf-8")
    assert vtt.startswith("WEBVTT\n\n")
    assert "Ann &amp; Tom" in vtt


def test_the_file_says_that_it_is_ai_generated(rendered: Video) -> None:
    tags = probe(rendered.path).tags
    assert tags["title"] == "A <first> film"
    assert "AI-generated" in tags["comment"]
    assert re.search(r"prompt sha256 [0-9a-f]{16}", tags["comment"])


def test_the_folder_holds_the_result_and_its_report(rendered: Video) -> None:
    names = {path.name for path in rendered.folder.iterdir()}
    assert names >= {"request.json", "script.json", "speech.wav", "motion.npz", "video.mp4", "captions.srt", "captions.vtt", "report.json"}
    report = json.loads((rendered.folder / "report.json").read_text(encoding="utf-8"))
    assert set(report["stages"]) == set(STAGES)
    assert report["script"]["text"] == TEXT


def test_the_same_request_in_another_place_gives_the_same_bytes(rendered: Video, tmp_path: Path) -> None:
    again = Studio(in_folder(tmp_path)).render(VideoRequest(text=TEXT, title="A <first> film", **SMALL))
    assert again.folder != rendered.folder
    for one, other in ((again.path, rendered.path), (again.wav, rendered.wav), (again.srt, rendered.srt), (again.vtt, rendered.vtt)):
        assert one.read_bytes() == other.read_bytes()
    assert leftovers(tmp_path) == []


def test_progress_is_honest_and_the_second_time_nothing_is_made(tmp_path: Path) -> None:
    studio, request = Studio(in_folder(tmp_path)), VideoRequest(text="Good morning.", **SMALL)
    events: list[Event] = []
    first = studio.render(request, on_event=events.append)
    for stage in STAGES:
        fractions = [event.fraction for event in events if event.stage == stage]
        assert fractions, stage
        assert fractions == sorted(fractions), stage
        assert fractions[-1] == 1, stage
    assert len({event.fraction for event in events if event.stage == "video"}) > 10
    made = first.path.stat().st_mtime_ns
    second = studio.render(request, output=str(tmp_path / "second.mp4"))
    assert first.path.stat().st_mtime_ns == made
    assert all(stage["reused"] for stage in second.report["stages"].values())
    assert second.path.read_bytes() == first.path.read_bytes()


def test_a_folder_that_is_deleted_during_the_render_is_told_in_a_sentence(rendered: Video, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    request = VideoRequest(text=TEXT, title="A <first> film", **SMALL)
    with pytest.raises(OutputError, match=r"film\.mp4 has gone meanwhile"):
        Studio().render(request, output=folder / "film.mp4", on_event=lambda _: shutil.rmtree(folder, ignore_errors=True))


def test_renders_at_the_same_time_do_not_disturb_each_other(rendered: Video, tmp_path: Path) -> None:
    studio = Studio(in_folder(tmp_path))
    texts = (TEXT, TEXT, "Good night.")
    requests = [VideoRequest(text=text, title="A <first> film", **SMALL) for text in texts]
    with ThreadPoolExecutor(len(requests)) as pool:
        videos = list(pool.map(studio.render, requests))
    assert [video.path.read_bytes() == rendered.path.read_bytes() for video in videos] == [True, True, False]
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(("size", "fps", "exact"), [((384, 256), 29.97, 30_000 / 1001), ((256, 384), 24, 24.0)])
def test_other_shapes_and_rates(tmp_path: Path, size: tuple[int, int], fps: float, exact: float) -> None:
    request = VideoRequest(text="Good morning, everyone.", voice="hibari:heart", width=size[0], height=size[1], fps=fps, avatar="astronaut")
    video = Studio(in_folder(tmp_path)).render(request)
    info = probe(video.path)
    assert (info.width, info.height) == size
    assert info.fps == pytest.approx(exact, abs=1e-4)
    assert info.duration == pytest.approx(soundfile.info(video.wav).duration, abs=1 / fps)


def test_a_recording_drives_the_face(rendered: Video, tmp_path: Path) -> None:
    request = VideoRequest(audio=rendered.wav, text=TEXT, width=256, height=256)
    video = Studio(prepared_folder(tmp_path)).render(request)
    assert probe(video.path).duration == pytest.approx(rendered.duration, abs=2 / 25)
    assert "film" in video.srt.read_text(encoding="utf-8")


def test_the_command_line_makes_a_file_where_it_was_asked_to(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "here" / "script.txt").write_text("\ufeffGood evening.", encoding="utf-8")
    arguments = ("render", "--text-file", "script.txt", "--voice", "hibari:heart", "--size", "256x256", "-o")
    said = cli(*arguments, "film.mp4", "--json")
    assert said.returncode == 0, said.stderr
    result = json.loads(said.stdout)
    assert Path(result["path"]).name == "film.mp4"
    assert sorted(path.name for path in (tmp_path / "here").iterdir()) == ["film.mp4", "film.srt", "film.vtt", "script.txt"]
    assert probe(tmp_path / "here" / "film.mp4").frames > 10
    longest = "film" * 62 + "lm.mp4"  # that a file system takes
    table = cli(*arguments, longest)
    assert table.returncode == 0, table.stderr
    assert longest in table.stdout and (tmp_path / "here" / longest).is_file()
    assert leftovers(tmp_path) == []


@pytest.mark.slow
def test_a_prompt_becomes_a_video(tmp_path: Path) -> None:
    request = VideoRequest(prompt="Explain photosynthesis to a ten-year-old", role="teacher", seconds=8, **SMALL)
    video = Studio(in_folder(tmp_path)).render(request)
    assert video.duration == pytest.approx(8, rel=0.25)
    assert video.report["script"]["winner"] >= 0
    assert re.search("plant|light|leaf|leaves|sun", video.srt.read_text(encoding="utf-8"), re.IGNORECASE)


@pytest.mark.slow
def test_the_same_prompt_gives_the_same_video(tmp_path: Path) -> None:
    request = VideoRequest(prompt="Welcome our new colleagues", writer="gguf:smollm2-135m", seconds=6, **SMALL)
    one, other = (Studio(in_folder(tmp_path / name)).render(request) for name in ("one", "other"))
    assert one.report["script"]["text"] == other.report["script"]["text"]
    assert one.path.read_bytes() == other.path.read_bytes()

"""Several scenes in one video: every boundary on its frame, every face and voice its own, and no work twice."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from small_films import SMALL, in_folder, leftovers

from heygen_studio import BadInput, Cancel, Cancelled, Event, Line, Scene, Studio, Video, VideoRequest
from heygen_studio.progress import STAGES
from heygen_studio.video.probe import probe, read_audio, read_frames

SCENES = (
    Scene(text="Good morning, Ann."),
    Scene(silence=0.5, avatar="astronaut"),
    Scene(lines=(Line("And to you!", "excited"),), avatar="astronaut", background="#00b140"),
)


def request(**more: Any) -> VideoRequest:
    return VideoRequest(**{**SMALL, "scenes": SCENES, "fps": 29.97, **more})


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scenes")


@pytest.fixture(scope="module")
def events() -> list[Event]:
    return []


@pytest.fixture(scope="module")
def film(place: Path, events: list[Event]) -> Video:
    return Studio(in_folder(place)).render(request(), on_event=events.append)


def test_sound_and_picture_are_as_long_as_the_scenes(film: Video) -> None:
    scenes, info = film.report["scenes"], probe(film.path)
    assert [round(scene["duration"] * 30000 / 1001, 6) % 1 for scene in scenes] == [0, 0, 0]  # whole frames
    assert [scene["start"] for scene in scenes[1:]] == pytest.approx(np.cumsum([scene["duration"] for scene in scenes])[:-1])
    assert info.frames == round(film.duration * 30000 / 1001)
    assert info.duration == pytest.approx(film.duration, abs=0.005)
    assert soundfile.info(film.wav).duration == pytest.approx(film.duration, abs=1e-4)


def test_each_scene_shows_its_face_and_background_from_its_first_frame_on(film: Video) -> None:
    frames = [frame[:40, -40:].reshape(-1, 3).mean(0) for frame in read_frames(film.path)]
    starts = [round(scene["start"] * 30000 / 1001) for scene in film.report["scenes"]]
    jumps = [i for i in range(1, len(frames)) if np.abs(frames[i] - frames[i - 1]).max() > 20]
    assert jumps == starts[1:]
    assert frames[-1] == pytest.approx([0, 177, 64], abs=6)


def test_the_pause_is_silent_and_the_captions_are_in_their_scenes(film: Video) -> None:
    samples, rate = read_audio(film.path)
    first, pause, last = ((scene["start"], scene["start"] + scene["duration"]) for scene in film.report["scenes"])
    middle = samples[round((pause[0] + 0.1) * rate) : round((pause[1] - 0.1) * rate)]
    assert np.abs(middle).max() < 0.01 < np.abs(samples[: round(first[1] * rate)]).max()
    stamps = [
        int(h) * 3600 + int(m) * 60 + int(s) + int(ms) / 1000
        for h, m, s, ms in re.findall(r"(\d+):(\d+):(\d+),(\d+)", film.srt.read_text(encoding="utf-8"))
    ]
    assert first[0] < stamps[0] < stamps[1] <= first[1] + 0.001 < last[0] < stamps[2] < stamps[3] <= last[1] + 0.001
    assert film.report["script"]["text"] == "Good morning, Ann.\nAnd to you!"


def test_progress_runs_once_from_0_to_1_in_every_stage(film: Video, events: list[Event]) -> None:
    for stage in STAGES:
        fractions = [event.fraction for event in events if event.stage == stage]
        assert fractions == sorted(fractions), stage
        assert fractions[-1] == 1, stage
    assert any("scene 2 of 3" in event.note for event in events)


def test_the_same_again_is_the_same_file_and_a_changed_scene_is_the_only_new_one(film: Video, place: Path) -> None:
    studio = Studio(in_folder(place))
    assert studio.render(request()).folder == film.folder
    changed = studio.render(request(scenes=(*SCENES[:2], Scene(text="Good night."))))
    made = [
        (number, name) for number, scene in enumerate(changed.report["scenes"]) for name, s in scene["stages"].items() if not s["reused"]
    ]
    assert made == [(2, "script"), (2, "speech"), (2, "motion")]
    assert leftovers(place) == []


def test_cancel_while_a_later_scene_is_drawn_leaves_the_stages_and_nothing_else(tmp_path: Path) -> None:
    studio, cancel = Studio(in_folder(tmp_path)), Cancel()

    def stop(event: Event) -> None:
        if event.stage == "video" and event.fraction > 0.6:
            cancel.cancel()

    with pytest.raises(Cancelled):
        studio.render(request(), on_event=stop, cancel=cancel)
    assert leftovers(tmp_path) == []
    assert list(studio.settings.library.iterdir()) == []
    report = studio.render(request()).report
    assert all(made["reused"] for stage, made in report["stages"].items() if stage != "video")


def test_deleting_the_result_deletes_the_stages_of_all_its_scenes(film: Video, place: Path, tmp_path: Path) -> None:
    from heygen_studio.service.library import Library

    studio = Studio(in_folder(tmp_path))
    video = studio.render(request())
    Library(studio.settings).delete(video.folder.name)
    assert [path for path in studio.settings.stages.glob("*/*")] == []


def test_fifty_scenes_do_not_drift(tmp_path: Path) -> None:
    """29.97 frames a second and 24,000 samples divide nothing: a rounding error per scene would add up."""
    scenes = tuple(Scene(silence=0.2 + 0.001 * number) for number in range(49))
    recording = tmp_path / "click.wav"
    click = np.random.default_rng(0).normal(0, 0.01, 24_000).astype(np.float32)
    click[12_000:12_240] = 0.9
    soundfile.write(recording, click, 24_000)
    from heygen_studio.speech.joining import join_speech
    from heygen_studio.speech.silence import silent_speech
    from heygen_studio.speech.speech import Speech
    from heygen_studio.video.encode import frame_rate

    rate = frame_rate(29.97)
    parts = []
    for number, scene in enumerate(scenes):
        folder = tmp_path / str(number)
        folder.mkdir()
        frames = round(float(scene.silence or 0) * rate)
        parts.append((silent_speech(float(frames / rate), folder), frames))
    parts.append((Speech(recording, 24_000, 1.0, (), (), (), "recording"), 30))
    join_speech(parts, rate, tmp_path / "all.wav", Cancel())
    samples, found = soundfile.read(tmp_path / "all.wav")
    before = sum(frames for _, frames in parts[:-1])
    assert found == 24_000
    assert int(np.argmax(np.abs(samples) > 0.5)) == pytest.approx(float(before / rate) * 24_000 + 12_000, abs=1)
    assert len(samples) == round((before + 30) / rate * 24_000)


@pytest.mark.parametrize(
    ("scenes", "field", "said"),
    [
        (({"text": "Hello."}, {}), "scenes.1", "scene 2: there is nothing to say"),
        (({"text": "Hello.", "prompt": "Say hello"},), "scenes.0", "both given"),
        (({"text": "Hello.", "avatr": "x"},), "scenes.0.avatr", "no field"),
        (({"text": "Hello.", "speed": 9},), "scenes.0.speed", "speed is 9"),
        (({"silence": 0},), "scenes.0.silence", "silence is 0"),
        (({"text": "Hello."},) * 51, "scenes", "50"),
    ],
)
def test_a_bad_scene_is_named(scenes: Any, field: str, said: str) -> None:
    with pytest.raises(BadInput) as error:
        VideoRequest(scenes=scenes)
    assert error.value.field == field
    assert said in str(error.value).replace("Scene", "scene")


def test_a_face_that_does_not_exist_is_known_before_anything_is_made(tmp_path: Path) -> None:
    from heygen_studio.service.check import check

    wrong = request(scenes=(SCENES[0], Scene(text="Hello.", avatar="nobody")))
    with pytest.raises(BadInput, match=r"Scene 2.*nobody") as error:
        check(wrong)
    assert error.value.field == "scenes.1.avatar"
    with pytest.raises(BadInput, match="Scene 2"):
        Studio(in_folder(tmp_path)).render(wrong)


def test_scenes_survive_json() -> None:
    assert VideoRequest.model_validate_json(request().model_dump_json()) == request()


def test_captions_on_the_picture_follow_the_words(tmp_path: Path) -> None:
    studio = Studio(in_folder(tmp_path))
    plain, burned = (studio.render(VideoRequest(**{**SMALL, "text": "Good morning, Ann.", "captions": on})) for on in (False, True))
    assert plain.srt.read_bytes() == burned.srt.read_bytes()
    differ = [
        np.abs(one.astype(int) - other).max(2) > 40 for one, other in zip(read_frames(plain.path), read_frames(burned.path), strict=True)
    ]
    shown = [frame.any() for frame in differ]
    start, end = (float(stamp.replace(",", ".")) for stamp in re.findall(r"00:00:(\d+,\d+)", plain.srt.read_text(encoding="utf-8")))
    assert [i for i, there in enumerate(shown) if there] == [i for i in range(len(shown)) if start <= (i + 0.5) / 25 < end]
    assert not np.any(differ, axis=0)[:150].any()  # the face is as it was

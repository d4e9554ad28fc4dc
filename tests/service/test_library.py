"""The library: what is on the disk is what is there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from forked_cli import run_forked
from PIL import Image

from heygen_studio import BadInput, Event, OutputError, Settings, Studio, Video
from heygen_studio.service.library import Library
from heygen_studio.stages import StageStore, discard, new_file

from .conftest import leftovers, small


@pytest.fixture
def library(place: Settings) -> Library:
    return Library(place)


def stages(place: Settings) -> set[str]:
    return {f"{path.parent.name}/{path.name}" for path in place.stages.glob("*/*")}


def copies(video: Video, count: int) -> list[Path]:
    """More results, without the wait: copies of one under other names."""
    folders = [video.folder.with_name(f"{n:032x}") for n in range(count)]
    for folder in folders:
        shutil.copytree(video.folder, folder)
    return folders


def test_results_tell_what_was_made(studio: Studio, library: Library) -> None:
    assert library.results() == []
    before = time.time()
    first = studio.render(small("Hello Ann.", title="Greeting"))
    second = studio.render(small("Hello Bob.", width=256))
    newest, oldest = library.results()
    assert (newest.id, oldest.id) == (second.folder.name, first.folder.name)
    assert (oldest.title, newest.title) == ("Greeting", "Hello Bob.")
    assert (newest.width, newest.height) == (256, 128)
    assert newest.duration == pytest.approx(second.duration, abs=0.05)
    assert before - 1 < oldest.created <= newest.created <= time.time() + 1
    assert newest.size == sum(file.stat().st_size for file in second.folder.iterdir())
    assert library.get(newest.id) == newest and newest.video == second.path


def test_1000_results_are_listed_quickly_by_the_index_which_never_lies(studio: Studio, library: Library, place: Settings) -> None:
    folders = copies(studio.render(small("Hello.")), 1000)
    assert len(library.results()) == 1001
    started = time.monotonic()
    assert len(Library(place).results()) == 1001
    assert time.monotonic() - started < 0.5
    shutil.rmtree(folders[0])
    request = json.loads((folders[1] / "request.json").read_text())
    (folders[1] / "request.new").write_text(json.dumps({**request, "title": "Changed"}))
    os.replace(folders[1] / "request.new", folders[1] / "request.json")
    seen = {result.id: result.title for result in library.results()}
    assert folders[0].name not in seen and seen[folders[1].name] == "Changed"
    for damage in (b"", b"[]", b'{"version": 1, "rows": {"x": 3}}', b"\xff"):
        (place.data / "library.json").write_bytes(damage)
        assert {result.id: result.title for result in library.results()} == seen
    (place.data / "library.json").unlink()
    assert {result.id: result.title for result in Library(place).results()} == seen


def test_results_are_found_by_words_of_title_and_text(studio: Studio, library: Library) -> None:
    cafe = studio.render(small("Meet me at the Café. It opens at nine.", title="Ｇreeting for Ann")).folder.name
    wall = studio.render(small("The wall is long.", title="介绍长城")).folder.name
    found = {search: {result.id for result in library.results(search)} for search in ("CAFE", "nine ann", "长城", "ann wall", " ", "*")}
    assert found == {"CAFE": {cafe}, "nine ann": {cafe}, "长城": {wall}, "ann wall": set(), " ": {cafe, wall}, "*": set()}


def test_a_thumbnail_is_made_once_and_shows_the_video(studio: Studio, library: Library) -> None:
    video = studio.render(small("Hello, and a good morning.", width=512, height=256))
    path = library.thumbnail(video.folder.name)
    with Image.open(path) as picture:
        assert (picture.format, picture.size) == ("JPEG", (320, 160))
        assert np.asarray(picture).std() > 20  # not one colour
    made = path.stat().st_mtime_ns
    assert library.thumbnail(video.folder.name) == path and path.stat().st_mtime_ns == made
    assert leftovers(video.folder) == []
    path.unlink()
    for damage in (b"", b"no video at all"):
        video.path.write_bytes(damage)
        with pytest.raises(BadInput, match=r"video\.mp4"):
            library.thumbnail(video.folder.name)
    video.path.unlink()
    with pytest.raises(BadInput, match=r"video\.mp4"):
        library.thumbnail(video.folder.name)
    with pytest.raises(BadInput, match="no result"):
        library.thumbnail("../stages")


def test_a_damaged_result_is_shown_and_can_be_deleted(studio: Studio, library: Library) -> None:
    video = studio.render(small("Hello."))
    (video.folder / "report.json").write_text("{")
    (damaged,) = library.results()
    assert "cannot be read" in damaged.fault
    library.delete(damaged.id)
    assert library.results() == []


def test_what_others_delete_meanwhile_is_left_out(
    studio: Studio, library: Library, place: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = studio.render(small("Hello."))
    found = library._folders

    def with_one_that_is_gone() -> Iterator[tuple[Path, int]]:
        yield from found()
        yield place.library / ("0" * 32), 1

    monkeypatch.setattr(library, "_folders", with_one_that_is_gone)
    stopping = threading.Event()

    def come_and_go() -> None:
        while not stopping.is_set():
            with new_file(video.folder / "sheet.jpg") as part:
                part.write_bytes(b"x")

    thread = threading.Thread(target=come_and_go)
    thread.start()
    try:
        for _ in range(200):
            assert [result.id for result in library.results()] == [library.get(video.folder.name).id]
    finally:
        stopping.set()
        thread.join()


@pytest.mark.parametrize("id", ["", ".", "..", "../stages", "/etc", "a" * 32, "A" * 32, "a" * 32 + "\n", "../library/" + "a" * 32, "\0"])
def test_ids_reach_nothing_else(library: Library, place: Settings, tmp_path: Path, id: str) -> None:
    (place.library).mkdir(parents=True)
    kept = place.data / "stages" / "kept"
    kept.mkdir(parents=True)
    for ask in (library.get, library.delete, lambda id: library.export(id, tmp_path / "x.zip")):
        with pytest.raises(BadInput, match="no result"):
            ask(id)
    assert kept.is_dir() and not (tmp_path / "x.zip").exists()


def test_a_forged_report_reaches_nothing_else(studio: Studio, library: Library, place: Settings) -> None:
    video = studio.render(small("Hello."))
    (place.data / "kept").mkdir()
    report = json.loads((video.folder / "report.json").read_text())
    report["stages"] = {"script": {"key": "../../kept"}, "../kept": {"key": "a" * 32}, "..": {"key": "kept"}}
    (video.folder / "report.json").write_text(json.dumps(report))
    library.delete(video.folder.name)
    assert (place.data / "kept").is_dir() and library.results() == []


def test_a_link_out_of_the_library_is_not_followed(library: Library, place: Settings, tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "file").write_text("mine")
    place.library.mkdir(parents=True)
    (place.library / ("a" * 32)).symlink_to(tmp_path / "private")
    with pytest.raises(BadInput):
        library.delete("a" * 32)
    assert library.results() == [] and (tmp_path / "private" / "file").exists()


def test_delete_leaves_nothing_of_a_result_and_all_of_the_others(studio: Studio, library: Library, place: Settings) -> None:
    ann, bob = studio.render(small("Hello Ann.")), studio.render(small("Hello Bob."))
    shared = ann.report["stages"]["portrait"]["key"]
    library.delete(ann.folder.name)
    assert not ann.folder.exists()
    left = stages(place)
    assert f"portrait/{shared}" in left
    assert {f"{stage}/{made['key']}" for stage, made in bob.report["stages"].items() if stage != "video"} == left
    assert bob.path.is_file() and [result.id for result in library.results()] == [bob.folder.name]
    library.delete(bob.folder.name)
    assert stages(place) == set() and leftovers(place.data) == []
    assert b"Hello" not in b"".join(file.read_bytes() for file in place.data.rglob("*") if file.is_file())


def test_what_a_running_render_uses_is_not_pruned(studio: Studio, library: Library) -> None:
    pruned = []

    def listen(event: Event) -> None:
        if event.stage == "video" and not pruned:
            pruned.append(library.prune(keep_days=0, max_bytes=0))

    video = studio.render(small("Hello."), on_event=listen)
    assert pruned[0].kept_in_use == 4 and pruned[0].stages == 0
    assert video.path.is_file()
    again = library.prune(max_bytes=0)
    assert (again.results, again.stages, again.kept_in_use) == (1, 4, 0)
    assert studio.render(small("Hello.")).path.is_file()


def test_old_things_go_and_used_ones_stay(studio: Studio, library: Library, place: Settings) -> None:
    old, new = studio.render(small("Hello Ann.")), studio.render(small("Hello Bob."))
    ten_days_ago = time.time() - 10 * 86_400
    os.utime(old.folder / "report.json", (ten_days_ago, ten_days_ago))
    for folder in place.stages.glob("*/*"):
        os.utime(folder, (ten_days_ago, ten_days_ago))
    studio.render(small("Hello Bob."))  # makes nothing, but uses its stages
    (old.folder / "touched").write_text("")  # a folder that changed is read again
    pruned = library.prune(keep_days=5)
    assert (pruned.results, pruned.stages) == (1, 3)  # the portrait is used by both
    assert [result.id for result in library.results()] == [new.folder.name]
    assert library.prune(keep_days=5) == type(pruned)(0, 0, 0, 0)


@pytest.mark.parametrize("limit", [{"keep_days": -1.0}, {"keep_days": float("nan")}, {"max_bytes": -1.0}, {"max_bytes": float("nan")}])
def test_a_retention_that_is_no_number_from_0_on_removes_nothing(studio: Studio, library: Library, limit: dict[str, float]) -> None:
    studio.render(small("Hello."))
    with pytest.raises(BadInput, match="number from 0 on"):
        library.prune(**limit)
    assert len(library.results()) == 1


def test_a_limit_takes_finished_stages_before_results_and_the_oldest_first(studio: Studio, library: Library, place: Settings) -> None:
    folders = copies(studio.render(small("Hello.")), 4)
    for age, folder in enumerate(folders):
        os.utime(folder / "report.json", (1_000_000 - age, 1_000_000 - age))
    size = library.get(folders[0].name).size
    pruned = library.prune(max_bytes=3 * size + size // 2)
    assert pruned.stages == 4 and pruned.results == 2
    assert sum(file.stat().st_size for file in place.data.rglob("*") if file.is_file() and file.parent != place.data) <= 3.5 * size
    assert not folders[3].exists() and not folders[2].exists() and folders[0].exists()
    with pytest.raises(BadInput):
        library.prune(max_bytes=-1)


def test_what_killed_renders_left_is_pruned(library: Library, place: Settings) -> None:
    for folder in (place.library, place.stages / "speech"):
        (folder / ".abc-left").mkdir(parents=True)
    library.prune(keep_days=1)
    assert leftovers(place.data) == []


def test_the_command_line_lists_exports_prunes_and_deletes(studio: Studio, place: Settings, tmp_path: Path) -> None:
    id = studio.render(small("Hello.")).folder.name

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "HEYGEN_STUDIO_DATA": str(place.data)}
        return run_forked(["library", *arguments], tmp_path, environment, timeout=60)

    assert [row["id"] for row in json.loads(run("list", "--json", "--search", "hello").stdout)] == [id]
    assert run("export", id, str(tmp_path / "out.zip")).returncode == 0 and zipfile.is_zipfile(tmp_path / "out.zip")
    assert json.loads(run("prune", "--keep-days", "1", "--max-mb", "100", "--json").stdout)[0]["results"] == 0
    refused = run("prune")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert run("delete", id).returncode == 0 and not (place.library / id).exists()


def test_export_packs_every_file(studio: Studio, library: Library, tmp_path: Path) -> None:
    video = studio.render(small("Hello."))
    library.export(video.folder.name, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.testzip() is None
        packed = {Path(name).name: archive.read(name) for name in archive.namelist()}
    assert packed == {file.name: file.read_bytes() for file in video.folder.iterdir()}
    with pytest.raises(OutputError, match="missing"):
        library.export(video.folder.name, tmp_path / "missing" / "out.zip")
    assert leftovers(tmp_path) == []


def test_a_discarded_stage_is_made_again_and_a_held_one_stays(tmp_path: Path) -> None:
    def make(folder: Path) -> None:
        (folder / "file").write_text("made")

    with StageStore(tmp_path) as store:
        folder, reused = store.folder("script", "k", make)
        assert not reused and not discard(folder) and folder.is_dir()
    assert discard(folder) and not folder.exists() and discard(folder)
    with StageStore(tmp_path) as store:
        assert store.folder("script", "k", make) == (folder, False)
        assert store.folder("script", "k", make) == (folder, True)
    assert leftovers(tmp_path) == []

"""Batches of real, tiny renders."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from forked_cli import run_forked

from heygen_studio import BadInput, Cancel, Cancelled, Event, OutputError, Studio, VideoRequest
from heygen_studio.service.batch import run_batch
from heygen_studio.service.many import Outcome
from heygen_studio.service.rows import read_rows
from heygen_studio.video.probe import probe

from .conftest import SMALL, StopAtVideo, leftovers, small


def table(path: Path, rows: list[dict[str, Any]]) -> Path:
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_outcomes_arrive_as_they_finish_and_a_bad_one_stops_nobody(studio: Studio) -> None:
    requests = [small("One."), small("Two.", voice="nobody"), small("Three.", avatar="nobody"), small("Four.")]
    events: dict[int, set[str]] = {}

    def listen(index: int, event: Event) -> None:
        events.setdefault(index, set()).add(event.stage)

    outcomes = {outcome.index: outcome for outcome in studio.render_many(requests, workers=2, on_event=listen)}
    assert sorted(outcomes) == [0, 1, 2, 3]
    assert [bool(outcomes[index].video) for index in range(4)] == [True, False, False, True]
    assert "'nobody'" in outcomes[1].error and "'nobody'" in outcomes[2].error
    assert events[0] == events[3] == {"script", "speech", "portrait", "motion", "video"}
    prepared = [outcomes[index].video.report["stages"]["portrait"]["reused"] for index in (0, 3)]
    assert prepared.count(False) <= 1  # they share it, and one of them, or a bad one, prepared it


def test_requests_are_not_taken_before_there_is_room(studio: Studio) -> None:
    taken: list[int] = []

    def endless() -> Any:
        while True:
            taken.append(1)
            yield small("...")  # fails at once

    outcomes = studio.render_many(endless(), workers=2)
    for _ in range(5):
        next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    assert len(taken) <= 5 + 2


def test_no_workers(studio: Studio) -> None:
    with pytest.raises(BadInput, match="0 workers"):
        studio.render_many([], workers=0)


def test_cancel_stops_all_within_a_second(studio: Studio) -> None:
    stop = StopAtVideo()
    with pytest.raises(Cancelled):
        films = [small(f"This is film {n} of a few.") for n in range(4)]
        list(studio.render_many(films, workers=2, on_event=stop, cancel=stop.cancel))
    assert time.monotonic() - stop.asked < 1
    assert leftovers(studio.settings.data) == []


def test_a_worker_that_is_killed_costs_no_video(studio: Studio, tmp_path: Path) -> None:
    requests = [small("This one is unlucky once. " * 3), small("Two.")]
    expected = Studio(replace(studio.settings, data=tmp_path / "other")).render(requests[0]).path.read_bytes()
    outcomes = killing(studio, requests, {0: 1})
    assert outcomes[0].video and outcomes[0].video.path.read_bytes() == expected
    assert outcomes[1].video


@pytest.mark.slow
def test_a_request_that_kills_three_workers_costs_only_its_own_video(studio: Studio) -> None:
    outcomes = killing(studio, [small("This one kills its workers. " * 3), small("Two.")], {0: 3})
    assert outcomes[0].video is None and "died 3 times" in outcomes[0].error
    assert outcomes[1].video


def killing(studio: Studio, requests: list[VideoRequest], lives: dict[int, int]) -> dict[int, Outcome]:
    """The outcomes of the requests by their index; lives: how often the process that encodes a request's video is killed."""

    def kill(index: int, event: Event) -> None:
        if event.stage != "video" or not 0 < event.fraction < 1 or not lives.get(index):
            return
        for worker in children(os.getpid()):
            encoders = [command_of(child) for child in children(worker) if f"file:{studio.settings.data}" in command_of(child)]
            if any(requests[index].text[:20] in command for command in encoders):  # it is the title
                lives[index] -= 1
                os.kill(worker, signal.SIGKILL)

    outcomes = {outcome.index: outcome for outcome in studio.render_many(requests, workers=2, on_event=kill)}
    assert sorted(outcomes) == list(range(len(requests))) and not any(lives.values())
    assert [pid for pid in children(os.getpid()) if "process_worker" in command_of(pid)] == []
    return outcomes


@pytest.mark.parametrize(("how", "within"), [(signal.SIGINT, 1.5), pytest.param(signal.SIGKILL, 5.0, marks=pytest.mark.slow)])
def test_nothing_runs_on_when_a_batch_is_stopped(tmp_path: Path, how: signal.Signals, within: float) -> None:
    rows = [{"output": f"v{n}", "text": f"This is film number {n}. " * 20, **SMALL} for n in range(3)]
    command = [sys.executable, "-m", "heygen_studio", "batch", str(table(tmp_path / "jobs.csv", rows)), "--out", str(tmp_path / "out")]
    data = tmp_path / "data"
    batch = subprocess.Popen([*command, "--workers", "2"], env={**os.environ, "HEYGEN_STUDIO_DATA": str(data)}, stdout=subprocess.DEVNULL)
    workers: list[int] = []
    while not list(data.glob("library/.*")):
        assert batch.poll() is None
        workers, _ = children(batch.pid), time.sleep(0.02)
    asked = time.monotonic()
    batch.send_signal(how)
    code = batch.wait(5)
    while any(Path(f"/proc/{pid}").exists() for pid in workers):
        time.sleep(0.02)
    assert time.monotonic() - asked < within and len(workers) == 2
    assert code == (130 if how == signal.SIGINT else -how)
    assert leftovers(tmp_path) == []


def children(pid: int) -> list[int]:
    """The child processes of a process; none if it has ended."""
    with suppress(OSError):
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return []


def command_of(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    return ""


def test_50_rows_of_which_3_are_bad(studio: Studio, tmp_path: Path) -> None:
    rows = [{"output": f"v{n}", "text": "Hello {name}.", "name": ("Ann", "Bob")[n % 2], **SMALL} for n in range(50)]
    rows[6]["voice"], rows[20]["name"], rows[49]["width"] = "nobody", "", 127
    report = run_batch(studio, read_rows(table(tmp_path / "jobs.csv", rows)), tmp_path / "out", workers=2)
    assert (report.count("done"), report.count("refused"), report.exit_code) == (47, 3, 1)
    bad = [(row.row, row.field) for row in report.rows if row.state == "refused"]
    assert bad == [(7, "voice"), (21, "text"), (50, "width")]
    assert len(list((tmp_path / "out").glob("*.mp4"))) == 47
    assert json.loads((tmp_path / "out" / "batch.json").read_text())["done"] == 47
    assert leftovers(tmp_path) == []


def test_strict_renders_nothing_if_a_row_is_bad(studio: Studio, tmp_path: Path) -> None:
    rows = read_rows(table(tmp_path / "jobs.csv", [{"text": "Hello.", **SMALL}, {"text": "Hello.", **SMALL, "voice": "nobody"}]))
    with pytest.raises(BadInput, match=r"1 of 2 rows .* row 2, voice"):
        run_batch(studio, rows, tmp_path / "out", strict=True)
    assert not (tmp_path / "out").exists()


def test_resume_skips_what_is_there_and_remakes_what_changed(studio: Studio, tmp_path: Path) -> None:
    jobs, folder = tmp_path / "jobs.csv", tmp_path / "out"
    rows = [{"output": name, "text": f"Hello {name}.", **SMALL} for name in ("ann", "bob", "eve", "joe")]
    assert run_batch(studio, read_rows(table(jobs, rows)), folder).exit_code == 0
    journal = folder / "batch.jsonl"
    journal.write_text(journal.read_text()[:-9])  # as a killed run leaves it: joe's line is not finished
    (folder / "bob.mp4").write_bytes(b"damaged")
    rows[2]["text"] = "Goodbye Eve."
    states = {row.output: row.state for row in run_batch(studio, read_rows(table(jobs, rows)), folder, resume=True).rows}
    assert states == {"ann.mp4": "skipped", "bob.mp4": "done", "eve.mp4": "done", "joe.mp4": "done"}
    assert "Goodbye" in (folder / "eve.srt").read_text()
    assert probe(folder / "bob.mp4").frames > 10
    again = run_batch(studio, read_rows(jobs), folder, resume=True)
    assert (again.count("skipped"), again.exit_code) == (4, 0)


def test_two_batches_do_not_share_a_folder_and_what_a_killed_one_was_copying_goes(studio: Studio, tmp_path: Path) -> None:
    rows = read_rows(table(tmp_path / "jobs.csv", [{"text": "Hello.", **SMALL}]))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".1.mp4.99.part").write_bytes(b"half")
    errors = []

    def try_another(row: object) -> None:
        with pytest.raises(OutputError) as said:
            run_batch(studio, rows, tmp_path / "out")
        errors.append(str(said.value))

    assert run_batch(studio, rows, tmp_path / "out", on_row=try_another).exit_code == 0
    assert "Another batch" in errors[0] and leftovers(tmp_path) == []


def test_a_cancelled_batch_says_what_was_not_run(studio: Studio, tmp_path: Path) -> None:
    cancel = Cancel()
    rows = read_rows(table(tmp_path / "jobs.csv", [{"text": f"This is row {n}.", **SMALL} for n in range(3)]))
    report = run_batch(studio, rows, tmp_path / "out", on_row=lambda row: cancel.cancel(), cancel=cancel)
    assert [row.state for row in report.rows] == ["done", "not run", "not run"]
    assert report.exit_code == 1


def test_the_command_line_and_its_exit_codes(tmp_path: Path) -> None:
    good = {"output": "ann", "text": "Hello {name}.", "name": "Ann", **SMALL}
    bad = {**good, "output": "bob", "voice": "nobody"}
    files = {
        "good.csv": ([good], 0),
        "some.csv": ([good, bad], 1),
        "none.csv": ([bad], 2),
    }
    for name, (rows, code) in files.items():
        for_programs = name != "none.csv"
        said = batch(tmp_path, table(tmp_path / name, rows), "--resume", *(["--json"] if for_programs else []))
        assert said.returncode == code, said.stderr
        if for_programs:
            states = [row["state"] for row in json.loads(said.stdout)["rows"]]
            assert states == {0: ["done"], 1: ["skipped", "refused"]}[code]
        else:
            assert "bob.mp4" in said.stdout and "nobody" in said.stdout
        assert "Traceback" not in said.stderr
    (tmp_path / "bad.csv").write_text("text\n")
    said = batch(tmp_path, tmp_path / "bad.csv")
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (2, "", 1)


@pytest.mark.slow
def test_a_killed_batch_is_resumed(studio: Studio, tmp_path: Path) -> None:
    rows = [{"output": f"v{n}", "text": f"This is film number {n}.", **SMALL} for n in range(12)]
    jobs = table(tmp_path / "jobs.csv", rows)
    command = [sys.executable, "-m", "heygen_studio", "batch", str(jobs), "--out", str(tmp_path / "out"), "--workers", "2"]
    process = subprocess.Popen(command, env={**os.environ, "HEYGEN_STUDIO_DATA": str(tmp_path / "killed")})
    while not list((tmp_path / "out").glob("*.mp4")):
        time.sleep(0.05)
        assert process.poll() is None
    process.kill()
    process.wait()
    there = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*.mp4")}
    assert 0 < len(there) < 12
    said = batch(tmp_path, jobs, "--resume", "--json")
    assert said.returncode == 0, said.stderr
    report = json.loads(said.stdout)
    assert report["skipped"] >= len(there) - 2 and report["done"] + report["skipped"] == 12
    for number, row in enumerate(rows):
        undisturbed = studio.render(small(str(row["text"])))
        assert (tmp_path / "out" / f"v{number}.mp4").read_bytes() == undisturbed.path.read_bytes()
    assert leftovers(tmp_path / "out") == []


def batch(folder: Path, jobs: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HEYGEN_STUDIO_DATA": str(folder / "data")}
    return run_forked(["batch", str(jobs), "--out", str(folder / "out"), *options], folder, environment, timeout=120)

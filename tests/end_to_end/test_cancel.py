"""A render stops within a second of being cancelled, wherever it is, and leaves nothing half-written."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from small_films import SMALL, Cli, command_line, environment, in_folder, leftovers, prepared_folder

from heygen_studio import Cancel, Cancelled, Event, Studio, VideoRequest

LONG = "This is a rather long text for such a small film. It has three sentences. Nobody will ever hear all of them."


def check_stopped(data: Path) -> None:
    assert leftovers(data) == []
    assert not (data / "library").exists() or list((data / "library").iterdir()) == []


@pytest.mark.parametrize(
    ("stage", "request_"),
    [
        ("script", VideoRequest(prompt="Say hello", writer="gguf:smollm2-135m", seconds=20, **SMALL)),
        ("speech", VideoRequest(text=LONG, **SMALL)),
        ("portrait", VideoRequest(text=LONG, **SMALL)),
        ("motion", VideoRequest(text=LONG, **SMALL)),
        ("video", VideoRequest(text=LONG, **SMALL)),
    ],
)
def test_cancel_in_every_stage(tmp_path: Path, stage: str, request_: VideoRequest) -> None:
    cancel, asked = Cancel(), 0.0
    where = in_folder(tmp_path) if stage == "portrait" else prepared_folder(tmp_path)

    def listen(event: Event) -> None:
        nonlocal asked
        if event.stage == stage and not cancel.cancelled:
            asked = time.monotonic()
            cancel.cancel()

    with pytest.raises(Cancelled):
        Studio(where).render(request_, on_event=listen, cancel=cancel)
    assert time.monotonic() - asked < 1
    check_stopped(tmp_path)


@pytest.mark.parametrize("delay", [0.05, 0.3, 0.7, 1.2, 2.0])
def test_cancel_at_any_moment(tmp_path: Path, delay: float) -> None:
    """From another thread, as the web app does."""
    cancel, asked = Cancel(), 0.0

    def stop() -> None:
        nonlocal asked
        asked = time.monotonic()
        cancel.cancel()

    timer = threading.Timer(delay, stop)
    timer.start()
    with pytest.raises(Cancelled):
        Studio(in_folder(tmp_path)).render(VideoRequest(text=LONG * 20, **SMALL), cancel=cancel)
    assert time.monotonic() - asked < 1
    check_stopped(tmp_path)


def test_cancel_a_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from heygen_studio.settings import settings
    from heygen_studio.weights import fetch

    monkeypatch.setenv("HEYGEN_STUDIO_CACHE", str(tmp_path))
    settings.cache_clear()
    cancel, asked = Cancel(), 0.0

    def listen(event: Event) -> None:
        nonlocal asked
        asked = asked or time.monotonic()
        cancel.cancel()

    try:
        with pytest.raises(Cancelled):
            fetch("portrait-astronaut", on_event=listen, cancel=cancel)
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert time.monotonic() - asked < 1
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert leftovers(tmp_path) == []


def test_control_c(cli: Cli, tmp_path: Path) -> None:
    here = tmp_path / "here"
    prepared_folder(tmp_path / "data")
    (here / "long.txt").write_text(LONG * 5)
    command = command_line("render", "--text-file", "long.txt", "--voice", "hibari:heart", "--size", "256x256", "-o", "film.mp4")
    process = subprocess.Popen(command, cwd=here, env=environment(tmp_path / "data"), stderr=subprocess.PIPE, text=True)
    assert wait_for_the_encoder(tmp_path / "data", process)
    os.kill(process.pid, signal.SIGINT)
    asked = time.monotonic()
    _, said = process.communicate(timeout=20)
    assert time.monotonic() - asked < 2  # the interpreter needs some time to close
    assert process.returncode == 130
    assert "Traceback" not in said
    assert said.strip().splitlines()[-1].startswith("Cancelled")
    assert [path.name for path in here.iterdir()] == ["long.txt"]
    check_stopped(tmp_path / "data")


def test_a_killed_render_goes_on_after_its_last_finished_stage(cli: Cli, tmp_path: Path) -> None:
    here, data = tmp_path / "here", tmp_path / "data"
    (here / "long.txt").write_text(LONG)
    arguments = ("render", "--text-file", "long.txt", "--voice", "hibari:heart", "--size", "256x256", "-o", "film.mp4", "--json")
    process = subprocess.Popen(command_line(*arguments), cwd=here, env=environment(data), stdout=subprocess.DEVNULL)
    assert wait_for_the_encoder(data, process)
    process.kill()
    process.wait()
    assert [path.name for path in here.iterdir()] == ["long.txt"]
    before = {path: path.stat().st_mtime_ns for path in (data / "stages").rglob("*") if path.is_file()}
    assert {path.name for path in before} >= {"script.json", "speech.wav", "portrait.npz", "motion.npz"}

    said = cli(*arguments)
    assert said.returncode == 0, said.stderr
    assert {path: path.stat().st_mtime_ns for path in (data / "stages").rglob("*") if path.is_file()} == before
    assert (here / "film.mp4").is_file()
    assert leftovers(data) == []

    undisturbed = Studio(in_folder(tmp_path / "other")).render(VideoRequest(text=LONG, voice="hibari:heart", width=256, height=256))
    assert (here / "film.mp4").read_bytes() == undisturbed.path.read_bytes()


def wait_for_the_encoder(data: Path, process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> bool:
    """Wait until the process is in the middle of the video stage."""
    while process.poll() is None:
        if any(part.stat().st_size for part in data.glob("library/*/.video.mp4.part")):
            return True
        time.sleep(0.02)
    return False

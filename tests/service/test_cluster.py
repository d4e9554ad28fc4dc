"""Renders on a real Ray cluster: several nodes, started on this machine, each with a data folder of its own."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from heygen_studio import Cancelled, Event, Settings, Studio, VideoRequest
from heygen_studio.errors import EngineUnavailable
from heygen_studio.service import cluster as module
from heygen_studio.service import ray_worker
from heygen_studio.settings import settings
from heygen_studio.weights import fetch

from .conftest import SMALL, StopAtVideo, leftovers, small

#: Bytes of a node's object store: small, so that a video which would need more in one piece is noticed.
STORE = 80_000_000


@dataclass
class Nodes:
    """A cluster and the data folders of its nodes."""

    cluster: Any
    folder: Path
    names: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return str(self.cluster.address)

    def add(self) -> Any:
        name = f"node{len(self.names)}"
        self.names.append(name)
        # Whatever else this machine's memory is used for, the node offers enough for a worker and does not kill it.
        environment = {"HEYGEN_STUDIO_DATA": str(self.folder / name), "RAY_memory_monitor_refresh_ms": "0"}
        size = {"num_cpus": 1, "memory": 2 * module.WORKER_BYTES, "object_store_memory": STORE}
        return self.cluster.add_node(**size, include_dashboard=False, env_vars=environment)

    def rendered(self) -> dict[str, int]:
        """How many results each node made."""
        return {name: len(list((self.folder / name / "cluster" / "library").glob("*"))) for name in self.names}


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RAY_USAGE_STATS_ENABLED", "0")
        from ray.cluster_utils import Cluster

        nodes = Nodes(Cluster(), tmp_path_factory.mktemp("nodes"))
        nodes.add()  # the head
        yield nodes
        nodes.cluster.shutdown()


def test_a_node_is_killed_and_every_request_has_its_one_video(
    nodes: Nodes, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    second = nodes.add()
    photo = tmp_path / "me.jpg"
    photo.write_bytes(fetch("portrait-hopper").read_bytes())
    requests = [small("A photo travels with its request.", avatar=str(photo)), small("Two.", voice="nobody"), small("Three.")]
    here = Studio(replace(settings(), data=tmp_path / "here"))
    expected = {index: here.render(requests[index]).path.read_bytes() for index in (0, 2)}
    killed_at = 0

    def read_once(path: Path) -> Iterator[bytes]:
        """The disk of this machine is not there for the nodes."""
        yield from ray_worker.pieces(path)
        path.unlink()

    def enough() -> Iterator[VideoRequest]:
        """Requests until some after the loss of the node."""
        yield from requests
        while not killed_at or len(requests) < killed_at + 3:
            requests.append(small(f"This is film number {len(requests)}, with some more words."))
            yield requests[-1]

    monkeypatch.setattr(module, "pieces", read_once)
    stages: dict[int, set[str]] = {}
    outcomes = []

    def listen(index: int, event: Event) -> None:
        stages.setdefault(index, set()).add(event.stage)

    outputs = (tmp_path / f"film{index}.mp4" for index in count())
    with caplog.at_level(logging.WARNING, module.__name__):
        for outcome in studio.render_many(enough(), outputs=outputs, cluster=nodes.address, on_event=listen):
            outcomes.append(outcome)
            if not killed_at and nodes.rendered()["node1"]:
                nodes.cluster.remove_node(second, allow_graceful=False)
                killed_at = len(requests)
    assert "was lost" in caplog.text and nodes.rendered()["node0"]
    assert Counter(outcome.index for outcome in outcomes) == dict.fromkeys(range(len(requests)), 1)
    (refused,) = [outcome for outcome in outcomes if outcome.video is None]
    assert (refused.index, refused.field) == (1, "voice") and "'nobody'" in refused.error
    assert all(stages[outcome.index] == {"script", "speech", "portrait", "motion", "video"} for outcome in outcomes if outcome.video)
    for index, video in expected.items():
        assert (tmp_path / f"film{index}.mp4").read_bytes() == video
    for outcome in outcomes:
        if outcome.video is not None:
            assert outcome.video.path == tmp_path / f"film{outcome.index}.mp4" and outcome.video.srt.is_file()
            assert outcome.video.folder.parent == studio.settings.library
            kept = json.loads((outcome.video.folder / "request.json").read_text())
            assert VideoRequest.model_validate(kept) == outcome.request
    assert leftovers(tmp_path) == leftovers(nodes.folder / "node0") == []


def test_cancel_stops_the_nodes_within_two_seconds(nodes: Nodes, studio: Studio) -> None:
    stop = StopAtVideo()
    with pytest.raises(Cancelled):
        list(studio.render_many([small("This is a long film. " * 30)] * 3, cluster=nodes.address, on_event=stop, cancel=stop.cancel))
    assert time.monotonic() - stop.asked < 2
    assert leftovers(studio.settings.data) == leftovers(nodes.folder / "node0") == []
    assert processes(f"file:{nodes.folder}") == []  # no ffmpeg


def processes(word: str) -> list[int]:
    """The processes whose command line holds ``word``."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if word.encode() in (process / "cmdline").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue
    return found


def test_a_node_with_other_code_does_not_render(nodes: Nodes, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "code_hash", lambda: "other")
    with pytest.raises(EngineUnavailable, match="another version"):
        list(studio.render_many([small("Hello.")], cluster=nodes.address, workers=1))


def test_a_cluster_that_has_gone_is_told_at_once(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    (tmp_path / "ray").mkdir()
    (tmp_path / "ray" / "ray_current_cluster").write_text("127.0.0.1:1")
    with pytest.raises(EngineUnavailable, match=r"'auto' .*refused"):
        list(studio.render_many([small("Hello.")], cluster="auto"))


@pytest.mark.parametrize("address", ["127.0.0.1:1", "127.0.0.1", "127.0.0.1:port", "nowhere.invalid:6379", "ray://127.0.0.1:1", ""])
def test_no_cluster_is_told_in_one_sentence_at_once(studio: Studio, address: str) -> None:
    asked = time.monotonic()
    with pytest.raises(EngineUnavailable, match="no Ray cluster") as told:
        list(studio.render_many([small("Hello.")], cluster=address))
    assert "\n" not in str(told.value) and time.monotonic() - asked < 6


def test_files_are_cut_into_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_worker, "PIECE", 4)
    for content, expected in ((b"", [b""]), (b"abc", [b"abc"]), (b"abcd", [b"abcd", b""]), (b"abcdefghi", [b"abcd", b"efgh", b"i"])):
        (tmp_path / "file").write_bytes(content)
        assert list(ray_worker.pieces(tmp_path / "file")) == expected


@pytest.mark.slow
def test_a_batch_by_command_line_with_a_recording_and_a_large_photo(nodes: Nodes, place: Settings, tmp_path: Path) -> None:
    shutil.copyfile(Studio(place).render(small("I was recorded before.")).wav, tmp_path / "take.wav")
    rows = [
        {"output": "ann", "text": "Hello {name}.", "name": "Ann", **SMALL},
        {"output": "take", "audio": "take.wav", "text": "I was recorded before.", "width": 128, "height": 128},
        {"output": "bad", "text": "Hello.", **SMALL, "voice": "nobody"},
        {"output": "large", "text": "This photo travels in pieces.", "avatar": "large.png", **SMALL},
    ]
    face = Image.open(fetch("portrait-hopper")).convert("RGB").resize((2400, 3000))
    noisy = np.asarray(face, np.int16) + np.random.default_rng(0).integers(-4, 5, (3000, 2400, 3))
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(tmp_path / "large.png", compress_level=1)
    assert (tmp_path / "large.png").stat().st_size > ray_worker.PIECE
    (tmp_path / "jobs.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    command = [sys.executable, "-m", "heygen_studio", "batch", str(tmp_path / "jobs.jsonl"), "--out", str(tmp_path / "out"), "--json"]
    command += ["--cluster", nodes.address]
    environment = {**os.environ, "HEYGEN_STUDIO_DATA": str(place.data)}
    said = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=500)
    assert said.returncode == 1, said.stderr
    assert [row["state"] for row in json.loads(said.stdout)["rows"]] == ["done", "done", "refused", "done"]
    assert "Traceback" not in said.stderr
    assert leftovers(tmp_path / "out") == []


@pytest.mark.slow
def test_closing_the_iterator_of_endless_requests_stops_everything(nodes: Nodes, studio: Studio) -> None:
    taken: list[int] = []

    def endless() -> Iterator[VideoRequest]:
        while True:
            taken.append(1)
            yield small(f"This is film number {len(taken)}, which has some words in it.")

    outcomes = studio.render_many(endless(), cluster=nodes.address)
    assert all(next(outcomes).video for _ in range(3))
    closed = time.monotonic()
    outcomes.close()  # type: ignore[attr-defined]
    assert time.monotonic() - closed < 5 and len(taken) <= 3 + len(nodes.names)
    assert leftovers(nodes.folder / "node0") == []


@pytest.mark.slow
def test_a_request_that_kills_its_workers_is_given_up_and_the_others_are_made(nodes: Nodes, studio: Studio) -> None:
    def kill(index: int, event: Event) -> None:
        if index == 0:
            for pid in processes("ray::RayWorker"):
                if environment_of(pid).get("HEYGEN_STUDIO_DATA", "").startswith(str(nodes.folder)):
                    os.kill(pid, signal.SIGKILL)

    outcomes = list(studio.render_many([small("One. " * 20), small("Two.")], cluster=nodes.address, workers=1, on_event=kill))
    assert {outcome.index: bool(outcome.video) for outcome in outcomes} == {0: False, 1: True}
    assert "died 3 times" in next(outcome.error for outcome in outcomes if outcome.index == 0)


def environment_of(pid: int) -> dict[str, str]:
    try:
        lines = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)

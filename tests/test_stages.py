"""Finished stages are found again; unfinished ones leave nothing."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heygen_studio import Cancel, stages
from heygen_studio.stages import StageStore, Turns, key, new_file, new_folder


def test_a_finished_stage_is_not_made_twice(tmp_path: Path) -> None:
    store, made = StageStore(tmp_path), []

    def make(folder: Path) -> None:
        made.append(1)
        (folder / "script.json").write_text("{}")

    first, reused = store.folder("script", "k", make)
    assert not reused
    assert store.folder("script", "k", make) == (first, True)
    assert made == [1]
    assert (first / "script.json").read_text() == "{}"


def test_a_failed_stage_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half.wav").write_bytes(b"half")
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        StageStore(tmp_path).folder("speech", "k", fail)
    assert list(tmp_path.rglob("*.wav")) == []
    assert list((tmp_path / "speech").iterdir()) == []


def test_threads_that_write_the_same_file_do_not_get_into_each_others_way(tmp_path: Path) -> None:
    target, together = tmp_path / ("n" * 255), threading.Barrier(2)

    def write(content: bytes) -> None:
        with new_file(target) as part:
            part.write_bytes(content)
            together.wait()
            assert part.read_bytes() == content

    with ThreadPoolExecutor(2) as pool:
        written = [pool.submit(write, content) for content in (b"one", b"other")]
    assert [each.exception() for each in written] == [None, None]
    assert target.read_bytes() in (b"one", b"other") and list(tmp_path.iterdir()) == [target]


def test_a_file_that_fails_leaves_the_one_before(tmp_path: Path) -> None:
    target = tmp_path / "kept.txt"
    target.write_text("before")
    with pytest.raises(RuntimeError, match="killed"), new_file(target) as part:
        part.write_text("half")
        raise RuntimeError("killed")
    assert target.read_text() == "before" and list(tmp_path.iterdir()) == [target]


def test_what_a_killed_process_left_is_removed_and_what_is_in_use_is_not(tmp_path: Path) -> None:
    abandoned = tmp_path / ".k-abandoned"
    abandoned.mkdir()
    (abandoned / "half.wav").write_bytes(b"half")
    with new_folder(tmp_path / "one") as one:
        assert not abandoned.exists()
        with new_folder(tmp_path / "two"):
            assert one.is_dir()
    assert {path.name for path in tmp_path.iterdir()} == {"one", "two"}


def test_processes_that_want_the_same_thing_take_turns(tmp_path: Path) -> None:
    """Locks of two processes are as those of two sets of turns in one."""
    ours, theirs, cancel = Turns(tmp_path / "turns"), Turns(tmp_path / "turns"), Cancel()
    order: list[str] = []

    def wait() -> None:
        with theirs.take("ab12", Cancel()):
            order.append("theirs")

    with ours.take("ab12", cancel):
        waiting = threading.Thread(target=wait)
        waiting.start()
        with theirs.take("cd34", cancel):  # another thing can be had at once
            order.append("another")
        time.sleep(0.2)
        order.append("ours")
    waiting.join()
    assert order == ["another", "ours", "theirs"]


def test_nobody_waits_for_ever_for_a_process_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "PATIENCE_S", 0.2)
    began = time.monotonic()
    with Turns(tmp_path).take("ab12", Cancel()), Turns(tmp_path).take("ab12", Cancel()):
        assert 0.2 <= time.monotonic() - began < 1


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=4))
def test_keys_depend_on_the_inputs_and_not_on_their_order(inputs: dict[str, int | str]) -> None:
    assert key(inputs=inputs) == key(inputs=dict(reversed(list(inputs.items()))))
    assert key(inputs=inputs) != key(inputs={**inputs, "another": 1, "input": 2})

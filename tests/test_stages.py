"""Finished stages are found again; unfinished ones leave nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heygen_studio.stages import StageStore, key


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


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=4))
def test_keys_depend_on_the_inputs_and_not_on_their_order(inputs: dict[str, int | str]) -> None:
    assert key(inputs=inputs) == key(inputs=dict(reversed(list(inputs.items()))))
    assert key(inputs=inputs) != key(inputs={**inputs, "another": 1, "input": 2})

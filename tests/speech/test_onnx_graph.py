"""The graph that is derived from a voice's model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from heygen_studio.settings import settings
from heygen_studio.speech import onnx_graph
from heygen_studio.weights import WEIGHTS, fetch, store

TENSOR = "/Clip_output_0"


@pytest.mark.parametrize("damage", [b"", b"half of a graph", None])
def test_a_damaged_graph_is_made_again_and_a_good_one_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes | None
) -> None:
    model, digest = fetch("hibari-heart"), WEIGHTS["hibari-heart"].sha256
    elsewhere = replace(settings(), cache=tmp_path)
    for module in (onnx_graph, store):
        monkeypatch.setattr(module, "settings", lambda: elsewhere)
    names = [output.name for output in onnx_graph.session_with(model, TENSOR, digest).get_outputs()]
    assert names[-1] == TENSOR
    (graph,) = (tmp_path / "speech").iterdir()
    content, made = graph.read_bytes(), graph.stat().st_mtime_ns
    onnx_graph.session_with(model, TENSOR, digest)
    assert graph.stat().st_mtime_ns == made
    graph.write_bytes(content[::-1] if damage is None else damage)
    assert [output.name for output in onnx_graph.session_with(model, TENSOR, digest).get_outputs()] == names
    assert graph.read_bytes() == content

"""Voices as ONNX graphs: a session that also returns an inner tensor (the durations)."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ..settings import settings, worker_threads
from ..weights.store import derived

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


def session_with(model: Path, tensor: str, digest: str) -> InferenceSession:
    """Open ``model`` with the inner float tensor ``tensor`` as an extra, last output.

    The changed graph is kept in the cache under ``digest`` (the sha256 of the model), because changing it costs more than
    opening it.
    """
    from onnxruntime import InferenceSession, SessionOptions

    changed = settings().cache / "speech" / f"{digest[:16]}-{tensor.strip('/').replace('/', '-')}.onnx"
    derived(changed, lambda: _add_output(model, tensor, changed))
    options = SessionOptions()
    options.intra_op_num_threads = worker_threads()
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # it would keep what the longest sentence took
    options.log_severity_level = 3
    return InferenceSession(str(changed), options, providers=["CPUExecutionProvider"])


def _add_output(model: Path, tensor: str, target: Path) -> None:
    import onnx

    graph = onnx.load(str(model))
    graph.graph.output.append(onnx.helper.make_tensor_value_info(tensor, onnx.TensorProto.FLOAT, None))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        staged = Path(folder) / target.name
        onnx.save(graph, str(staged))
        os.replace(staged, target)

"""A small neural network on the CPU."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from typing import Any

import numpy.typing as npt

#: An array whose type of numbers the docstring gives: OpenCV's own annotations leave it open.
Array = npt.NDArray[Any]


class Network:
    """A .tflite model on one thread, safe to call from several."""

    def __init__(self, model: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter

        with _without_greeting():
            self._interpreter = Interpreter(model_content=model, num_threads=1)
            self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._outputs = [detail["index"] for detail in self._interpreter.get_output_details()]
        self._lock = threading.Lock()

    def __call__(self, tensor: Array) -> list[Array]:
        with self._lock:
            self._interpreter.set_tensor(self._input, tensor)
            self._interpreter.invoke()
            return [self._interpreter.get_tensor(index) for index in self._outputs]


#: Two threads that turn stderr away at the same time would leave it so.
_QUIET = threading.Lock()


@contextlib.contextmanager
def _without_greeting() -> Iterator[None]:
    """TensorFlow Lite writes a line to the process's stderr when it starts and has no setting against it; errors are raised."""
    with _QUIET:
        stderr = os.dup(2)
        try:
            with open(os.devnull, "wb") as nowhere:
                os.dup2(nowhere.fileno(), 2)
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)

"""GGUF language models, offline, through llama.cpp (package xllamacpp) in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..errors import BadInput, EngineUnavailable, WeightsError
from ..input_file import user_path
from ..progress import Cancel, Cancelled, Event, OnEvent, interruptible
from ..settings import worker_threads
from ..weights import WEIGHTS, fetch
from .writer import Message, OnToken, holding, stream

TOP_P = 0.9
REPEAT_PENALTY = 1.05


class _Model:
    """A running `heygen_studio.script.llama` with its model loaded. Raises `WeightsError` or `EngineUnavailable` if it cannot load."""

    def __init__(self, path: Path, cancel: Cancel) -> None:
        self.path = path
        self._exchange = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "heygen_studio.script.llama", str(path), str(worker_threads())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        try:
            ready = interruptible(self._receive, cancel)
        except Cancelled:
            self.end()
            raise
        if "ready" not in ready:
            self.end()
            raise WeightsError(
                f"The language model {path.name} cannot be loaded: the file is damaged or of an unknown kind, or memory is short."
            )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        """Stop the process and free its memory."""
        self._process.kill()
        self._process.wait()

    def answer(self, request: dict[str, Any], push: OnToken) -> None:
        """Hand every piece of the model's answer to ``push``, until that returns True."""
        with self._exchange:  # a cancelled answer must have ended before the next begins
            self._send(json.dumps(request))
            stopping = False
            while True:
                message = self._receive()
                if "error" in message:
                    raise EngineUnavailable(f"The language model {self.path.name} refused the request: {message['error']}.")
                if "text" not in message:
                    break
                if push(message["text"]) and not stopping:
                    stopping = True
                    self._send("stop")
            if not message:
                raise EngineUnavailable(f"The language model {self.path.name} ended unexpectedly: perhaps the memory is too small for it.")

    def _send(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise EngineUnavailable(f"The language model {self.path.name} has ended unexpectedly: try again.") from error

    def _receive(self) -> dict[str, Any]:
        """The next message, empty if the process has ended."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return json.loads(line) if line else {}


class _Loaded:
    """The one model that this process keeps running, and the lock of whoever uses it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._model: _Model | None = None

    def load(self, path: Path, cancel: Cancel) -> _Model:
        """The model of the file, started if it does not run yet; another model is ended first."""
        if self._model is None or self._model.path != path or not self._model.alive:
            self.end()
            self._model = _Model(path, cancel)
        return self._model

    def end(self) -> None:
        """End the running model, if there is one."""
        if self._model is not None:
            self._model.end()
            self._model = None


_LOADED = _Loaded()


class GgufWriter:
    """Drafts with a loaded GGUF model. The prompt's beginning is computed once and reused by the following drafts."""

    def __init__(self, model: _Model) -> None:
        self._model = model
        self._first = True

    def draft(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        on_token: OnToken,
        cancel: Cancel,
    ) -> str:
        """See `Writer.draft`."""
        request = {
            "messages": list(messages),
            "max_tokens": max_tokens,
            "temperature": temperature,
            "top_p": TOP_P,
            "repeat_penalty": REPEAT_PENALTY,
            "seed": seed & 0x7FFFFFFF,
            "stream": True,
            "return_progress": True,  # answers between the batches of the prompt too, so that a cancel stops there
            "cache_prompt": not self._first,  # what another script left behind may not change this one
        }
        self._first = False
        return stream(lambda push: self._model.answer(request, push), on_token, cancel)


@contextmanager
def open_gguf(model: str, on_event: OnEvent, cancel: Cancel) -> Iterator[GgufWriter]:
    """The writer for a model of the weights table, or for a ``.gguf`` file. See `open_writer`."""
    if find_spec("xllamacpp") is None:
        raise EngineUnavailable("Writing scripts offline needs the package xllamacpp: pip install xllamacpp.")
    path = _find(model, on_event, cancel)
    with holding(_LOADED.lock, cancel):
        on_event(Event("script", 0, 0, "loading the language model"))
        yield GgufWriter(_LOADED.load(path, cancel))


def unload_gguf() -> None:
    """Free the memory of the loaded model, as soon as nobody uses it; the next script loads it again."""
    with _LOADED.lock:
        _LOADED.end()


def _find(model: str, on_event: OnEvent, cancel: Cancel) -> Path:
    known = [name for name, weight in WEIGHTS.items() if weight.file.endswith(".gguf")]
    if model in known:
        return interruptible(lambda: fetch(model, on_event=on_event, cancel=cancel), cancel)
    path = user_path(model)
    if not os.path.isfile(path):
        raise BadInput(f"There is no language model {model!r}: use a .gguf file that exists, or one of {', '.join(known)}.")
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise BadInput(f"The file {path} is not a GGUF model.")
    return path.resolve()

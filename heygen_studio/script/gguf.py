"""GGUF language models, offline, through llama.cpp (package xllamacpp)."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import BadInput, EngineUnavailable, WeightsError
from ..progress import Cancel, Event, OnEvent, interruptible
from ..settings import worker_threads
from ..weights import WEIGHTS, fetch
from .writer import Message, OnToken, holding, stream

#: Tokens of context: the longest prompt and facts in Chinese, the script so far, and a part to write.
CONTEXT = 8192
#: Prompt tokens between two looks at the cancel token: about half a second of one core with a 1.5B model.
BATCH = 16
#: Log level of llama.cpp below which nothing is printed; errors come back as exceptions and answers.
SILENT = -1
TOP_P = 0.9
REPEAT_PENALTY = 1.05


class _Loaded:
    """The one model that this process holds in memory, and the lock of whoever uses it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.loading = threading.Lock()
        self.path: Path | None = None
        self.server: Any = None

    def load(self, path: Path) -> Any:
        """The server of the model file; another model leaves the memory first. Raises `WeightsError` if it cannot be read."""
        with self.loading:
            if self.path != path:
                self.path = self.server = None
                self.server = _serve(path)
                self.path = path
            return self.server


_LOADED = _Loaded()


class GgufWriter:
    """Drafts with a loaded GGUF model. The prompt's beginning is computed once and reused by the following drafts."""

    def __init__(self, server: Any, name: str) -> None:
        self._server = server
        self._name = name
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

        def generate(push: OnToken) -> None:
            def on_chunk(chunk: dict[str, Any]) -> bool:
                if "error" in chunk:
                    refusal.append(str(chunk["error"].get("message", chunk["error"])))
                    return True
                choices = chunk.get("choices") or [{}]
                return push(choices[0].get("delta", {}).get("content") or "")

            refusal: list[str] = []
            self._server.handle_chat_completions(request, on_chunk)
            if refusal:
                raise EngineUnavailable(f"The language model {self._name} refused the request: {refusal[0]}.")

        return stream(generate, on_token, cancel)


@contextmanager
def open_gguf(model: str, on_event: OnEvent, cancel: Cancel) -> Iterator[GgufWriter]:
    """The writer for a model of the weights table, or for a ``.gguf`` file. See `open_writer`."""
    path = _find(model, on_event, cancel)
    with holding(_LOADED.lock, cancel):
        on_event(Event("script", 0, 0, "loading the language model"))
        yield GgufWriter(interruptible(lambda: _LOADED.load(path), cancel), path.name)


def _find(model: str, on_event: OnEvent, cancel: Cancel) -> Path:
    known = [name for name, weight in WEIGHTS.items() if weight.file.endswith(".gguf")]
    if model in known:
        return interruptible(lambda: fetch(model, on_event=on_event, cancel=cancel), cancel)
    path = Path(model).expanduser()
    if not path.is_file():
        raise BadInput(f"There is no language model {model!r}: use a .gguf file that exists, or one of {', '.join(known)}.")
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise BadInput(f"The file {path} is not a GGUF model.")
    return path.resolve()


def _serve(path: Path) -> Any:
    try:
        import xllamacpp
    except ImportError as error:
        raise EngineUnavailable("Writing scripts offline needs the package xllamacpp: pip install xllamacpp.") from error
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = CONTEXT
    params.n_batch = params.n_ubatch = BATCH
    params.n_parallel = 1
    params.warmup = False
    params.fit_params = False
    params.cache_ram_mib = 0
    params.verbosity = SILENT
    params.api_keys = [secrets.token_hex()]  # the server's own local port answers nobody else
    params.ui = False
    for threads in (params.cpuparams, params.cpuparams_batch):
        threads.n_threads = worker_threads()
        threads.poll = 0  # a waiting thread sleeps: spinning starves the rest of a small machine
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise WeightsError(
            f"The language model {path.name} cannot be loaded: the file is damaged or needs more memory than is free."
        ) from error

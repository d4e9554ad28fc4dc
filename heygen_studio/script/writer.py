"""Writer: a language model that drafts text, whatever runs it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import Literal, Protocol, TypedDict

from ..errors import BadInput
from ..progress import POLL_S, Cancel, OnEvent, ignore
from ..weights import WEIGHTS, refuse_commercial
from ..weights.repository import about


class Message(TypedDict):
    """One turn of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


#: Called with every piece of text as it is generated; returns True when there is enough.
OnToken = Callable[[str], bool]


class Writer(Protocol):
    """Drafts text with one language model."""

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
        """The model's answer to the chat, at most ``max_tokens`` tokens long.

        Ends early, with the text so far, when ``on_token`` returns True. Raises `Cancelled` within a second of a cancel
        and `EngineUnavailable` if the model cannot answer. Same arguments in the same order, same answers.
        """
        ...


#: Family of a writer spec: module and function that opens it. Called as ``open(model, on_event, cancel)``; the writer that it
#: yields belongs to the caller until the context ends.
ENGINES = {
    "gguf": ("heygen_studio.script.gguf", "open_gguf"),
    "hub": ("heygen_studio.script.hub", "open_hub"),
    "openai": ("heygen_studio.script.openai", "open_openai"),
}


@contextmanager
def open_writer(spec: str, *, on_event: OnEvent = ignore, cancel: Cancel | None = None) -> Iterator[Writer]:
    """The writer that ``spec`` names: ``gguf:<name or file>``, ``hub:<repository or folder>`` or ``openai:<model>``.

    One model serves one caller at a time: others wait. Raises `BadInput` for a spec that names nothing, `WeightsError` or
    `EngineUnavailable` if the model cannot be loaded, `Cancelled` if the token is set meanwhile.
    """
    family, _, model = spec.strip().partition(":")
    if family not in ENGINES or not model.strip():
        raise BadInput(
            f"The writer {spec!r} is unknown: use gguf:qwen2.5-coder-1.5b, gguf:<file.gguf>, hub:<owner/model> or openai:<model>."
        )
    module, function = ENGINES[family]
    opener: Callable[[str, OnEvent, Cancel], AbstractContextManager[Writer]] = getattr(import_module(module), function)
    with opener(model.strip(), on_event, cancel or Cancel()) as writer:
        yield writer


def check_writer(spec: str) -> None:
    """Refuse a model that paid work may not use. Raises `BadInput`."""
    family, _, model = spec.strip().partition(":")
    licensed = about(model.strip()) if family == "hub" else WEIGHTS.get(model.strip())
    if licensed:
        refuse_commercial(f"The writer {spec}", licensed, "choose another, for example gguf:qwen2.5-coder-1.5b", field="writer")


@contextmanager
def holding(lock: threading.Lock, cancel: Cancel) -> Iterator[None]:
    """Hold the lock; raises `Cancelled` if the token is set while another caller has it."""
    while not lock.acquire(timeout=POLL_S):
        cancel.check()
    try:
        yield
    finally:
        lock.release()


def stream(generate: Callable[[OnToken], None], on_token: OnToken, cancel: Cancel) -> str:
    """Run ``generate`` in a thread and hand its pieces of text to ``on_token`` in this one; returns them joined.

    ``generate`` is given a function to call with every piece, which returns True once no more is wanted: on cancel, or after
    ``on_token`` returned True. A cancelled ``generate`` is left to notice this by itself.
    """
    pieces: queue.Queue[str | BaseException | None] = queue.Queue()
    done = threading.Event()

    def push(piece: str) -> bool:
        pieces.put(piece)
        return done.is_set()

    def run() -> None:
        try:
            generate(push)
            pieces.put(None)
        except BaseException as error:  # raised in the caller's thread below
            pieces.put(error)

    cancel.check()
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    text: list[str] = []
    try:
        while True:
            try:
                piece = pieces.get(timeout=POLL_S)
            except queue.Empty:
                cancel.check()
                continue
            cancel.check()
            if isinstance(piece, BaseException):
                raise piece
            if piece is None:
                return "".join(text)
            text.append(piece)
            if piece and on_token(piece):
                break
    finally:
        done.set()
    while thread.is_alive():  # the model must be idle before the next draft
        thread.join(POLL_S)
        cancel.check()
    return "".join(text)

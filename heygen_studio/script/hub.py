"""Any transformers chat model, from the model hub or a local folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import EngineUnavailable
from ..progress import Cancel, Event, OnEvent, interruptible
from ..weights.repository import first_line, hub_answers, is_folder, loading
from .writer import Message, OnToken, holding, stream

TOP_P = 0.9
REPETITION_PENALTY = 1.05


class _Loaded:
    """The one hub model that this process holds in memory, and the lock of whoever uses it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.loading = threading.Lock()
        self.name = ""
        self.model: Any = None
        self.tokenizer: Any = None

    def load(self, name: str) -> HubWriter:
        """A writer for the model; another model leaves the memory first. Raises as `open_hub`."""
        with self.loading:
            if self.name != name:
                self.name, self.model, self.tokenizer = "", None, None
                self.model, self.tokenizer = _load(name)
                self.name = name
            return HubWriter(name, self.model, self.tokenizer)


_LOADED = _Loaded()


class HubWriter:
    """Drafts with a transformers model and its tokenizer's chat template."""

    def __init__(self, name: str, model: Any, tokenizer: Any) -> None:
        self._name = name
        self._model = model
        self._tokenizer = tokenizer

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
        import torch
        from transformers import StoppingCriteria, StoppingCriteriaList, TextIteratorStreamer

        stopped = threading.Event()

        class Stop(StoppingCriteria):
            def __call__(self, input_ids: Any, scores: Any, **kwargs: Any) -> Any:
                return torch.full((input_ids.shape[0],), stopped.is_set() or cancel.cancelled, device=input_ids.device)

        inputs = self._tokenizer.apply_chat_template(list(messages), add_generation_prompt=True, return_tensors="pt", return_dict=True)
        streamer = TextIteratorStreamer(self._tokenizer, skip_prompt=True, skip_special_tokens=True)
        failure: list[Exception] = []

        def run() -> None:
            try:
                torch.manual_seed(seed)
                self._model.generate(
                    **inputs.to(self._model.device),
                    max_new_tokens=max_tokens,
                    do_sample=True,
                    temperature=temperature,
                    top_p=TOP_P,
                    repetition_penalty=REPETITION_PENALTY,
                    streamer=streamer,
                    stopping_criteria=StoppingCriteriaList([Stop()]),
                    pad_token_id=self._tokenizer.eos_token_id,
                )
            except Exception as error:  # raised by `generate` below, as a sentence
                failure.append(error)
                streamer.end()

        def generate(push: OnToken) -> None:
            thread = threading.Thread(target=run, daemon=True)
            thread.start()
            for piece in streamer:
                if push(piece):
                    stopped.set()
            thread.join()
            if failure:
                raise EngineUnavailable(f"The model {self._name} could not write: {first_line(failure[0])}.") from failure[0]

        return stream(generate, on_token, cancel)


@contextmanager
def open_hub(model: str, on_event: OnEvent, cancel: Cancel) -> Iterator[HubWriter]:
    """The writer for a hub repository or a local folder; only safetensors are loaded, and no code of the repository runs.

    Raises `BadInput` if there is no such repository or folder, `EngineUnavailable` if it cannot be reached or has no chat
    template. See `open_writer`.
    """
    with holding(_LOADED.lock, cancel):
        on_event(Event("script", 0, 0, "loading the language model"))
        yield interruptible(lambda: _LOADED.load(model), cancel)


def _load(name: str) -> tuple[Any, Any]:
    try:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ImportError as error:
        raise EngineUnavailable("Models of the hub need the packages torch and transformers: pip install torch transformers.") from error
    folder = is_folder(name)
    source = str(Path(name).expanduser()) if folder else name
    local_only = folder or not hub_answers()
    with loading(name, "use the offline writer gguf:qwen2.5-coder-1.5b"):
        tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=local_only)
        model = AutoModelForCausalLM.from_pretrained(source, dtype="auto", use_safetensors=True, local_files_only=local_only)
    if not tokenizer.chat_template:
        raise EngineUnavailable(f"The model {name!r} has no chat template: choose an instruction-tuned (chat) model.")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return model.eval().to(device), tokenizer

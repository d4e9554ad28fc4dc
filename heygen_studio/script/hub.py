"""Any transformers chat model, from the model hub or a local folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from ..devices import Device, choose_device, models
from ..errors import EngineUnavailable
from ..progress import Cancel, Event, OnEvent, interruptible
from ..weights.repository import fetch_repository, first_line, hush, loading
from .writer import Message, OnToken, holding, stream

TOP_P = 0.9
REPETITION_PENALTY = 1.05

#: What is fetched of a repository: weights that hold no code, settings and the tokenizer.
_FILES = ("*.safetensors", "*.safetensors.index.json", "*.json", "*.txt", "*.model", "*.jinja")

#: One model serves one caller at a time.
_TURN = threading.Lock()


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

    Raises `BadInput` if there is no such repository or folder, `EngineUnavailable` if it cannot be reached, does not fit into the
    memory or has no chat template. See `open_writer`.
    """
    with holding(_TURN, cancel):
        device = choose_device()
        folder = fetch_repository(model, _FILES, "use the offline writer gguf:qwen2.5-coder-1.5b", on_event, cancel)
        on_event(Event("script", 0, 0, "loading the language model"))
        need = sum(path.stat().st_size for path in folder.glob("*.safetensors"))

        def use() -> AbstractContextManager[tuple[Any, Any]]:
            return models().use(f"language model {model}", need, lambda there: _load(model, folder, there), device)

        def warm() -> None:
            with use():
                pass

        interruptible(warm, cancel)  # a cancelled one is finished by its thread, and is there for the next caller
        with use() as (network, tokenizer):
            yield HubWriter(model, network, tokenizer)


def _load(name: str, folder: Path, device: Device) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    hush()
    with loading(name, "use the offline writer gguf:qwen2.5-coder-1.5b"):
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        # A CPU takes the weights as they come: in full precision they would need twice the memory.
        dtype = "auto" if device.name == "cpu" else device.dtype
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, use_safetensors=True, local_files_only=True)
    if not tokenizer.chat_template:
        raise EngineUnavailable(f"The model {name!r} has no chat template: choose an instruction-tuned (chat) model.")
    return model.eval().to(device.name), tokenizer

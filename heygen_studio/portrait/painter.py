"""Pictures from text, by any diffusers text-to-image pipeline."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol

import numpy as np

from ..devices import Device, choose_device, models
from ..errors import BadInput, EngineUnavailable
from ..input_file import user_path
from ..progress import Cancel, Event, OnEvent, interruptible
from ..settings import worker_threads
from ..weights import WEIGHTS, Hub, Weight, fetch
from ..weights.repository import Repository, about, hub_answers, hush, is_folder, loading
from .portrait import Image

#: The weight of the table that is painted with by default.
DEFAULT = "sdxl-turbo"

#: The frame of the picture comes first, because the text encoders of these models cut after 77 tokens.
FRAME = (
    "Head and shoulders portrait photo, facing the camera, eye level, neutral face, lips closed, plain studio background, soft light: {}"
)
#: For models that are guided away from something.
AVOID = "profile, turned head, hand before the face, sunglasses, mask, cropped head, two people, text, deformed, blurry"
#: The user's part of the prompt at most, in characters: what is left of the 77 tokens.
LONGEST = 200

#: Steps and guidance: of distilled models, which want few steps and no guidance, and of all others.
DISTILLED, OTHERS = (4, 0.0), (30, 6.0)

#: A pipeline keeps its place in the work, so that one picture is painted at a time; a cancelled one ends with its step.
_TURN = threading.Lock()


@dataclass(frozen=True)
class Picture:
    """image: uint8 RGB [H, W, 3]; blocked: whether the model's own safety check has blackened it."""

    image: Image
    blocked: bool = False


class Painter(Protocol):
    """Paints pictures. model: its name, for the record."""

    @property
    def model(self) -> str: ...

    def paint(self, prompt: str, seed: int, on_step: Callable[[float], None], cancel: Cancel) -> Picture:
        """One picture; ``on_step`` is told the finished part, 0 to 1, in this thread. The same prompt and seed give the same picture.

        Raises `EngineUnavailable` and `Cancelled` within a second.
        """
        ...


def licence_of(model: str) -> Repository:
    """The licence of a painter's model: the table knows the default, and the hub the others."""
    weight = _weight(model)
    return Repository(model, weight.licence, weight.commercial) if weight else about(model)


class DiffusersPainter:
    """A pipeline of diffusers, from the table, the hub or a folder. See `Painter`.

    Only safetensors are loaded, and no code of the repository runs. Raises `BadInput` if there is no such model,
    `EngineUnavailable` if it cannot be loaded, `WeightsError`, `Cancelled`.
    """

    def __init__(self, model: str, on_event: OnEvent, cancel: Cancel) -> None:
        self.model = model
        self._device = choose_device()
        self._folder = _fetched(model, on_event, cancel)

    def paint(self, prompt: str, seed: int, on_step: Callable[[float], None], cancel: Cancel) -> Picture:
        done: SimpleQueue[float] = SimpleQueue()

        def tell() -> None:
            """In the caller's thread: what listens to progress may belong to it."""
            while not done.empty():
                cancel.check()
                on_step(done.get())

        return interruptible(lambda: self._paint(prompt, seed, done, cancel), cancel, tell)

    def _paint(self, prompt: str, seed: int, done: SimpleQueue[float], cancel: Cancel) -> Picture:
        import torch

        torch.set_num_threads(worker_threads())
        need = _bytes(self._folder, self._device)
        loaded = models().use(f"painter {self.model}", need, lambda device: _load(self.model, self._folder, device), self._device)
        with _TURN, loaded as pipeline:
            _check_prompt(pipeline, prompt)
            steps, guidance = DISTILLED if _distilled(pipeline) else OTHERS

            def step_done(_pipeline: Any, step: int, _time: Any, tensors: dict[str, Any]) -> dict[str, Any]:
                cancel.check()
                done.put((step + 1) / steps)
                return tensors

            made = pipeline(
                prompt=FRAME.format(prompt),
                negative_prompt=AVOID if guidance > 1 else None,
                num_inference_steps=steps,
                guidance_scale=guidance,
                generator=torch.Generator("cpu").manual_seed(seed),  # on the CPU, so that every device paints the same
                callback_on_step_end=step_done,
                output_type="np",
            )
        blocked = bool((getattr(made, "nsfw_content_detected", None) or [False])[0])
        return Picture(np.round(made.images[0] * 255).astype(np.uint8), blocked)


def _weight(model: str) -> Weight | None:
    """The table's weight that ``model`` names, by its name or its repository."""
    weight = WEIGHTS[DEFAULT]
    assert isinstance(weight.source, Hub)
    return weight if model in (DEFAULT, weight.source.repository) else None


def _fetched(model: str, on_event: OnEvent, cancel: Cancel) -> Path:
    """The folder with the pipeline's files."""
    if _weight(model):
        return fetch(DEFAULT, on_event=on_event, cancel=cancel)
    if is_folder(model):
        return user_path(model)
    try:
        from diffusers import DiffusionPipeline
    except ImportError as error:
        raise _without_diffusers() from error
    on_event(Event("weights", 0, 0, f"Downloading {model}; licence: {about(model).licence}"))
    with loading(model, "set HEYGEN_STUDIO_PAINTER to another model"):
        found = interruptible(lambda: DiffusionPipeline.download(model, use_safetensors=True, local_files_only=not hub_answers()), cancel)
    return Path(found)


def _load(model: str, folder: Path, device: Device) -> Any:
    hush()
    try:
        from diffusers import AutoPipelineForText2Image
    except ImportError as error:
        raise _without_diffusers() from error
    with loading(model, "set HEYGEN_STUDIO_PAINTER to another model"):
        if not (folder / "model_index.json").is_file():
            raise OSError(f"no model_index.json in {folder}")
        pipeline = AutoPipelineForText2Image.from_pretrained(
            folder, dtype=device.dtype, variant=_variant(folder), use_safetensors=True, local_files_only=True
        )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(device.name)


def _variant(folder: Path) -> str | None:
    """ "fp16" where the folder holds only that."""
    files = [path.name for path in folder.glob("unet/*.safetensors")]
    return "fp16" if files and all(".fp16." in name for name in files) else None


def _bytes(folder: Path, device: Device) -> int:
    """What the parameters take on the device, from the headers of the files that are loaded."""
    from safetensors import safe_open

    variant = _variant(folder)
    numbers = 0
    for path in folder.glob("*/*.safetensors"):
        if (".fp16." in path.name) != (variant == "fp16") or path.parent.name == "safety_checker":
            continue
        with safe_open(path, "pt") as file:
            numbers += sum(int(np.prod(file.get_slice(name).get_shape())) for name in file.keys())  # noqa: SIM118
    return numbers * device.dtype.itemsize


def _distilled(pipeline: Any) -> bool:
    """Models that are made for few steps say so by their scheduler."""
    config = pipeline.scheduler.config
    return config.get("timestep_spacing") == "trailing" or config.get("_class_name") in ("LCMScheduler", "TCDScheduler")


def _check_prompt(pipeline: Any, prompt: str) -> None:
    """CLIP reads English, and no more than 77 tokens. Raises `BadInput` for what it would paint as anybody."""
    if "CLIP" not in type(pipeline.tokenizer).__name__:
        return
    letters = [letter for letter in prompt if letter.isalpha()]
    if sum(letter.isascii() for letter in letters) < len(letters) / 2:
        raise BadInput(f"The painter reads English, and {prompt[:40]!r} is not: describe the person in English.", field="avatar")
    over = len(pipeline.tokenizer(FRAME.format(prompt)).input_ids) - pipeline.tokenizer.model_max_length
    if over > 0:
        raise BadInput(f"The painter would not read the end of {prompt[-40:]!r} ({over} tokens too many): use fewer words.", field="avatar")


def _without_diffusers() -> EngineUnavailable:
    return EngineUnavailable('Portraits from text need the package diffusers, which is not installed: pip install "heygen-studio[gpu]".')

"""The renderers by name: where they are, which weights they need, and whether paid work may use them."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ..errors import BadInput, EngineUnavailable
from ..progress import Cancel, OnEvent, ignore
from ..weights import WEIGHTS, fetch, refuse_commercial
from .frame_engine import FrameEngine

if TYPE_CHECKING:
    from .repaint.engine import RepaintEngine

#: Name of a renderer -> where its class is; imported on first use.
FRAME_ENGINES: dict[str, str] = {
    "mesh": "heygen_studio.frames.mesh.engine:MeshEngine",
    "musetalk": "heygen_studio.frames.musetalk.engine:MuseTalkEngine",
    "wav2lip": "heygen_studio.frames.wav2lip.engine:Wav2LipEngine",
}

#: The renderers that repaint mouths, also those of existing videos -> the weights that they need.
REPAINTERS: dict[str, tuple[str, ...]] = {
    "musetalk": ("musetalk", "sd-vae-ft-mse", "whisper-tiny"),
    "wav2lip": ("wav2lip-gan",),
}


@cache
def frame_engine(name: str) -> FrameEngine:
    """The renderer called ``name``, one per process: it keeps its prepared portraits. Raises `BadInput` where there is none."""
    _check_name(name)
    module, _, class_name = FRAME_ENGINES[name].partition(":")
    engine: FrameEngine = getattr(import_module(module), class_name)()
    return engine


def repaint_engine(name: str) -> RepaintEngine:
    """The renderer called ``name``, which must be one that can repaint the mouth of a video. Raises `BadInput`."""
    check_renderer(name, commercial=False, video=True)
    engine: RepaintEngine = frame_engine(name)  # type: ignore[assignment]
    return engine


def check_renderer(name: str, *, commercial: bool, video: bool = False) -> None:
    """Raise `BadInput` if there is no renderer of that name, paid work may not use it, or it is to change a ``video`` and cannot;
    `EngineUnavailable` if it needs a package that is not here."""
    _check_name(name)
    if name == "musetalk" and find_spec("diffusers") is None:
        raise EngineUnavailable('The renderer musetalk needs the package diffusers: pip install "heygen-studio[gpu]".', field="engine")
    if video and name not in REPAINTERS:
        raise BadInput(
            f"The renderer {name!r} animates photos and cannot change a video: choose {' or '.join(sorted(REPAINTERS))}, or give a photo.",
            field="engine",
        )
    for weight in REPAINTERS.get(name, ()) if commercial else ():
        refuse_commercial(f"The renderer {name}", WEIGHTS[weight], "choose the renderer mesh or musetalk", field="engine")


def no_background(background: str) -> None:
    """Raise `BadInput` if there is to be another background behind a video."""
    if background:
        raise BadInput("A video keeps its own background: leave the background out, or give a photo.", field="background")


def fetch_renderer(name: str, *, on_event: OnEvent = ignore, cancel: Cancel | None = None) -> None:
    """Fetch the weights that the renderer needs, if they are not here. Raises `WeightsError`, `Cancelled`."""
    for weight in REPAINTERS.get(name, ()):
        fetch(weight, on_event=on_event, cancel=cancel)


def weights_used(name: str) -> list[tuple[str, int, int]]:
    """Which files the renderer paints with: name, bytes and time of change (ns) of each; a user may have put others in their place."""
    paths = [fetch(weight) for weight in REPAINTERS.get(name, ())]
    files = [file for path in paths for file in ([path] if path.is_file() else sorted(path.rglob("*"))) if file.is_file()]
    return [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files]


def _check_name(name: str) -> None:
    if name not in FRAME_ENGINES:
        raise BadInput(f"There is no renderer called {name!r}; there is {', '.join(sorted(FRAME_ENGINES))}.", field="engine")

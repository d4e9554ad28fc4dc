"""Portrait + Motion -> an iterator of RGB frames."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from ..errors import BadInput
from .frame_engine import FrameEngine

#: Name of a renderer -> where its class is; imported on first use.
FRAME_ENGINES: dict[str, str] = {"mesh": "heygen_studio.frames.mesh.engine:MeshEngine"}


@cache
def frame_engine(name: str) -> FrameEngine:
    """The renderer called ``name``, one per process: it keeps its prepared portraits. Raises `BadInput` where there is none."""
    if name not in FRAME_ENGINES:
        raise BadInput(f"There is no renderer called {name!r}; there is {', '.join(sorted(FRAME_ENGINES))}.")
    module, _, class_name = FRAME_ENGINES[name].partition(":")
    engine: FrameEngine = getattr(import_module(module), class_name)()
    return engine


__all__ = ["FRAME_ENGINES", "FrameEngine", "frame_engine"]

"""Stand-ins for torchaudio and torchcodec while Coqui TTS is imported on machines that do not have them.

coqui-tts refuses to be imported without torchaudio, and from torch 2.9 on without torchcodec. The wheels of both on the package
index are built for CUDA and do not load beside a CPU-only torch, and VITS needs neither: torchaudio only reads and filters
recordings for training and for cloning. So while Coqui is imported and a model is opened, and only where the real libraries are
missing or do not load, modules that hold next to nothing take their places; they are gone afterwards, so that no other library takes
them for real. The one thing of torchaudio that XTTS cannot do without, the mel spectrogram, is ours there. Where the real ones work
they are used.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any, NoReturn

from ..errors import EngineUnavailable

_MODULES = {
    "torchaudio": ("torchaudio", "torchaudio.functional", "torchaudio.transforms"),
    "torchcodec": ("torchcodec",),
}


@contextmanager
def torchaudio_stand_ins() -> Iterator[None]:
    """Within this context ``import TTS`` and the loading of VITS models work without torchaudio and torchcodec."""
    _settle_transformers()
    names = [name for library, names in _MODULES.items() if not _loads(library) for name in names]
    for name in names:
        stand_in = _StandIn(name)
        sys.modules[name] = stand_in
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, stand_in)
    try:
        yield
    finally:
        for name in names:
            sys.modules.pop(name, None)


class _StandIn(ModuleType):
    """A module whose every attribute is a function that says what is missing."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__spec__ = ModuleSpec(name, None, is_package=True)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if (self.__name__, name) == ("torchaudio.transforms", "MelSpectrogram"):
            from .mel_spectrogram import MelSpectrogram

            return MelSpectrogram

        def missing(*args: object, **options: object) -> NoReturn:
            raise EngineUnavailable(
                f"This Coqui model needs {self.__name__}.{name}: install torchaudio and torchcodec in the versions that match torch."
            )

        return missing


def _loads(library: str) -> bool:
    """Whether the real library is installed and its native code loads here."""
    if find_spec(library) is None:
        return False
    if library == "torchcodec":  # Coqui only asks whether it is installed
        return True
    try:
        importlib.import_module(library)
    except (ImportError, OSError):
        for name in [name for name in sys.modules if name.partition(".")[0] == library]:
            del sys.modules[name]
        return False
    return True


def _settle_transformers() -> None:
    """transformers asks once whether torchaudio is there and remembers: let it ask before the stand-ins come."""
    from transformers.utils import import_utils

    import_utils.is_torchaudio_available()

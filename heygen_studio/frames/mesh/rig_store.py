"""Prepared portraits on disk, so that a program that starts anew need not prepare them again.

A rig holds the person's face. It is kept beside the portrait that it was made of, and is deleted with it.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import json
import zipfile
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...portrait.portrait import Portrait
from ...stages import new_file
from .rig import FaceRig

#: What reading a file raises that a crash or another program damaged.
DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, EOFError, ImportError, zipfile.BadZipFile)


def rig_key(portrait: Portrait) -> str:
    """The hash of all that a rig depends on: the portrait, and the code that prepares it."""
    digest = hashlib.sha256(repr((_code(), portrait.image.shape, portrait.magnification, portrait.photographed)).encode())
    for array in (portrait.image, portrait.landmarks, portrait.matte, portrait.backdrop):
        digest.update(b"" if array is None else np.ascontiguousarray(array).data)
    return digest.hexdigest()


def load_rig(folder: Path, key: str) -> FaceRig | None:
    """The rig kept in a portrait's ``folder`` under ``key``; None if there is none, or if its file is damaged."""
    try:
        with np.load(_file(folder, key), allow_pickle=False) as file:
            arrays = [file[f"a{number}"] for number in range(len(file.files) - 1)]
            rig = _rebuilt(json.loads(str(file["tree"])), arrays, {})
    except DAMAGED:
        return None
    return rig if isinstance(rig, FaceRig) else None


def save_rig(folder: Path, key: str, rig: FaceRig) -> None:
    """Keep a rig in its portrait's ``folder``, instead of one of another version of the program.

    A disk that is full or read-only keeps none, and a folder that was deleted meanwhile stays so: that costs the next start a second.
    """
    arrays: list[npt.NDArray[Any]] = []
    tree = json.dumps(_taken_apart(rig, arrays, {}))
    contents: dict[str, Any] = {"tree": np.array(tree), **{f"a{number}": array for number, array in enumerate(arrays)}}
    file = _file(folder, key)
    older = [path for path in folder.glob("rig-*.npz") if path != file]
    with contextlib.suppress(OSError):
        with new_file(file) as part, part.open("wb") as opened:
            np.savez(opened, **contents)
        for path in older:
            path.unlink(missing_ok=True)


def _file(folder: Path, key: str) -> Path:
    return folder / f"rig-{key[:32]}.npz"


def _taken_apart(value: Any, arrays: list[npt.NDArray[Any]], seen: dict[int, int]) -> Any:
    """``value`` as JSON; its arrays are appended to ``arrays``. An object met before is only referred to."""
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {"array": len(arrays) - 1}
    if isinstance(value, tuple):
        return {"tuple": [_taken_apart(item, arrays, seen) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[int(key), int(item)] for key, item in value.items()]}
    if not is_dataclass(value) or isinstance(value, type):
        return value.item() if isinstance(value, np.generic) else value
    if id(value) in seen:
        return {"same": seen[id(value)]}
    seen[id(value)] = number = len(seen)
    kind = type(value)
    parts = {field.name: _taken_apart(getattr(value, field.name), arrays, seen) for field in fields(value)}
    return {"module": kind.__module__, "class": kind.__name__, "number": number, "fields": parts}


def _rebuilt(tree: Any, arrays: list[npt.NDArray[Any]], made: dict[int, Any]) -> Any:
    """What `_taken_apart` took apart. Raises ValueError for anything but dataclasses of this package."""
    if not isinstance(tree, dict):
        return tree
    if "array" in tree:
        return arrays[tree["array"]]
    if "tuple" in tree:
        return tuple(_rebuilt(item, arrays, made) for item in tree["tuple"])
    if "dict" in tree:
        return {key: item for key, item in tree["dict"]}
    if "same" in tree:
        return made[tree["same"]]
    if not tree["module"].startswith(f"{__package__}."):
        raise ValueError(f"{tree['module']} is no part of a rig")
    kind = getattr(importlib.import_module(tree["module"]), tree["class"])
    if not is_dataclass(kind):
        raise ValueError(f"{kind} is no part of a rig")
    made[tree["number"]] = kind(**{name: _rebuilt(part, arrays, made) for name, part in tree["fields"].items()})  # type: ignore[operator]
    return made[tree["number"]]


@lru_cache(maxsize=1)
def _code() -> str:
    """The hash of this package's source: another version prepares anew."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()

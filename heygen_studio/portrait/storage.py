"""Portraits on disk, so that a photo is prepared once."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadInput, OutputError
from ..stages import new_file
from .portrait import Portrait

#: Raised whenever the preparation changes, so that portraits of an older version are made again.
VERSION = 9


def portrait_key(photo: Path, size: tuple[int, int]) -> str:
    """The hash of all that a portrait depends on: the photo's bytes, the size of the video, and this version.

    Raises `BadInput` if the photo cannot be read, or is seen from its beginning to be none.
    """
    from .photo import check_photo  # Pillow is loaded only when a portrait is made

    check_photo(photo)
    digest = hashlib.sha256(f"portrait {VERSION} {size[0]}x{size[1]}\n".encode())
    try:
        with open(photo, "rb") as file:
            for chunk in iter(lambda: file.read(1 << 20), b""):
                digest.update(chunk)
    except OSError as error:
        raise BadInput(f"The photo {photo} cannot be read ({error.strerror}): give the path of an image file.") from error
    return digest.hexdigest()


def save_portrait(portrait: Portrait, path: Path) -> None:
    """Write the portrait to ``path`` (.npz); the file is there whole or not at all. Raises `OutputError`."""
    arrays: dict[str, Any] = {
        "image": portrait.image,
        "landmarks": portrait.landmarks,
        "matte": np.round(portrait.matte * 65535).astype(np.uint16),
        "numbers": np.array([portrait.magnification, portrait.yaw], np.float64),
        "notes": np.array(portrait.notes, dtype=np.str_),
    }
    if portrait.backdrop is not None:
        arrays["backdrop"] = portrait.backdrop
    if portrait.photographed is not None:
        arrays["photographed"] = np.array(portrait.photographed)
    try:
        with new_file(path) as part, open(part, "wb") as file:
            np.savez(file, **arrays)
    except OSError as error:
        raise OutputError(f"The portrait could not be written to {path}: {error.strerror or error}.") from error


def load_portrait(path: Path) -> Portrait:
    """The portrait saved at ``path``. Raises `BadInput` if the file is no saved portrait."""
    try:
        with np.load(path, allow_pickle=False) as data:
            magnification, yaw = (float(number) for number in data["numbers"])
            return Portrait(
                image=data["image"],
                landmarks=data["landmarks"],
                matte=data["matte"].astype(np.float32) / 65535,
                magnification=magnification,
                yaw=yaw,
                notes=tuple(str(note) for note in data["notes"]),
                backdrop=data.get("backdrop"),
                folder=path.parent,
                photographed=_box(data["photographed"]) if "photographed" in data else None,
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise BadInput(f"{path} is not a saved portrait: delete it, and it will be made again from the photo.") from error


def _box(numbers: npt.NDArray[np.int64]) -> tuple[int, int, int, int]:
    left, top, right, bottom = (int(number) for number in numbers)
    return left, top, right, bottom

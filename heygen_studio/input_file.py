"""What is checked of any file that a user names, before it is opened."""

from __future__ import annotations

import os
from pathlib import Path

from .errors import BadInput


def check_file(path: Path, kind: str, largest: int) -> None:
    """Raise `BadInput` unless ``path`` is an ordinary file that may be read, not empty and of ``largest`` bytes at most.

    kind: what it is to the user ("recording", "video").
    """
    if not path.exists():
        raise BadInput(f"There is no {kind} {str(path)!r}.")
    if not path.is_file():
        raise BadInput(f"{str(path)!r} is not a file: give the path of a {kind}.")
    size = path.stat().st_size
    if size == 0:
        raise BadInput(f"The {kind} {path.name!r} is empty.")
    if size > largest:
        raise BadInput(f"The {kind} {path.name!r} has {size / 1e9:.1f} GB; at most {largest / 1e9:.0f} GB can be used.")
    if not os.access(path, os.R_OK):
        raise BadInput(f"The {kind} {path.name!r} may not be read: check its permissions.")

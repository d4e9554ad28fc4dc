"""Files that a user names: where they are, what is checked before they are opened, and how text files are read.

The functions of ``os.path`` answer for any name; those of ``Path`` raise errors of their own for one that is too long.
"""

from __future__ import annotations

import codecs
import os
from pathlib import Path

from .errors import BadInput


def user_path(name: str | Path) -> Path:
    """The path that a user wrote: "~" and "~ann" stand for homes, where there are any."""
    return Path(os.path.expanduser(name))


def check_file(path: Path, kind: str, largest: int) -> None:
    """Raise `BadInput` unless ``path`` is an ordinary file that may be read, not empty and of ``largest`` bytes at most.

    kind: what it is to the user ("recording", "video").
    """
    if not os.path.exists(path):
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


def read_text(path: Path, kind: str, largest: int, wanted: str) -> str:
    """The text of a file in UTF-8, or in UTF-16 with its byte-order mark.

    kind: what it is to the user ("batch"); largest: bytes; wanted: of what the path should be given ("a CSV file"). Raises `BadInput`.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(largest + 1)
    except OSError as error:
        raise BadInput(f"The {kind} {path} cannot be read ({error.strerror}): give the path of {wanted}.") from error
    if len(data) > largest:
        raise BadInput(f"The {kind} {path} is larger than {largest / 1e6:g} MB: split it.")
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInput(f"The {kind} {path} is not in UTF-8 (byte {error.start} does not fit): save it as UTF-8.") from error
    if "\0" in text:
        raise BadInput(f"The {kind} {path} is not text (it holds zero bytes): save it as plain text in UTF-8.")
    return text

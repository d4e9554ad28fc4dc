"""Models that a user names by any hub id or folder: their licence, and the sentences for those that cannot be had."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from ..errors import BadInput, EngineUnavailable
from ..input_file import user_path
from ..progress import Cancel, Event, OnEvent, interruptible

#: Licences that allow paid work, as the hub names them.
_FREE = frozenset({"apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "mpl-2.0", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "unlicense"}) | {
    "openrail", "openrail++", "bigscience-openrail-m", "creativeml-openrail-m",  # with rules of conduct
}  # fmt: skip

#: What a first answer of the hub may take, in seconds.
_PATIENCE_S = 5


@dataclass(frozen=True)
class Repository:
    """A model's licence. What a folder of the user's may be used for is for them to know."""

    name: str
    licence: str
    commercial: bool


def is_folder(name: str) -> bool:
    """Whether the name means a folder of this machine. Raises `BadInput` if it can only mean one and there is none."""
    folder = user_path(name)
    if name.startswith((".", "/", "~")) and not os.path.isdir(folder):
        raise BadInput(f"There is no model folder {name}.")
    return os.path.isdir(folder)


@lru_cache(maxsize=64)
def about(name: str) -> Repository:
    """What the hub says of the licence of ``name``; unknown, and thereby not for paid work, where the hub cannot be asked."""
    from huggingface_hub import model_info

    if is_folder(name):
        return Repository(name, "that of the model", True)
    licence = "unknown"
    if hub_answers():
        with loading(name, "choose another model"):
            card = model_info(name, timeout=_PATIENCE_S).card_data
            licence = str((card and (card.get("license_name") or card.get("license"))) or licence)
    return Repository(name, licence, licence.lower() in _FREE)


def fetch_repository(name: str, patterns: Sequence[str], instead: str, on_event: OnEvent, cancel: Cancel) -> Path:
    """The folder with those files of ``name`` that match ``patterns``: the user's own, or the hub's own cache, filled if need be.

    The first event has no total and names the licence. instead: as for `loading`. Raises `BadInput`, `EngineUnavailable`, `Cancelled`.
    """
    from huggingface_hub import snapshot_download

    if is_folder(name):
        return user_path(name)
    here = interruptible(lambda: not hub_answers(), cancel)
    if not here:
        on_event(Event("weights", 0, 0, f"Using {name} of the model hub; licence: {about(name).licence}"))
    with loading(name, instead):
        found = interruptible(lambda: snapshot_download(name, allow_patterns=list(patterns), local_files_only=here), cancel)
    return Path(found)


def hub_answers() -> bool:
    """Asked before the hub's own client is, because that tries for a minute and writes about every attempt."""
    import httpx
    from huggingface_hub.constants import ENDPOINT, HF_HUB_OFFLINE

    if HF_HUB_OFFLINE:
        return False
    try:
        httpx.head(ENDPOINT, timeout=_PATIENCE_S)
    except httpx.TransportError:
        return False
    return True


@contextmanager
def loading(name: str, instead: str) -> Iterator[None]:
    """Turns what the block's loading of ``name`` raises into `BadInput` or `EngineUnavailable`.

    instead: what to do where the hub cannot be reached ("use the offline writer …").
    """
    from huggingface_hub.errors import HFValidationError, RepositoryNotFoundError

    try:
        yield
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise BadInput(f"The model hub has no repository {name!r} that you may read: check the name (owner/model).") from error
    except (OSError, ValueError, KeyError) as error:  # every network error of the hub's client is an OSError
        raise EngineUnavailable(
            f"The model {name!r} cannot be loaded ({first_line(error)}): go online once, give a folder that holds it, or {instead}."
        ) from error


def hush() -> None:
    """Bars and hints of transformers and diffusers are for those who program with them: only their errors are shown."""
    for library in ("transformers", "diffusers"):
        if find_spec(library):
            logging = import_module(f"{library}.utils.logging")
            logging.disable_progress_bar()
            logging.set_verbosity_error()


def first_line(error: Exception) -> str:
    """What an exception says, as a part of a sentence."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".")[:200] if lines else type(error).__name__

"""From the name of a weight to its verified file on this machine."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from ..errors import WeightsError
from ..progress import Cancel, Event, OnEvent, ignore
from ..settings import settings
from . import agreements, hub, packages
from .licences import notice
from .store import cached, verify
from .table import WEIGHTS
from .weight import Hub, Installed, Weight


def fetch(name: str, *, on_event: OnEvent = ignore, cancel: Cancel | None = None) -> Path:
    """The verified file of the weight ``name`` (a hub's weight: its file or folder), downloaded first if it is not here.

    A download's first event has no total: its note, to be shown, names the licence. Raises `WeightsError` if the file cannot be
    had or its hash is wrong, `AgreementNeeded` if its licence has to be agreed to first, `Cancelled` if the token is set meanwhile.
    """
    weight = WEIGHTS[name]
    cancel = cancel or Cancel()
    if weight.agreement:
        agreements.require(name)
    if isinstance(weight.source, Hub):
        return hub.fetch(weight, weight.source, on_event, cancel)
    path = local_path(weight)
    if path is None:
        if isinstance(weight.source, Installed):
            raise WeightsError(f"The file {weight.file} is missing: install the package {weight.source.module!r} again.")
        on_event(Event("weights", 0, 0, notice(weight)))
        path = packages.download(weight, [other for other in WEIGHTS.values() if local_path(other) is None], on_event, cancel)
    verify(weight.file, weight.sha256, path)
    return path


def local_path(weight: Weight) -> Path | None:
    """Where the file or folder is on this machine, not verified; None if it has to be downloaded."""
    if isinstance(weight.source, Hub):
        return hub.local_path(weight, weight.source)
    override = settings().weights
    candidates = [override / weight.file] if override else []
    if isinstance(weight.source, Installed):
        spec = find_spec(weight.source.module)
        if spec and spec.submodule_search_locations:
            candidates.append(Path(spec.submodule_search_locations[0]) / weight.source.member)
    else:
        candidates.append(cached(weight))
    return next((path for path in candidates if path.is_file()), None)

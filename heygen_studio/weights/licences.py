"""Licences as the user sees them, and one check of what paid work may use, for weights, voices and engines alike."""

from __future__ import annotations

from typing import Protocol

from ..errors import BadInput
from .weight import Weight


class Licensed(Protocol):
    """Anything with a licence. commercial: whether paid work may use it."""

    @property
    def licence(self) -> str: ...

    @property
    def commercial(self) -> bool: ...


def refuse_commercial(what: str, thing: Licensed, instead: str, *, field: str = "") -> None:
    """Raise `BadInput` if paid work may not use ``thing``. To be called for requests that say ``commercial``.

    what: its name in a sentence ("The voice coqui:joe"); instead: what to do ("choose another voice").
    """
    if not thing.commercial:
        raise BadInput(f"{what} may not be used for commercial work (licence: {thing.licence}): {instead}.", field=field)


def notice(weight: Weight) -> str:
    """What is said before a weight is downloaded for the first time."""
    paid = "" if weight.commercial else ", not for paid work"
    return f"Downloading {weight.name} ({size_of(weight)}), {weight.purpose}; licence: {weight.licence}{paid}"


def size_of(weight: Weight) -> str:
    """The size of the download in words."""
    return f"{weight.download / 1e9:.1f} GB" if weight.download >= 1e9 else f"{weight.download / 1e6:.0f} MB"

"""What paid work may use: one check for weights, voices and engines alike."""

from __future__ import annotations

from typing import Protocol

from ..errors import BadInput


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

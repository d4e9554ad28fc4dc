"""What can go wrong, as a person should read it: every message is one clear sentence."""

from __future__ import annotations


class StudioError(Exception):
    """Base of every error that is meant for the user. ``str(error)`` is one sentence that says what was
    wrong, where, and what would be right; the command line prints it and exits with code 2. ``field``: the
    field of the request that is to blame, "" where it is not one field's fault."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class BadInput(StudioError):
    """Something the user gave (a prompt, an image, a recording, an option) cannot be used."""


class WeightsError(StudioError):
    """A model file could not be fetched or is not the file it should be."""


class AgreementNeeded(StudioError):
    """A model's licence has to be agreed to before it is used. ``name``: of the weight, see `heygen_studio.weights.agreements`."""

    def __init__(self, sentence: str, *, name: str) -> None:
        super().__init__(sentence)
        self.name = name


class EngineUnavailable(StudioError):
    """An engine needs a package, a key or a device that is not here."""


class OutputError(StudioError):
    """A result could not be written (permissions, disk full)."""

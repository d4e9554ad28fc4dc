"""Licences that the user has to agree to before a model is used: asked once, recorded, never assumed.

An agreement is a file in the data folder that says to which text somebody agreed, who and when. It counts as long as the text is
the same. On a terminal the command line asks; a server is told with ``heygen-studio weights --agree NAME``, or with the names in
HEYGEN_STUDIO_AGREED; programs call `record`.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from ..errors import AgreementNeeded, BadInput, OutputError
from ..settings import settings
from ..stages import new_file
from .table import WEIGHTS


@dataclass(frozen=True)
class Licence:
    """A licence that is agreed to. says: its gist, as the user is asked; url: its whole text."""

    name: str
    says: str
    url: str

    @property
    def sha256(self) -> str:
        """Names this very wording: another one has to be agreed to again."""
        return hashlib.sha256(f"{self.name}\n{self.says}\n{self.url}".encode()).hexdigest()


#: By the name that `Weight.agreement` gives.
LICENCES = {
    "CPML": Licence(
        "Coqui Public Model License 1.0.0",
        "The model and what it speaks may be used for non-commercial purposes only: for oneself, for research, for teaching and "
        "for testing, but not for anything that earns money. Whoever passes the model on passes these terms on with it.",
        "https://tts-hub.github.io/cpml",
    ),
}


def licence_of(name: str) -> Licence:
    """The licence that the weight ``name`` wants agreed to. Raises `BadInput` if there is none."""
    wanting = {weight.name: LICENCES[weight.agreement] for weight in WEIGHTS.values() if weight.agreement}
    if name not in wanting:
        raise BadInput(f"No agreement is needed for {name!r}: the models whose licence has to be agreed to are {', '.join(wanting)}.")
    return wanting[name]


def given(name: str) -> bool:
    """Whether somebody agreed to the licence of the weight ``name`` as it is worded now."""
    try:
        record = json.loads(_file(name).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return False
    return isinstance(record, dict) and record.get("sha256") == licence_of(name).sha256


def record(name: str, who: str = "", when: datetime | None = None) -> None:
    """Note that ``who`` (default: the system's user) agreed to the licence of the weight ``name``, now or at ``when``."""
    licence = licence_of(name)
    agreed = {
        "model": name,
        "licence": licence.name,
        "url": licence.url,
        "sha256": licence.sha256,
        "who": who or _user(),
        "when": (when or datetime.now(timezone.utc)).isoformat(timespec="seconds"),
    }
    path = _file(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with new_file(path) as part:
            part.write_text(json.dumps(agreed, indent=1), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"The agreement could not be recorded in {path.parent}: {error.strerror or error}.") from error


def require(name: str) -> None:
    """Raise `AgreementNeeded` unless the licence of the weight ``name`` was agreed to, here or in HEYGEN_STUDIO_AGREED."""
    if given(name):
        return
    licence = licence_of(name)
    if name in settings().agreed:
        record(name, "HEYGEN_STUDIO_AGREED")
        return
    raise AgreementNeeded(
        f"The model {name} may only be used under the {licence.name} ({licence.url}): read it and, if you agree, run "
        f"`heygen-studio weights --agree {name}`, or set HEYGEN_STUDIO_AGREED={name} for a server.",
        name=name,
    )


def _file(name: str) -> Path:
    return settings().data / "agreements" / f"{name}.json"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return f"user {os.getuid()}"

"""Nothing under a licence that asks for agreement is used before somebody agreed, and who did is on record."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

from heygen_studio import AgreementNeeded, BadInput
from heygen_studio.settings import settings
from heygen_studio.weights import WEIGHTS, Hub, agreements, fetch

NAME = "coqui-xtts-v2"


def test_without_agreement_not_even_files_that_are_here_are_used(elsewhere: Path) -> None:
    source = WEIGHTS[NAME].source
    assert isinstance(source, Hub)
    for file in source.files:
        path = elsewhere / source.repository / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"here")
    with pytest.raises(AgreementNeeded, match=r"Coqui Public Model License.*weights --agree coqui-xtts-v2") as needed:
        fetch(NAME)
    assert needed.value.name == NAME and not agreements.given(NAME)
    agreements.record(NAME, "ann", datetime(2026, 1, 2, tzinfo=timezone.utc))
    assert fetch(NAME) == elsewhere / source.repository


@pytest.mark.usefixtures("elsewhere")
def test_the_record_says_who_when_and_to_which_wording() -> None:
    agreements.record(NAME, "ann", datetime(2026, 1, 2, 3, 4, tzinfo=timezone.utc))
    kept = json.loads((settings().data / "agreements" / f"{NAME}.json").read_text())
    assert kept["who"] == "ann" and kept["when"] == "2026-01-02T03:04:00+00:00" and kept["sha256"] == agreements.licence_of(NAME).sha256


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("damage", ["", "{", "[]", '{"sha256": "of another wording"}'])
def test_a_record_of_another_wording_or_a_damaged_one_does_not_count(damage: str) -> None:
    agreements.record(NAME)
    assert agreements.given(NAME)
    (settings().data / "agreements" / f"{NAME}.json").write_text(damage)
    assert not agreements.given(NAME)


@pytest.mark.usefixtures("elsewhere")
def test_a_servers_operator_agrees_in_the_environment_and_that_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEYGEN_STUDIO_AGREED", f"something-else, {NAME}")
    settings.cache_clear()
    agreements.require(NAME)
    kept = json.loads((settings().data / "agreements" / f"{NAME}.json").read_text())
    assert kept["who"] == "HEYGEN_STUDIO_AGREED"


def test_nothing_to_agree_to() -> None:
    with pytest.raises(BadInput, match=NAME):
        agreements.record("hibari-heart")
    assert {weight.agreement for weight in WEIGHTS.values() if weight.agreement} <= set(agreements.LICENCES)


def test_on_a_terminal_the_user_is_asked_and_a_no_is_a_no(elsewhere: Path) -> None:
    """The whole program in a terminal of its own; the files are not here, so a yes leads to the next step, which is to fetch them."""
    assert "Do you agree" in (refused := answer("n")) and "may only be used under" in refused
    assert not agreements.given(NAME)
    agreed = answer("y")
    assert "Coqui Public Model License" in agreed and "non-commercial purposes only" in agreed and "cannot be reached" in agreed
    assert agreements.given(NAME)


def answer(key: str) -> str:
    """What `weights --fetch` says in a terminal when the question is answered with ``key``."""
    controller, terminal = os.openpty()
    command = [sys.executable, "-m", "heygen_studio", "weights", "--fetch", NAME]
    environment = {**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9", "COLUMNS": "200", "TERM": "dumb"}
    with subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment) as program:
        os.close(terminal)
        os.write(controller, f"{key}\n".encode())
        said = b""
        with contextlib.suppress(OSError):  # the program has ended
            while part := os.read(controller, 4096):
                said += part
        program.wait(timeout=60)
    os.close(controller)
    return said.decode()

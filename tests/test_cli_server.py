"""The commands around the server, as a user types them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from heygen_studio import BadInput, OutputError, Settings
from heygen_studio.cli import app
from heygen_studio.service.api.keys import Keys
from heygen_studio.settings import settings

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setenv("HEYGEN_STUDIO_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    yield lambda *arguments: CliRunner().invoke(app, list(arguments))
    monkeypatch.undo()
    settings.cache_clear()


def test_a_key_is_shown_once_listed_and_revoked(run: Run, tmp_path: Path) -> None:
    made = run("keys", "create", "script", "--owner", "ann")
    text = made.stdout.strip()
    keys = Keys(Settings(data=tmp_path / "data", cache=tmp_path))
    key = keys.open(text)
    assert made.exit_code == 0 and key is not None and (key.name, key.owner) == ("script", "ann")
    listed = run("keys", "list", "--json").stdout
    assert json.loads(listed)[0]["id"] == key.id and text.rpartition("_")[2] not in listed
    assert run("keys", "revoke", key.id).exit_code == 0 and keys.open(text) is None
    refused = run("keys", "revoke", "nobody")
    assert isinstance(refused.exception, BadInput) and "`heygen-studio keys list` shows them" in str(refused.exception)
    keys.close()


def test_an_owner_is_exported_and_deleted(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "ann.zip"
    assert run("owners", "export", "ann", str(target)).exit_code == 0
    assert zipfile.ZipFile(target).namelist() == ["jobs.json"]
    for place in (tmp_path / "missing" / "ann.zip", tmp_path):
        refused = run("owners", "export", "ann", str(place))
        assert isinstance(refused.exception, OutputError) and str(place.parent) in str(refused.exception)
    assert "0 jobs" in run("owners", "delete", "ann").stderr

"""The commands around the server, as a user types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from heygen_studio import Settings
from heygen_studio.service.api.keys import Keys


def run(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HEYGEN_STUDIO_DATA": str(data)}
    return subprocess.run([sys.executable, "-m", "heygen_studio", *arguments], env=environment, capture_output=True, text=True, check=False)


def test_a_key_is_shown_once_listed_and_revoked(tmp_path: Path) -> None:
    made = run(tmp_path, "keys", "create", "script", "--owner", "ann")
    keys = Keys(Settings(data=tmp_path, cache=tmp_path))
    key = keys.open(made.stdout.strip())
    assert made.returncode == 0 and key is not None and (key.name, key.owner) == ("script", "ann")
    listed = run(tmp_path, "keys", "list", "--json")
    assert json.loads(listed.stdout)[0]["id"] == key.id and made.stdout.strip().rpartition("_")[2] not in listed.stdout
    assert run(tmp_path, "keys", "revoke", key.id).returncode == 0 and keys.open(made.stdout.strip()) is None
    refused = run(tmp_path, "keys", "revoke", "nobody")
    assert refused.returncode == 2 and refused.stderr == "There is no key 'nobody': `heygen-studio keys list` shows them.\n"
    keys.close()


def test_an_owner_is_exported_and_deleted(tmp_path: Path) -> None:
    target = tmp_path / "ann.zip"
    assert run(tmp_path / "data", "owners", "export", "ann", str(target)).returncode == 0
    assert zipfile.ZipFile(target).namelist() == ["jobs.json"]
    assert "0 jobs" in run(tmp_path / "data", "owners", "delete", "ann").stderr

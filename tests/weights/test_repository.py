"""Models of any name, fetched and asked for their licence at a hub on this machine. In a process of its own, whose hub is that one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fake_hub import FakeHub

LICENCE = """
import json, sys
from heygen_studio import BadInput
from heygen_studio.weights.repository import about
found = about("ann/chat")
try:
    about("ann/nothing")
except BadInput as error:
    missing = str(error)
print(json.dumps({"licence": found.licence, "commercial": found.commercial, "missing": missing}))
"""


def ran(code: str, hub: FakeHub, home: Path) -> dict[str, object]:
    environment = {**os.environ, "HF_ENDPOINT": hub.url, "HF_HOME": str(home), "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(("licence", "free"), [("apache-2.0", True), ("cc-by-nc-4.0", False)])
def test_the_licence_is_asked_at_the_hub(licence: str, free: bool, fake_hub: FakeHub, tmp_path: Path) -> None:
    fake_hub.files, fake_hub.licence = {"ann/chat/config.json": b"{}"}, licence
    found = ran(LICENCE, fake_hub, tmp_path)
    assert (found["licence"], found["commercial"]) == (licence, free)
    assert "no repository 'ann/nothing'" in str(found["missing"])

"""A chat model that a hub on this machine holds, fetched by the hub's own client in a process whose hub is that one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fake_hub import FakeHub

WRITER = """
import json
from heygen_studio import Cancel
from heygen_studio.script.writer import open_writer
events = []
with open_writer("hub:ann/chat", on_event=events.append) as writer:
    chat = [{"role": "user", "content": "bees"}]
    said = writer.draft(chat, max_tokens=8, temperature=0.7, seed=1, on_token=lambda _: False, cancel=Cancel())
print(json.dumps({"said": said, "notes": [event.note for event in events]}))
"""


def written(hub: str, home: Path) -> dict[str, Any]:
    environment = {**os.environ, "HF_ENDPOINT": hub, "HF_HOME": str(home), "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", WRITER], capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


@pytest.mark.slow
def test_a_chat_model_of_the_hub_writes_online_and_later_offline(tiny_hub_model: Path, fake_hub: FakeHub, tmp_path: Path) -> None:
    fake_hub.files = {f"ann/chat/{path.name}": path.read_bytes() for path in tiny_hub_model.iterdir()}
    online = written(fake_hub.url, tmp_path)
    assert online["said"] and any("licence: mit" in note for note in online["notes"])
    assert written("http://127.0.0.1:9", tmp_path)["said"] == online["said"]

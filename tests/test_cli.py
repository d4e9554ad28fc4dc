"""The lists of the command line, as people and programs read them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "heygen_studio", *arguments], capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    ("command", "field", "expected"),
    [
        ("roles", "name", {"presenter", "news_anchor", "tour_guide", "customer_service", "teacher", "patient", "idol", "game_character"}),
        ("avatars", "id", {"hopper", "astronaut"}),
        ("voices", "id", {"coqui:joe", "hibari:heart", "kokoro:af_heart", "kokoro:zf_xiaoxiao"}),
        ("weights", "name", {"face-landmarker", "coqui-joe", "qwen2.5-coder-1.5b", "whisper-base"}),
        ("doctor", "check", {"Python", "ffmpeg", "Data folder"}),
    ],
)
def test_a_list_holds_what_a_user_looks_for(command: str, field: str, expected: set[str]) -> None:
    said = run(command, "--json")
    assert said.returncode == 0, said.stderr
    rows: list[dict[str, Any]] = json.loads(said.stdout)
    assert expected <= {row[field] for row in rows}


def test_weights_tell_licence_and_size() -> None:
    rows = {row["name"]: row for row in json.loads(run("weights", "--json").stdout)}
    assert rows["coqui-joe"]["commercial"] is False
    assert all(row["licence"] and row["MB"] >= 0 for row in rows.values())


def test_the_table_for_people_fits_a_terminal() -> None:
    said = run("roles")
    assert "Teacher" in said.stdout and said.returncode == 0


def test_an_unknown_weight_is_refused() -> None:
    said = run("weights", "--fetch", "gpt")
    assert said.returncode == 2
    assert "There is no weight 'gpt'" in said.stderr and "Traceback" not in said.stderr

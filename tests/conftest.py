"""Every test run keeps its results in a folder of its own; verified model files are shared with the user's cache."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator

import pytest
from fake_hub import FakeHub, serve


def pytest_collection_finish() -> None:
    """What was imported for all tests stays to the end: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def own_data_folder() -> Iterator[None]:
    from heygen_studio.settings import settings

    with tempfile.TemporaryDirectory(prefix="heygen-studio-tests-") as folder:
        before = os.environ.get("HEYGEN_STUDIO_DATA")
        os.environ["HEYGEN_STUDIO_DATA"] = folder
        settings.cache_clear()
        yield
        if before is None:
            del os.environ["HEYGEN_STUDIO_DATA"]
        else:
            os.environ["HEYGEN_STUDIO_DATA"] = before
        settings.cache_clear()


@pytest.fixture
def fake_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A hub on this machine that the hub's own client talks to."""
    with serve() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        yield hub

"""A studio that asks for a password: nothing without it, and the videos belong to the name, whatever the browser."""

from __future__ import annotations

import runpy
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from gradio_client import Client

from heygen_studio.settings import settings

from .conftest import SMALL, secret_of, start


def test_only_those_with_a_password_come_in_and_find_their_videos_from_any_browser(tmp_path: Path) -> None:
    studio = start(replace(settings(), data=tmp_path, login="ann:secret,bob:hidden"))
    try:
        assert httpx.get(f"{studio.url}config").status_code == 401
        refused = httpx.post(f"{studio.url}gradio_api/upload", files={"files": b"x"}, headers={"x-studio-visitor": secret_of("eve")})
        assert refused.status_code == 401
        ann, bob = (Client(studio.url, auth=who, verbose=False) for who in (("ann", "secret"), ("bob", "hidden")))
        job = ann.predict({"text": "Hello there.", **SMALL}, api_name="/render")
        assert studio.desk.jobs.get(job["id"]).owner == "login-ann"
        assert bob.predict("", api_name="/videos") == []
        again = Client(studio.url, auth=("ann", "secret"), verbose=False)
        assert [video["id"] for video in again.predict("", api_name="/videos")] == [job["id"]]
    finally:
        studio.blocks.close(verbose=False)


def test_a_setting_that_cannot_be_used_ends_the_app_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEYGEN_STUDIO_DATA", str(tmp_path))
    monkeypatch.setenv("HEYGEN_STUDIO_LOGIN", "ann")
    settings.cache_clear()
    try:
        with pytest.raises(SystemExit, match="HEYGEN_STUDIO_LOGIN cannot be used"):
            runpy.run_path(str(Path(__file__).parents[2] / "app.py"), run_name="__main__")
    finally:
        monkeypatch.undo()
        settings.cache_clear()

"""Who gets in: keys, and how often."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from heygen_studio import BadInput, Settings
from heygen_studio.service.api.app import create_app
from heygen_studio.service.api.keys import Keys
from heygen_studio.service.api.rate import RateLimit

from .conftest import ORDER, new_key


def test_a_key_opens_its_owners_data_until_it_is_revoked(where: Settings) -> None:
    keys = Keys(where)
    key, text = keys.create("script", "ann")
    found = keys.open(text)
    assert found is not None and (found.name, found.owner) == ("script", "ann")
    for wrong in (
        "",
        text[:-1],
        text + "x",
        text.replace("hs_", "HS_"),
        f"hs_{key.id}_{'A' * 43}",
        "hs_000000000000_" + text[-43:],
        "\udc80",
    ):
        assert keys.open(wrong) is None
    assert keys.revoke(key.id).revoked is not None
    assert keys.open(text) is None and [each.id for each in keys.list()] == [key.id]
    with pytest.raises(BadInput, match="no key"):
        keys.revoke("nobody")
    keys.close()


def test_only_a_hash_of_the_key_is_on_the_disk(where: Settings) -> None:
    secret = new_key(where, "ann").rpartition("_")[2]
    files = [file for file in where.data.rglob("*") if file.is_file()]
    assert files and not any(secret.encode() in file.read_bytes() for file in files)


@pytest.mark.parametrize("name", ["", " ", "a" * 101, "a\nb"])
def test_names_of_keys(where: Settings, name: str) -> None:
    keys = Keys(where)
    with pytest.raises(BadInput, match="cannot be used"):
        keys.create(name)
    keys.close()


@pytest.mark.parametrize("headers", [{}, {"X-Api-Key": "wrong"}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer x"}])
def test_without_a_key_nothing_is_told(app: FastAPI, headers: dict[str, str]) -> None:
    with_nothing = TestClient(app, headers=headers)
    for path in ("/api/videos", "/api/uploads", "/api/account/export", "/v1/video.list", "/v2/avatars", "/v3/videos"):
        answer = with_nothing.get(path)
        assert answer.status_code == 401 and "key" in answer.text and answer.headers["WWW-Authenticate"] == "Bearer"
    assert with_nothing.post("/api/videos", json=ORDER).status_code == 401


def test_nothing_of_a_body_is_read_without_a_key(app: FastAPI) -> None:
    """Or anyone could fill the disk."""
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        raise AssertionError("the body was read")

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/api/uploads", "root_path": "", "query_string": b"", "http_version": "1.1"}
    asyncio.run(app({**scope, "scheme": "http", "headers": [], "server": ("x", 80), "client": ("x", 1)}, receive, send))
    assert sent[0]["status"] == 401


def test_both_headers_work(app: FastAPI, where: Settings) -> None:
    key = new_key(where, "ann")
    for headers in ({"x-api-key": key}, {"Authorization": f"Bearer {key}"}):
        assert TestClient(app, headers=headers).get("/api/account").json()["owner"] == "ann"


def test_too_many_requests_have_to_wait(where: Settings) -> None:
    few = replace(where, rate=3)
    key = new_key(few, "ann")
    with TestClient(create_app(few), headers={"X-Api-Key": key}) as client, TestClient(create_app(few)) as second:
        assert [client.get("/api/roles").status_code for _ in range(2)] == [200, 200]
        assert second.get("/api/roles", headers={"X-Api-Key": key}).status_code == 200  # another process shares the count
        refused = client.get("/api/roles")
        assert refused.status_code == 429 and refused.json()["error"]["code"] == "rate_limit_exceeded"
        assert 0 < int(refused.headers["Retry-After"]) <= 20
        assert client.get("/v2/voices").json()["error"]["code"] == "rate_limit_exceeded"
        assert second.get("/api/roles", headers={"X-Api-Key": new_key(few, "bob")}).status_code == 200


def test_the_bucket_fills_again_and_no_clock_empties_it(where: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("heygen_studio.service.api.rate.time.time", lambda: now)
    limit = RateLimit(replace(where, rate=60))
    assert [limit.take("a") for _ in range(60)] == [0.0] * 60
    assert 0 < limit.take("a") <= 1
    now += 2.5
    assert [limit.take("a") == 0 for _ in range(3)] == [True, True, False]
    now -= 500
    assert limit.take("a") > 0
    limit.close()

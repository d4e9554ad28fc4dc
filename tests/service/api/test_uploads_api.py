"""Files that clients send or name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from PIL import Image
from starlette.testclient import TestClient

from heygen_studio import Settings
from heygen_studio.service.api.app import create_app
from heygen_studio.service.uploads import CONSENT

from ..conftest import encoded
from ..test_uploads import png_that_claims, tone
from .conftest import ORDER, Receiver, new_key


def send(client: TestClient, content: bytes, name: str = "file", **fields: Any) -> Any:
    return client.post("/api/uploads", files={"file": (name, content)}, data={"consent": CONSENT, **fields})


def test_a_photo_is_uploaded_used_and_deleted(app: FastAPI, client: TestClient, other: TestClient, face: bytes, where: Settings) -> None:
    photo = send(client, face, "../../me.png", kind="photo").json()
    assert (photo["kind"], photo["name"], photo["media_type"]) == ("photo", "me.png", "image/jpeg")
    assert TestClient(app).get(photo["links"]["content"]).content == face
    assert TestClient(app).get(photo["links"]["preview"]).headers["content-type"] == "image/jpeg"
    assert photo["id"] in {avatar["id"] for avatar in client.get("/api/avatars").json()}
    video = client.post("/api/videos", json={**ORDER, "avatar": photo["id"]})
    assert video.status_code == 202 and video.json()["request"]["avatar"] == photo["id"] and str(where.data) not in video.text
    job = app.state.services.jobs.get(video.json()["id"])
    assert job.request.avatar.startswith(str(where.uploads))
    refused = other.post("/api/videos", json={**ORDER, "avatar": photo["id"]})
    assert refused.status_code == 400 and refused.json()["error"]["field"] == "avatar"
    assert other.get(f"/api/uploads/{photo['id']}").status_code == 404 == other.delete(f"/api/uploads/{photo['id']}").status_code
    assert client.delete(f"/api/uploads/{photo['id']}").status_code == 204
    assert client.get("/api/uploads").json() == [] and TestClient(app).get(photo["links"]["content"]).status_code == 404


def test_a_recording_and_a_picture_have_their_places(client: TestClient) -> None:
    sound = send(client, tone(), "take.wav").json()
    picture = send(client, encoded(Image.new("RGB", (300, 200), "teal"), "PNG"), kind="image", consent="").json()
    order = {**{name: value for name, value in ORDER.items() if name not in ("text", "voice")}, "audio": sound["id"]}
    assert client.post("/api/videos", json={**order, "background": picture["id"]}).status_code == 202
    cloned = client.post("/api/videos", json={**ORDER, "voice": f"xtts:{sound['id']}"}).json()
    assert cloned["error"]["field"] == "voice" and "cloned from 6" in cloned["error"]["message"]
    wrong = client.post("/api/videos", json={**order, "audio": picture["id"]}).json()["error"]
    assert wrong["field"] == "audio"
    assert client.post("/api/videos", json={**ORDER, "avatar": sound["id"]}).json()["error"]["field"] == "avatar"


@pytest.mark.parametrize("field", ["avatar", "audio", "background", "voice"])
@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../jobs.sqlite3", "~/.ssh/id_rsa", "~nobody-here/id_rsa", "C:\\secret.wav", "\0", "a" * 32, "http://127.0.0.1/x", "."],
)
def test_no_path_of_the_server_can_be_named(shared: TestClient, field: str, path: str) -> None:
    order = {name: value for name, value in ORDER.items() if field != "audio" or name != "text"}
    answer = shared.post("/api/videos", json={**order, field: path})
    assert answer.status_code == 400 and answer.json()["error"]["field"] == field
    assert "/root" not in answer.text and "/home" not in answer.text


def test_bombs_and_giants_are_refused(where: Settings) -> None:
    small = replace(where, upload_mb=1)
    with TestClient(create_app(small), headers={"X-Api-Key": new_key(small, "ann")}) as client:
        for content, kind, status in (
            (png_that_claims(60_000, 60_000), "image", 400),
            (png_that_claims(15_000, 15_000), "photo", 400),
            (b"x" * 1_500_000, "image", 400),
            (b"x" * 3_000_000, "image", 413),
        ):
            refused = send(client, content, "bomb.png", kind=kind)
            assert refused.status_code == status and refused.json()["error"]["message"].endswith(".")
        assert client.post("/api/videos", content=b'{"text": "' + b"x" * 5_000_000 + b'"}').status_code == 413
        chunked = client.post("/api/videos", content=(b"x" * 100_000 for _ in range(100)))
        assert chunked.status_code == 413
        assert client.get("/api/uploads").json() == []


def test_a_file_is_fetched_from_an_address_only_where_that_is_allowed(where: Settings, face: bytes) -> None:
    source = Receiver(content=face)
    order = {"url": source.url, "kind": "photo", "consent": CONSENT}
    with TestClient(create_app(where), headers={"X-Api-Key": new_key(where, "ann")}) as client:
        refused = client.post("/api/uploads/from-url", json=order)
        assert refused.status_code == 400 and "private network" in refused.text and refused.json()["error"]["field"] == "url"
        assert source.got == []
    allowed = replace(where, private_urls=True)
    with TestClient(create_app(allowed), headers={"X-Api-Key": new_key(allowed, "ann")}) as client:
        assert client.post("/api/uploads/from-url", json=order).json()["name"] == "hook"
        assert client.post("/api/uploads/from-url", json={**order, "kind": "audio"}).json()["error"]["field"] == "file"
    source.close()


@pytest.mark.parametrize("name", ["a\r\nSet-Cookie: x=1.png", '"; filename="evil.html', "é😀.png", "%0d%0aX: y.png"])
def test_names_cannot_write_headers(app: FastAPI, client: TestClient, name: str) -> None:
    kept = client.post(
        "/api/uploads", files={"file": ("x", encoded(Image.new("RGB", (99, 99)), "PNG"))}, data={"name": name, "kind": "image"}
    )
    answer = client.get(kept.json()["links"]["content"])
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/png"
    assert (
        "set-cookie" not in answer.headers
        and "x" not in answer.headers
        and "evil.html" not in answer.headers["content-disposition"].split(";")
    )
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_form_without_a_file_says_so(shared: TestClient) -> None:
    answer = shared.post("/api/uploads", data={"kind": "photo"})
    assert answer.status_code == 400 and answer.json()["error"]["field"] == "file"

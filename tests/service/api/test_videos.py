"""Videos, batches and their files, as a client sees them."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from heygen_studio import Settings, Studio, VideoRequest
from heygen_studio.request import Scene
from heygen_studio.service.api.app import create_app
from heygen_studio.service.api.orders import VideoOrder
from heygen_studio.service.api.services import Services
from heygen_studio.service.worker_lock import WorkerLock

from .conftest import ORDER, new_key


def work(app: FastAPI, studio: Studio | None = None, fail: str = "") -> str:
    """Do the next job as a worker would, and return its id."""
    here: Services = app.state.services
    lock = WorkerLock(here.settings)
    claim = here.jobs.claim(lock.name)
    assert claim is not None
    if studio is None:
        here.jobs.fail(claim, fail or "It rained.", "text")
    else:
        here.jobs.finish(claim, studio.render(claim.request).folder.name)
    lock.release()
    return claim.id


def test_a_video_from_order_to_download(app: FastAPI, client: TestClient, other: TestClient, studio: Studio) -> None:
    asked = client.post("/api/videos", json={**ORDER, "title": "Greeting é"})
    assert asked.status_code == 202 and asked.json()["state"] == "queued"
    assert asked.json()["request"] == {**ORDER, "title": "Greeting é"}
    id = asked.json()["id"]
    assert client.get(f"/api/videos/{id}/video.mp4").status_code == 404
    work(app, studio)
    done = client.get(f"/api/videos/{id}").json()
    assert (done["state"], done["title"], done["removed"], done["error"]) == ("done", "Greeting é", False, None)
    assert 0.3 < done["duration"] < 5
    whole = client.get(f"/api/videos/{id}/video.mp4")
    assert whole.headers["content-type"] == "video/mp4" and whole.content[4:8] == b"ftyp"
    part = client.get(f"/api/videos/{id}/video.mp4", headers={"Range": "bytes=10-19"})
    assert part.status_code == 206 and part.content == whole.content[10:20]
    assert client.get(f"/api/videos/{id}/video.mp4", headers={"Range": "bytes=99999999-"}).status_code == 416
    head = client.head(f"/api/videos/{id}/video.mp4")
    assert head.headers["content-length"] == str(len(whole.content)) and head.headers["accept-ranges"] == "bytes" and head.content == b""
    for file, start in (("captions.srt", b"1\n"), ("captions.vtt", b"WEBVTT"), ("speech.wav", b"RIFF"), ("thumbnail.jpg", b"\xff\xd8")):
        assert client.get(f"/api/videos/{id}/{file}").content.startswith(start)
    anyone = TestClient(app)
    for link in done["links"].values():
        assert anyone.get(link).status_code == 200 == anyone.head(link).status_code
        for changed in (
            link.replace("owner=ann", "owner=bob"),
            link.replace("expires=1", "expires=2"),
            link[:-1] + "g",
            link.split("?")[0],
        ):
            assert anyone.get(changed).status_code in (400, 403)
    assert other.get(f"/api/videos/{id}").status_code == 404
    assert client.delete(f"/api/videos/{id}").status_code == 204
    assert anyone.get(done["links"]["video"]).status_code == 404 and client.get("/api/videos").json() == {"videos": [], "next": None}
    assert not any(app.state.services.library.root.iterdir())


def test_what_is_shared_with_another_owner_stays(app: FastAPI, client: TestClient, other: TestClient, studio: Studio) -> None:
    mine, theirs = (each.post("/api/videos", json=ORDER).json()["id"] for each in (client, other))
    work(app, studio)
    work(app, studio)
    assert client.delete(f"/api/videos/{mine}").status_code == 204
    assert other.get(f"/api/videos/{theirs}/video.mp4").status_code == 200


def test_cancel_retry_and_delete(app: FastAPI, client: TestClient, other: TestClient) -> None:
    id = client.post("/api/videos", json=ORDER).json()["id"]
    for path in (f"/api/videos/{id}/cancel", f"/api/videos/{id}/retry"):
        assert other.post(path).status_code == 404
    assert other.delete(f"/api/videos/{id}").status_code == 404
    assert client.post(f"/api/videos/{id}/retry").json()["error"]["code"] == "conflict"
    assert client.post(f"/api/videos/{id}/cancel").json()["state"] == "cancelled"
    assert client.post(f"/api/videos/{id}/retry").json()["state"] == "queued"
    lock = WorkerLock(app.state.services.settings)
    assert app.state.services.jobs.claim(lock.name) is not None
    refused = client.delete(f"/api/videos/{id}")
    assert refused.status_code == 409 and "cancel it first" in refused.json()["error"]["message"]
    lock.release()


def test_a_failed_video_says_why_without_telling_where_things_are(app: FastAPI, client: TestClient, where: Settings) -> None:
    client.post("/api/videos", json=ORDER)
    id = work(app, fail=f"The photo {where.uploads}/0a1b/2c3d/me.jpg is damaged, and '{where.cache}/x/y.bin' too.")
    error = client.get(f"/api/videos/{id}").json()["error"]
    assert error == {"message": "The photo me.jpg is damaged, and 'y.bin' too.", "field": "text"}


def test_pages_of_many_videos(app: FastAPI, client: TestClient, other: TestClient) -> None:
    ids = [client.post("/api/videos", json=ORDER).json()["id"] for _ in range(5)]
    other.post("/api/videos", json=ORDER)
    seen: list[str] = []
    cursor: str | None = None
    while cursor is not None or not seen:
        page = client.get("/api/videos", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += [video["id"] for video in page["videos"]]
        cursor = page["next"]
        client.post("/api/videos", json=ORDER)  # what comes meanwhile moves nothing
    assert seen == ids[::-1]
    assert client.get("/api/videos", params={"state": "done"}).json()["videos"] == []
    for bad in ({"limit": 0}, {"limit": 101}, {"cursor": "x"}, {"cursor": "9" * 30}, {"state": "lost"}):
        refused = client.get("/api/videos", params=bad)
        assert refused.status_code == 400 and refused.json()["error"]["field"] == next(iter(bad))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"text": ""}, None),
        ({"text": "x" * 30_001}, None),
        ({"width": 127}, "width"),
        ({"voice": "nobody"}, "voice"),
        ({"voice": "coqui:/models/evil.pth"}, "voice"),
        ({"voice": "xtts:/models/ann.wav"}, "voice"),
        ({"voice": "coqui:tts_models/en/ljspeech/vits"}, "voice"),
        ({"voice": "kokoro:zf_xiaoxiao"}, "voice"),
        ({"writer": "gguf:/etc/passwd"}, "writer"),
        ({"writer": "openai:gpt-4"}, "writer"),
        ({"role": "nobody"}, "role"),
        ({"engine": "nothing"}, "engine"),
        ({"colour": "red"}, "colour"),
        ({"text": "", "scenes": [{"text": "One."}, {"text": "Two.", "voice": "coqui:/x.pth"}]}, "scenes.1.voice"),
        ({"text": "", "scenes": [{"text": "One.", "avatar": "/etc/passwd"}]}, "scenes.0.avatar"),
        ({"text": "", "scenes": [{"text": "One.", "audio": "/etc/passwd"}]}, "scenes.0.audio"),
        ({"callback_url": "file:///etc/passwd"}, "callback_url"),
        ({"callback_id": "x" * 201}, "callback_id"),
    ],
)
def test_bad_orders_name_the_field(shared: TestClient, fields: dict[str, Any], field: str | None) -> None:
    answer = shared.post("/api/videos", json={**ORDER, **fields})
    error = answer.json()["error"]
    assert answer.status_code == 400 and error["code"] == "invalid_parameter"
    assert error["field"] == field and error["message"].endswith(".") and "\n" not in error["message"]


@pytest.mark.parametrize("body", [b"{", b"", b"[" * 100_000, b'{"text": 1e999999}', b'"text"', b"[]", b"\xff", b'{"text": "\\ud800"}'])
def test_bodies_that_are_no_orders(shared: TestClient, body: bytes) -> None:
    answer = shared.post("/api/videos", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400 and answer.json()["error"]["message"].endswith(".")


@pytest.mark.parametrize(
    "path", ["/api/videos", "/api/batches", "/api/webhooks", "/api/uploads/from-url", "/v2/video/generate", "/v3/videos"]
)
def test_a_body_that_is_not_said_to_be_json(shared: TestClient, path: str) -> None:
    answer = shared.post(path, content=b'{"text": "Hello."}', headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 415 and "Content-Type: application/json" in answer.text


def test_a_batch_makes_the_good_ones_and_names_the_bad(app: FastAPI, client: TestClient) -> None:
    videos: list[dict[str, Any]] = [{**ORDER, "text": f"Number {n}."} for n in range(50)]
    videos[3] = {**ORDER, "voice": "nobody"}
    videos[17] = {**ORDER, "width": 3}
    videos[42] = {**ORDER, "avatar": "../../etc/passwd"}
    strict = client.post("/api/batches", json={"videos": videos, "strict": True})
    assert strict.status_code == 400 and strict.json()["error"]["field"] == "videos.3.voice"
    assert client.get("/api/videos").json()["videos"] == []
    answer = client.post("/api/batches", json={"videos": videos})
    assert answer.status_code == 202
    assert [(refused["index"], refused["field"]) for refused in answer.json()["refused"]] == [(3, "voice"), (17, "width"), (42, "avatar")]
    assert len(answer.json()["videos"]) == 47 == len(app.state.services.jobs.find("ann"))
    id = answer.json()["videos"][0]["id"]
    assert client.get(f"/api/videos/{id}").json()["request"]["text"] == "Number 0."
    for bad in ({"videos": []}, {"videos": [ORDER] * 101}, {"videos": [1]}, {}):
        assert client.post("/api/batches", json=bad).status_code == 400


def test_quotas_are_told_apart_from_bad_orders(where: Settings) -> None:
    few = replace(where, owner_jobs=2)
    with TestClient(create_app(few), headers={"X-Api-Key": new_key(few, "ann")}) as client:
        assert client.post("/api/batches", json={"videos": [ORDER] * 3}).json()["error"]["code"] == "quota_exceeded"
        assert client.get("/api/account").json()["unfinished"] == 0  # all or none
        for status in (202, 202, 429):
            assert client.post("/api/videos", json=ORDER).status_code == status
        assert client.post("/v1/x").status_code == 404


def test_the_catalogue(shared: TestClient) -> None:
    voices = shared.get("/api/voices").json()
    assert {"coqui:joe", "hibari:heart"} <= {voice["id"] for voice in voices}
    assert "teacher" in {role["id"] for role in shared.get("/api/roles").json()}
    avatars = shared.get("/api/avatars").json()
    assert avatars[0]["id"] == "hopper"
    assert shared.get(avatars[0]["preview"]).headers["content-type"] == "image/jpeg"
    assert shared.get("/api/avatars/..%2f..%2fetc%2fpasswd/preview.jpg").status_code == 404


def test_all_that_is_kept_of_an_owner(app: FastAPI, client: TestClient, other: TestClient, studio: Studio) -> None:
    id = client.post("/api/videos", json={**ORDER, "callback_id": "mine"}).json()["id"]
    other.post("/api/videos", json=ORDER)
    work(app, studio)
    client.post("/api/webhooks", json={"url": "https://example.com/hook"})
    with zipfile.ZipFile(io.BytesIO(client.get("/api/account/export").content)) as archive:
        assert id in archive.read("jobs.json").decode() and any(name.endswith("/video.mp4") for name in archive.namelist())
    assert client.delete("/api/account").status_code == 204
    assert client.get("/api/videos").json()["videos"] == [] == client.get("/api/webhooks").json()
    assert len(other.get("/api/videos").json()["videos"]) == 1


def test_no_field_of_a_request_reaches_the_disk_unnoticed() -> None:
    """A field that is added to a request may name a file: see that `heygen_studio.service.files.map_files` knows it, then list it here."""
    files = {"audio", "avatar", "background", "voice"}
    no_files = {
        "prompt", "text", "lines", "listen", "scenes",
        "title", "role", "tone", "audience", "language", "facts", "banned_words", "seconds", "max_words",
        "writer", "speed", "width", "height", "fps", "seed", "engine", "style", "head_motion", "expression",
        "expression_strength", "commercial", "captions", "caption_position", "caption_size", "scale", "offset_x", "offset_y", "circle",
    }  # fmt: skip
    assert VideoRequest.model_fields.keys() == files | no_files
    assert Scene.model_fields.keys() - VideoRequest.model_fields.keys() == {"silence"}
    assert VideoOrder.model_fields.keys() - VideoRequest.model_fields.keys() == {"callback_url", "callback_id"}

"""What clients of HeyGen's API do, with another base URL and key."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from PIL import Image
from starlette.testclient import TestClient

from heygen_studio import Settings, Studio, VideoRequest
from heygen_studio.service.api.app import create_app

from ..conftest import encoded
from ..test_uploads import tone
from .conftest import Receiver, client_of
from .test_videos import work


@pytest.fixture
def where(where: Settings) -> Settings:
    return replace(where, private_urls=True)


@pytest.fixture
def site(face: bytes) -> Iterator[Receiver]:
    """Where the client keeps its recording."""
    receiver = Receiver(content=tone())
    yield receiver
    receiver.close()


def order(character: dict[str, Any] | None = None, voice: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    scene = {
        "character": {"type": "avatar", "avatar_id": "hopper", "avatar_style": "normal", **(character or {})},
        "voice": {"type": "text", "input_text": "Hello.", "voice_id": "hibari:heart", "speed": 1.0, **(voice or {})},
        **{name: more.pop(name) for name in ("background",) if name in more},
    }
    return {"video_inputs": [scene], "dimension": {"width": 128, "height": 128}, "title": "", "caption": False, "test": True, **more}


def asked(app: FastAPI) -> VideoRequest:
    """The request of the newest job."""
    request: VideoRequest = app.state.services.jobs.find(limit=1)[0].request
    return request


def test_generate_poll_and_download(app: FastAPI, client: TestClient, studio: Studio) -> None:
    avatars = client.get("/v2/avatars").json()["data"]
    voices = {voice["voice_id"]: voice for voice in client.get("/v2/voices").json()["data"]["voices"]}
    assert avatars["avatars"][0]["avatar_id"] == "hopper" and voices["hibari:heart"]["language"] == "English"
    made = client.post("/v2/video/generate", json=order(callback_id="mine", title="A title")).json()
    assert made["error"] is None
    id = made["data"]["video_id"]
    status = client.get("/v1/video_status.get", params={"video_id": id}).json()
    assert status["code"] == 100 and status["message"] == "Success"
    assert (status["data"]["status"], status["data"]["video_url"], status["data"]["callback_id"]) == ("pending", None, "mine")
    work(app, studio)
    data = client.get("/v1/video_status.get", params={"video_id": id}).json()["data"]
    assert data["status"] == "completed" and data["error"] is None and 0.3 < data["duration"] < 5
    anyone = TestClient(app)
    assert anyone.get(data["video_url"]).content[4:8] == b"ftyp"
    assert anyone.get(data["thumbnail_url"]).content[:2] == b"\xff\xd8" and "-->" in anyone.get(data["caption_url"]).text
    assert client.get(f"/v2/videos/{id}").json()["data"]["status"] == client.get(f"/v3/videos/{id}").json()["data"]["status"] == "completed"
    (listed,) = client.get("/v1/video.list").json()["data"]["videos"]
    assert listed["video_id"] == id and listed["status"] == "completed" and listed["video_title"] == "A title"
    assert client.delete("/v1/video.delete", params={"video_id": id}).json()["code"] == 100
    gone = client.get("/v1/video_status.get", params={"video_id": id})
    assert gone.status_code == 404 and gone.json()["data"] is None and "no video" in gone.json()["message"]


def test_a_failed_video(app: FastAPI, client: TestClient) -> None:
    id = client.post("/v2/video/generate", json=order()).json()["data"]["video_id"]
    work(app, fail="It rained.")
    data = client.get("/v1/video_status.get", params={"video_id": id}).json()["data"]
    assert data["status"] == "failed" and data["error"]["message"] == "It rained."
    assert client.get(f"/v3/videos/{id}").json()["data"]["failure_message"] == "It rained."


def test_a_talking_photo_with_a_recording(app: FastAPI, client: TestClient, other: TestClient, face: bytes, site: Receiver) -> None:
    photo = client.post("/v1/talking_photo", content=face, headers={"Content-Type": "image/jpeg"}).json()["data"]
    character = {"type": "talking_photo", "talking_photo_id": photo["talking_photo_id"], "talking_style": "expressive"}
    sound = client.post("/v1/asset", content=tone(), headers={"Content-Type": "audio/x-wav"}).json()["data"]
    assert sound["file_type"] == "audio" and TestClient(app).get(sound["url"]).content == tone()
    for voice in ({"audio_asset_id": sound["id"]}, {"audio_url": site.url}):
        body = order()
        body["video_inputs"][0] = {"character": character, "voice": {"type": "audio", **voice}}
        assert client.post("/v2/video/generate", json=body).json()["error"] is None
        request = asked(app)
        assert request.audio is not None and request.audio.read_bytes() == tone() and request.style == "lively"
        assert request.avatar.endswith("photo.jpg")
    assert {each["id"] for each in client.get("/v1/talking_photo.list").json()["data"]} == {photo["talking_photo_id"]}
    stolen = order({"type": "talking_photo", "talking_photo_id": photo["talking_photo_id"]})
    assert other.post("/v2/video/generate", json=stolen).json()["error"]["code"] == "invalid_parameter"
    kept = client.get("/api/uploads").json()
    assert all("ann" in upload["consent"] for upload in kept)
    assert client.delete(f"/v2/talking_photo/{photo['talking_photo_id']}").json()["error"] is None
    assert client.post(f"/v1/asset/{sound['id']}/delete").json()["code"] == 100
    assert client.get("/v1/talking_photo.list").json()["data"] == []


def test_a_photo_is_sent_as_a_form_too(client: TestClient, face: bytes) -> None:
    assert client.post("/v1/talking_photo", files={"file": ("me.jpg", face)}).json()["data"]["talking_photo_id"]
    asset = client.post("/v3/assets", files={"file": ("me.jpg", face)}).json()["data"]
    assert asset["mime_type"] == "image/jpeg" and asset["size_bytes"] == len(face)
    for refused in (
        client.post("/v1/asset", content=b""),
        client.post("/v1/asset", data={"file": "text"}, files={"other": b"x"}),
        client.post("/v1/talking_photo", content=encoded(Image.new("RGB", (300, 300)), "PNG")),
    ):
        assert refused.status_code == 400 and refused.json()["data"] is None and refused.json()["message"].endswith(".")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"background": {"type": "color", "value": "#FAFAFA"}}, {"background": "#FAFAFA"}),
        ({"voice": {"emotion": "Excited", "locale": "en-GB", "speed": 1.2}}, {"expression": "excited", "language": "en", "speed": 1.2}),
        ({"character": {"expression": "happy", "matting": True}}, {"expression": "happy"}),
        (
            {"character": {"scale": 0.8, "offset": {"x": 0.25, "y": -0.1}}, "fps": 30},
            {"scale": 0.8, "offset_x": 0.25, "offset_y": -0.1, "circle": "", "fps": 30},
        ),
        ({"character": {"avatar_style": "circle"}}, {"scale": 1, "circle": "photo"}),
        ({"character": {"avatar_style": "circle", "circle_background_color": "#F6F6FC"}}, {"circle": "#F6F6FC"}),
        ({"dimension": {"width": 720, "height": 1280}, "caption": True, "folder_id": "f"}, {"width": 720, "captions": True}),
        ({"caption": True, "caption_mode": "file_only"}, {"captions": False}),
    ],
)
def test_what_scenes_mean(app: FastAPI, client: TestClient, changes: dict[str, Any], expected: dict[str, Any]) -> None:
    answer = client.post("/v2/video/generate", json=order(**changes))
    assert answer.status_code == 200, answer.text
    assert {name: getattr(asked(app), name) for name in expected} == expected


def test_files_of_a_refused_video_do_not_stay(client: TestClient, face: bytes, site: Receiver) -> None:
    body = order(voice={"type": "audio", "audio_url": site.url}, background={"type": "image", "image_asset_id": "0" * 32})
    image = {"type": "base64", "data": base64.b64encode(face).decode()}
    for answer in (
        client.post("/v2/video/generate", json=body),
        client.post("/v3/videos", json={"type": "image", "image": image, "script": "Hi.", "voice_id": "nobody"}),
    ):
        assert answer.status_code == 400 and client.get("/api/uploads").json() == []
    del body["video_inputs"][0]["background"]
    assert client.post("/v2/video/generate", json=body).status_code == 200
    assert len(client.get("/api/uploads").json()) == 1


def test_scenes_become_one_video(app: FastAPI, client: TestClient) -> None:
    scenes = [
        order({"talking_style": "expressive"}, {"input_text": "One."})["video_inputs"][0],
        order({"avatar_id": "astronaut"}, {"type": "silence", "duration": 2.5}, background={"type": "color", "value": "#123456"})[
            "video_inputs"
        ][0],
        order(voice={"input_text": "Three.", "voice_id": "kokoro:af_heart", "speed": 0.8})["video_inputs"][0],
    ]
    assert client.post("/v2/video/generate", json=order(video_inputs=scenes)).status_code == 200
    one, two, three = asked(app).scenes
    assert (one.text, one.avatar, one.style, one.background) == ("One.", "hopper", "lively", None)
    assert (two.text, two.silence, two.avatar, two.background) == ("", 2.5, "astronaut", "#123456")
    assert (three.text, three.voice, three.speed) == ("Three.", "kokoro:af_heart", 0.8)
    scenes[2]["voice"]["voice_id"] = "nobody"
    error = client.post("/v2/video/generate", json=order(video_inputs=scenes)).json()["error"]
    assert "'nobody'" in error["message"]
    scenes[2]["voice"] = {"type": "text", "input_text": "x", "voice_id": "hibari:heart", "pitch": 3}
    assert "video_inputs.2.voice.pitch" in client.post("/v2/video/generate", json=order(video_inputs=scenes)).json()["error"]["message"]
    third = [{"avatar_id": "hopper", "script": f"{n}.", "voice_id": "hibari:heart"} for n in range(2)]
    assert client.post("/v3/videos", json={"scenes": third, "resolution": "720p", "aspect_ratio": "1:1"}).status_code == 200
    assert [scene.text for scene in asked(app).scenes] == ["0.", "1."] and asked(app).size == (720, 720)
    third[1]["avatar_id"] = "/etc/passwd"
    assert client.post("/v3/videos", json={"scenes": third}).json()["error"]["param"] == "scenes.1.avatar"
    assert client.post("/v2/video/generate", json=order(video_inputs=scenes[:1] * 51)).status_code == 400


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"character": {"scale": 9}}, "character.scale"),
        ({"character": {"scale": 0.5}}, "scale"),  # of 128 pixels
        ({"character": {"offset": {"x": 3, "y": 0}}}, "character.offset"),
        ({"character": {"offset": {"x": -1.5, "y": 0}}}, "offset_x"),
        ({"character": {"avatar_style": "closeUp"}}, "character.avatar_style"),
        ({"character": {"avatar_style": "circle", "circle_background_color": "red"}}, "character.circle_background_color"),
        ({"character": {"avatar_id": None}}, "character.avatar_id"),
        ({"character": {"type": "robot"}}, "character.type"),
        ({"character": {"hat": "red"}}, "character.hat"),
        ({"voice": {"pitch": 10}}, "voice.pitch"),
        ({"voice": {"emotion": "Angry"}}, "voice.emotion"),
        ({"voice": {"locale": "sv-SE"}}, "voice.locale"),
        ({"voice": {"input_text": " "}}, "voice.input_text"),
        ({"voice": {"speed": 3}}, "voice.speed"),
        ({"voice": {"voice_id": "2d5b0e6cf36f460aa7fc47e3eee4ba54"}}, "voice"),
        ({"voice": {"type": "audio"}}, "voice.audio_url"),
        ({"voice": {"type": "audio", "audio_url": "file:///etc/passwd"}}, "audio_url"),
        ({"background": {"type": "video", "url": "https://example.com/x.mp4"}}, "background.type"),
        ({"background": {"type": "image"}}, "background.url"),
        ({"background": {"type": "color", "value": "red"}}, "background.value"),
        ({"dimension": {"width": 1, "height": 2}}, "width"),
        ({"callback_url": "nowhere"}, "callback_url"),
        ({"video_inputs": []}, "video_inputs"),
    ],
)
def test_what_cannot_be_done_is_refused_by_its_field(shared: TestClient, changes: dict[str, Any], field: str) -> None:
    answer = shared.post("/v2/video/generate", json=order(**changes))
    assert answer.status_code == 400 and answer.json()["data"] is None
    error = answer.json()["error"]
    assert error["code"] == "invalid_parameter" and error["message"].endswith(".")
    assert field in error["message"] or field in ("voice", "audio_url", "callback_url"), error


def test_version_3(app: FastAPI, client: TestClient, face: bytes, studio: Studio) -> None:
    looks = client.get("/v3/avatars/looks").json()
    assert looks["has_more"] is False and "hopper" in {look["id"] for look in looks["data"]}
    script = {"type": "avatar", "avatar_id": "hopper", "script": "Hello.", "voice_id": "hibari:heart", "voice_settings": {"speed": 1.1}}
    body = {**script, "resolution": "720p", "aspect_ratio": "4:5", "title": "Three", "caption": {"style": "default"}}
    id = client.post("/v3/videos", json=body).json()["data"]["video_id"]
    assert asked(app).captions
    assert (asked(app).size, asked(app).speed, asked(app).title) == ((720, 900), 1.1, "Three")
    image = {"type": "base64", "media_type": "image/jpeg", "data": base64.b64encode(face).decode()}
    picture = {"type": "color", "value": "#123456"}
    body = {"type": "image", "image": image, "script": "Hi.", "voice_id": "hibari:heart", "background": picture}
    assert client.post("/v3/videos", json=body).status_code == 200
    assert asked(app).background == "#123456" and asked(app).avatar.endswith("image.jpg")
    agent = client.post("/v3/video-agents", json={"prompt": "Explain rainbows", "orientation": "portrait"}).json()["data"]
    assert agent["status"] == "generating" and (asked(app).prompt, asked(app).size) == ("Explain rainbows", (720, 1280))
    page = client.get("/v3/videos", params={"limit": 2}).json()
    assert page["has_more"] and len(page["data"]) == 2
    (last,) = client.get("/v3/videos", params={"limit": 2, "token": page["next_token"]}).json()["data"]
    assert last["id"] == id and last["status"] == "pending"
    assert client.delete(f"/v3/videos/{id}").json() == {"data": {"id": id}}
    refused = client.get(f"/v3/videos/{id}")
    assert refused.status_code == 404 and refused.json()["error"]["code"] == "not_found"
    for changes, param in (
        ({"remove_background": True}, "remove_background"),
        ({"output_format": "webm"}, "output_format"),
        ({"script": None}, "audio_url"),
        ({"avatar_id": None}, "avatar_id"),
        ({"type": "image"}, "image"),
        ({"resolution": "8k"}, "resolution"),
        ({"audio_asset_id": "x"}, "script"),
        ({"scenes": [script]}, "scenes"),
    ):
        refused = client.post("/v3/videos", json={**script, **changes})
        assert refused.status_code == 400 and refused.json()["error"]["param"] == param


def test_webhook_endpoints(client: TestClient, site: Receiver) -> None:
    added = client.post("/v1/webhook/endpoint.add", json={"url": site.url, "events": ["avatar_video.success"]}).json()["data"]
    assert added["status"] == "enabled" and added["secret"].startswith("whsec_")
    assert client.get("/v1/webhook/endpoint.list").json()["data"] == [added]
    assert "avatar_video.fail" in client.get("/v1/webhook/webhook.list").json()["data"]
    assert client.delete("/v1/webhook/endpoint.delete", params={"endpoint_id": added["endpoint_id"]}).json()["code"] == 100


def test_the_remaining_quota_is_what_remains(where: Settings) -> None:
    app = create_app(replace(where, owner_daily=2))
    with TestClient(app):
        client = client_of(app, where, "ann")
        left = []
        for _ in range(2):
            left.append(client.get("/v2/user/remaining_quota").json()["data"]["remaining_quota"])
            assert client.post("/v2/video/generate", json=order()).status_code == 200
        left.append(client.get("/v2/user/remaining_quota").json()["data"]["remaining_quota"])
    assert left == [2, 1, 0]


@pytest.mark.parametrize(
    ("path", "status"), [("/v1/video_status.get", 400), ("/v1/nothing", 404), ("/v2/nothing", 404), ("/v3/nothing", 404)]
)
def test_every_error_has_heygens_shape(shared: TestClient, path: str, status: int) -> None:
    told = shared.get(path)
    assert told.status_code == status
    if path.startswith("/v1"):
        assert isinstance(told.json()["code"], int) and told.json()["message"].endswith(".")
    else:
        assert told.json()["error"]["code"] == "not_found" and told.json()["error"]["message"].endswith(".")
    assert shared.request("PATCH", "/v2/avatars").headers["Allow"] == "GET"

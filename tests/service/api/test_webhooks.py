"""Webhooks: signed, sent when a video is finished, sent again when they do not arrive, and never to this machine unless that is allowed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from heygen_studio import BadInput, Settings
from heygen_studio.service.api import sender, webhooks
from heygen_studio.service.api.app import create_app
from heygen_studio.service.api.secret import Secret
from heygen_studio.service.api.webhooks import BACKOFF_S, MOST_ENDPOINTS, Webhooks
from heygen_studio.service.worker_lock import WorkerLock

from .conftest import ORDER, Receiver, client_of
from .test_videos import work


@pytest.fixture
def where(where: Settings) -> Settings:
    return replace(where, private_urls=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "IDLE_S", 0.02)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "BACKOFF_S", (0.01,) * len(BACKOFF_S))


@pytest.fixture
def failing() -> Iterator[Receiver]:
    receiver = Receiver(500, 301, 200, location="/elsewhere")
    yield receiver
    receiver.close()


def until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def test_success_and_failure_are_told(app: FastAPI, client: TestClient, receiver: Receiver) -> None:
    done, failed, cancelled = (
        client.post("/api/videos", json={**ORDER, "callback_url": receiver.url, "callback_id": name}).json()["id"]
        for name in ("one", "two", "three")
    )
    client.post(f"/api/videos/{cancelled}/cancel")
    jobs, lock = app.state.services.jobs, WorkerLock(app.state.services.settings)
    claim = jobs.claim(lock.name)
    assert claim is not None and claim.id == done and jobs.finish(claim, "a" * 32)
    assert work(app, fail="It rained.") == failed
    until(lambda: len(receiver.got) == 3)
    told = {body["event_data"]["callback_id"]: (body["event_type"], body["event_data"]) for body in receiver.bodies()}
    assert told["one"][0] == "avatar_video.success" and f"/api/files/videos/{done}/video.mp4?" in told["one"][1]["url"]
    assert told["two"] == ("avatar_video.fail", {"video_id": failed, "callback_id": "two", "msg": "It rained."})
    assert told["three"][0] == "avatar_video.fail" and told["three"][1]["msg"] == "The video was cancelled."
    client.post(f"/api/videos/{failed}/retry")
    work(app, fail="It rained again.")
    until(lambda: len(receiver.got) == 4)
    assert receiver.bodies()[3]["event_data"]["msg"] == "It rained again."
    lock.release()


def test_signatures(app: FastAPI, client: TestClient, receiver: Receiver) -> None:
    one = client.post("/api/videos", json={**ORDER, "callback_url": receiver.url}).json()["id"]
    endpoint = client.post("/api/webhooks", json={"url": receiver.url, "events": ["avatar_video.fail"]}).json()
    two = client.post("/api/videos", json=ORDER).json()["id"]
    work(app)
    work(app)
    until(lambda: len(receiver.got) == 2)
    callback_secret = client.get("/api/account").json()["webhook_secret"]
    secrets = {one: callback_secret, two: endpoint["secret"]}
    for _, headers, body in receiver.got:
        secret = secrets.pop(json.loads(body)["event_data"]["video_id"])
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(secret.removeprefix("whsec_"))
        assert headers["webhook-signature"] == "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert headers["signature"] == hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert callback_secret != endpoint["secret"]


@pytest.mark.usefixtures("at_once")
def test_what_does_not_arrive_is_sent_again_and_no_redirect_is_followed(app: FastAPI, client: TestClient, failing: Receiver) -> None:
    id = client.post("/api/videos", json={**ORDER, "callback_url": failing.url}).json()["id"]
    work(app)
    until(lambda: client.get(f"/api/videos/{id}/webhooks").json()[0]["state"] == "delivered")
    assert [path for path, _, _ in failing.got] == ["/hook"] * 3
    assert len({headers["webhook-id"] for _, headers, _ in failing.got}) == 1  # the receiver can tell that it is the same one
    assert client.get(f"/api/videos/{id}/webhooks").json() == [{"url": failing.url, "state": "delivered", "tries": 3, "said": ""}]


@pytest.mark.usefixtures("at_once")
def test_it_is_given_up_after_a_while(app: FastAPI, client: TestClient) -> None:
    gone = Receiver(410)
    id = client.post("/api/videos", json={**ORDER, "callback_url": gone.url}).json()["id"]
    work(app)
    until(lambda: client.get(f"/api/videos/{id}/webhooks").json()[0]["state"] == "failed")
    assert len(gone.got) == len(BACKOFF_S) + 1
    assert client.get(f"/api/videos/{id}/webhooks").json()[0]["said"] == "The receiver answered with status 410."
    gone.close()


def test_receivers_that_answer_byte_by_byte_hold_up_nobody_elses(
    app: FastAPI, client: TestClient, receiver: Receiver, dripping: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "ATTEMPT_S", 0.3)
    for _ in range(sender.THREADS):
        client.post("/api/videos", json={**ORDER, "callback_url": dripping})
    client.post("/api/videos", json={**ORDER, "callback_url": receiver.url})
    for _ in range(sender.THREADS + 1):
        work(app)
    until(lambda: receiver.got)


def test_a_server_that_ends_before_it_sends_leaves_it_to_the_next(
    where: Settings, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "THREADS", 0)
    first = create_app(where)
    with TestClient(first):
        client_of(first, where, "ann").post("/api/videos", json={**ORDER, "callback_url": receiver.url})
        work(first)
    monkeypatch.setattr(sender, "THREADS", 1)
    with TestClient(create_app(where)):
        until(lambda: receiver.got)


def test_one_of_several_servers_sends(where: Settings, receiver: Receiver) -> None:
    apps = [create_app(where), create_app(where)]
    with TestClient(apps[0]), TestClient(apps[1]):
        client = client_of(apps[0], where, "ann")
        for _ in range(10):
            client.post("/api/videos", json={**ORDER, "callback_url": receiver.url})
            work(apps[0])
        until(lambda: len(receiver.got) == 10)
        time.sleep(0.3)
    assert len({headers["webhook-id"] for _, headers, _ in receiver.got}) == 10 == len(receiver.got)


def test_private_addresses_are_told_nothing(where: Settings, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is seen to be private is refused at once, and a name that turns out to be is not called."""
    closed = replace(where, private_urls=False)
    app = create_app(closed)
    with TestClient(app):
        client = client_of(app, closed, "ann")
        for host in ("127.0.0.1", "localhost", "2130706433", "[::1]", "10.0.0.1", "169.254.169.254"):
            refused = client.post("/api/videos", json={**ORDER, "callback_url": f"http://{host}:{receiver.port}/"})
            assert refused.status_code == 400 and refused.json()["error"]["field"] == "callback_url"
        assert client.post("/api/webhooks", json={"url": receiver.url}).json()["error"]["field"] == "url"
        assert client.get("/api/videos").json()["videos"] == []
        monkeypatch.setattr("heygen_studio.service.api.fetch.addresses", lambda host, port: [ipaddress.ip_address("127.0.0.1")])
        url = f"http://innocent.example:{receiver.port}/"
        id = client.post("/api/videos", json={**ORDER, "callback_url": url}).json()["id"]
        work(app)
        until(lambda: client.get(f"/api/videos/{id}/webhooks").json()[0]["said"])
        assert "private network" in client.get(f"/api/videos/{id}/webhooks").json()[0]["said"]
    assert receiver.got == []


def test_endpoints_belong_to_their_owner(where: Settings, client: TestClient, other: TestClient, receiver: Receiver) -> None:
    mine = client.post("/api/webhooks", json={"url": receiver.url}).json()
    assert mine["events"] == ["avatar_video.success", "avatar_video.fail"]
    assert other.get("/api/webhooks").json() == [] and other.delete(f"/api/webhooks/{mine['id']}").status_code == 404
    for bad, field in (({"url": "ftp://x"}, "url"), ({"url": receiver.url, "events": ["x"]}, "events"), ({}, "url")):
        refused = client.post("/api/webhooks", json=bad)
        assert refused.status_code == 400 and refused.json()["error"]["field"] == field
    assert client.delete(f"/api/webhooks/{mine['id']}").status_code == 204 and client.get("/api/webhooks").json() == []
    store = Webhooks(where, Secret(where))
    for _ in range(MOST_ENDPOINTS):
        store.add("ann", receiver.url)
    with pytest.raises(BadInput, match="already"):
        store.add("ann", receiver.url)
    store.close()

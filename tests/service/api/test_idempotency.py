"""A request that is sent twice happens once."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from heygen_studio import Settings
from heygen_studio.service.api import idempotency
from heygen_studio.service.api.errors import ApiError
from heygen_studio.service.api.idempotency import Idempotency
from heygen_studio.service.api.services import Services
from heygen_studio.service.jobs import Jobs

from ..conftest import small
from .conftest import ORDER

SCENE = {
    "character": {"type": "avatar", "avatar_id": "hopper"},
    "voice": {"type": "text", "input_text": "Hello.", "voice_id": "hibari:heart"},
}
HEYGEN: dict[str, Any] = {"video_inputs": [SCENE], "dimension": {"width": 128, "height": 128}}
SCRIPT: dict[str, Any] = {"type": "avatar", "avatar_id": "hopper", "script": "Hello.", "voice_id": "hibari:heart"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/videos", ORDER),
        ("/api/batches", {"videos": [ORDER, {**ORDER, "text": "Bye."}]}),
        ("/v2/video/generate", HEYGEN),
        ("/v3/videos", SCRIPT),
        ("/v3/video-agents", {"prompt": "Explain rainbows"}),
    ],
)
def test_the_same_key_and_body_give_the_same_answer(app: FastAPI, client: TestClient, other: TestClient, path: str, body: Any) -> None:
    here: Services = app.state.services
    first = client.post(path, json=body, headers={"Idempotency-Key": "k1"})
    again = client.post(path, json=body, headers={"Idempotency-Key": "k1"})
    count = len(here.jobs.find("ann"))
    assert first.status_code in (200, 202) and (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["Idempotency-Replayed"] == "true" and count in (1, 2)
    assert client.post(path, json=body, headers={"Idempotency-Key": "k2"}).json() != first.json()
    assert len(here.jobs.find("ann")) == 2 * count
    assert other.post(path, json=body, headers={"Idempotency-Key": "k1"}).json() != first.json()  # bob's keys are bob's


def test_the_same_key_with_another_body_is_refused(client: TestClient) -> None:
    client.post("/api/videos", json=ORDER, headers={"Idempotency-Key": "k"})
    refused = client.post("/api/videos", json={**ORDER, "text": "Bye."}, headers={"Idempotency-Key": "k"})
    assert refused.status_code == 409 and refused.json()["error"]["code"] == "idempotency_conflict"
    assert client.post("/v2/video/generate", json=HEYGEN, headers={"Idempotency-Key": "k"}).status_code == 409


def test_a_refused_request_may_be_corrected(client: TestClient) -> None:
    assert client.post("/api/videos", json={**ORDER, "voice": "nobody"}, headers={"Idempotency-Key": "k"}).status_code == 400
    assert client.post("/api/videos", json=ORDER, headers={"Idempotency-Key": "k"}).status_code == 202


@pytest.mark.parametrize("key", ["", "a" * 256, "with space"])
def test_bad_keys(shared: TestClient, key: str) -> None:
    answer = shared.post("/api/videos", json=ORDER, headers={"Idempotency-Key": key})
    assert answer.status_code == 400 and answer.json()["error"]["field"] == "Idempotency-Key"


def test_a_server_that_died_before_it_answered_made_the_job_once(where: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job is in the queue, but its answer was never written down."""

    def make(seed: str) -> dict[str, Any]:
        jobs = Jobs(where)
        jobs.submit_all({seed: small("Hello.")}, owner="ann")
        jobs.close()
        return {"id": seed}

    def make_and_die(seed: str) -> dict[str, Any]:
        make(seed)
        os._exit(0)

    child = os.fork()
    if not child:
        Idempotency(where).once("ann", "k", "make", b"body", make_and_die)
    os.waitpid(child, 0)
    jobs, answers = Jobs(where), Idempotency(where)
    (job,) = jobs.find("ann")
    with pytest.raises(ApiError, match="at this moment"):
        answers.once("ann", "k", "make", b"body", make)
    monkeypatch.setattr(idempotency, "DEAD_S", 0.0)
    assert json.loads(bytes(answers.once("ann", "k", "make", b"body", make).body)) == {"id": job.id}
    assert [each.id for each in jobs.find("ann")] == [job.id]
    jobs.close()
    answers.close()

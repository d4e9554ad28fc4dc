"""Sends webhooks: signed, one attempt at a time, each again later if it fails.

Signed as https://www.standardwebhooks.com describes (id, time and body; for which there are libraries in most languages), and, for
clients of HeyGen, once more over the body alone.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import threading
import time
from typing import Any

from ...errors import BadInput, StudioError
from ...settings import Settings
from ..jobs import Job, Jobs
from .fetch import request
from .secret import Secret
from .webhooks import FAIL, SUCCESS, Delivery, Webhooks

#: How often a sender that has nothing to do looks for something, in seconds, and how many send at the same time.
IDLE_S, THREADS = 0.5, 4
#: Seconds for one attempt. A receiver that answers more slowly would hold up everybody else's webhooks.
ATTEMPT_S = 30.0

log = logging.getLogger(__name__)


class Sender:
    """Threads that send what `Webhooks` wants sent, between `start` and `stop`."""

    def __init__(self, where: Settings, jobs: Jobs, webhooks: Webhooks, secret: Secret) -> None:
        self._private, self._jobs, self._webhooks, self._secret = where.private_urls, jobs, webhooks, secret
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._run, name=f"webhooks-{n}", daemon=True) for n in range(THREADS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the attempts at hand; what is not sent stays in the database."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                delivery = self._webhooks.take()
                if delivery is not None:
                    self._send(delivery)
                    continue
            except StudioError as error:  # the database is locked or full: it may not be later
                log.warning("webhooks wait: %s", error)
            self._stopping.wait(IDLE_S)

    def _send(self, delivery: Delivery) -> None:
        try:
            body = json.dumps(event(self._jobs.get(delivery.job), delivery, self._secret)).encode()
            headers = signed_headers(delivery.id, body, self._secret.webhook(delivery.receiver))
            until = time.monotonic() + ATTEMPT_S
            with request("POST", delivery.url, private=self._private, field="", deadline=until, headers=headers, content=body) as answer:
                problem = "" if 200 <= answer[0] < 300 else f"The receiver answered with status {answer[0]}."
        except BadInput as error:
            problem = str(error)
        except Exception as error:  # a defect that one webhook meets must not hold up the others
            log.exception("webhook %s failed unexpectedly", delivery.id)
            problem = f"It could not be sent ({type(error).__name__})."
        self._webhooks.settle(delivery, problem)
        log.info("webhook %s for job %s: %s", delivery.id, delivery.job, problem or "delivered")


def event(job: Job, delivery: Delivery, secret: Secret) -> dict[str, Any]:
    """What a receiver is told, in the shape that HeyGen's clients know."""
    data: dict[str, Any] = {"video_id": job.id, "callback_id": delivery.callback}
    if job.state == "done":
        data["url"] = secret.link(delivery.base, f"videos/{job.id}/video.mp4", job.owner)
    else:
        data["msg"] = job.error or "The video was cancelled."
    return {"event_id": delivery.id, "event_type": SUCCESS if job.state == "done" else FAIL, "event_data": data}


def signed_headers(id: str, body: bytes, secret: str) -> dict[str, str]:
    """The headers of a webhook. secret: as `Secret.webhook` gives it."""
    now = str(int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    standard = hmac.new(key, f"{id}.{now}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": now,
        "webhook-signature": f"v1,{base64.b64encode(standard).decode()}",
        "Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
    }

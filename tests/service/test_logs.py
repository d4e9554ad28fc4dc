"""One entry, one line: for people, or as JSON for programs."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator

import pytest

from heygen_studio.service.logs import set_up_logs


@pytest.fixture(autouse=True)
def loggers_as_they_were() -> Iterator[None]:
    root, own = logging.getLogger(), logging.getLogger("heygen_studio")
    handlers, levels = root.handlers[:], (root.level, own.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    own.setLevel(levels[1])


def test_json_lines_hold_the_facts_and_the_trace(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(as_json=True)
    log = logging.getLogger("heygen_studio.test")
    log.info('GET %s\n{"level": "forged"}', "/a", extra={"facts": {"status": 200, "ms": 1.5}})
    try:
        raise ValueError("boo")
    except ValueError:
        log.exception("it failed")
    logging.getLogger("somebody.else").info("chatter")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (first["level"], first["status"], first["ms"], first["logger"]) == ("info", 200, 1.5, "heygen_studio.test")
    assert first["message"].startswith("GET /a\n") and first["time"].endswith("Z")
    assert second["level"] == "error" and "ValueError: boo" in second["trace"]


def test_lines_for_people_cannot_be_forged(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(as_json=False)
    logging.getLogger("heygen_studio.test").info("GET %s", "/a\r\n2026-01-01 INFO forged \x1b[31m 中文")
    (line,) = capsys.readouterr().err.splitlines()
    assert r"/a\r\n2026-01-01 INFO forged \x1b[31m 中文" in line


def test_a_page_that_was_open_when_the_server_ended_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(as_json=False)
    for error in (asyncio.CancelledError("timeout graceful shutdown exceeded"), ValueError("boo")):
        logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=error)
    said = capsys.readouterr().err
    assert "CancelledError" not in said and "ValueError: boo" in said

"""The log of servers and workers: lines for people, or JSON objects for programs."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time


def set_up_logs(as_json: bool) -> None:
    """Write the log of this process to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_is_news)
    handler.setFormatter(_Json() if as_json else _Lines("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("heygen_studio").setLevel(logging.INFO)


def _is_news(record: logging.LogRecord) -> bool:
    """Not that a page which is still open was cut off when the server ended; uvicorn tells it with a trace."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


class _Lines(logging.Formatter):
    """One line an entry: what users send cannot begin another one."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in record.message)
        return super().formatMessage(record)


class _Json(logging.Formatter):
    """One JSON object an entry. ``extra={"facts": {...}}`` of an entry become fields of it."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{record.msecs:03.0f}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=True)

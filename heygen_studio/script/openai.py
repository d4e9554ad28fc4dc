"""Any OpenAI-compatible chat completions endpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

from ..errors import EngineUnavailable
from ..progress import Cancel, OnEvent
from ..settings import settings
from .writer import Message, OnToken, stream

#: Seconds to connect, and the longest silence between two pieces of an answer.
CONNECT_S = 10.0
SILENCE_S = 60.0
TOP_P = 0.9


class OpenAIWriter:
    """Drafts with a remote model, streamed as server-sent events."""

    def __init__(self, model: str, base_url: str, key: str) -> None:
        self._model = model
        self._url = base_url.rstrip("/") + "/chat/completions"
        self._host = urlsplit(base_url).netloc or base_url
        self._key = key

    def draft(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        on_token: OnToken,
        cancel: Cancel,
    ) -> str:
        """See `Writer.draft`. Same seed, same answer as far as the endpoint honours the seed."""
        import httpx

        request = {
            "model": self._model,
            "messages": list(messages),
            "max_tokens": max_tokens,
            "temperature": temperature,
            "top_p": TOP_P,
            "seed": seed,
            "stream": True,
        }
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}

        def generate(push: OnToken) -> None:
            timeout = httpx.Timeout(SILENCE_S, connect=CONNECT_S)
            try:
                with httpx.stream("POST", self._url, json=request, headers=headers, timeout=timeout) as response:
                    if response.status_code != 200:
                        raise EngineUnavailable(self._refusal(response.status_code, response.read()))
                    for line in response.iter_lines():
                        piece = _piece(line)
                        if piece is None or push(piece):
                            return
            except httpx.TimeoutException as error:
                raise EngineUnavailable(f"The endpoint {self._host} did not answer in time: try again, or use another writer.") from error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise EngineUnavailable(
                    f"The endpoint {self._host} cannot be reached ({error}): check OPENAI_BASE_URL and the network."
                ) from error

        return stream(generate, on_token, cancel)

    def _refusal(self, status: int, body: bytes) -> str:
        reasons = {
            401: "refused the key: check OPENAI_API_KEY",
            403: f"does not let this key use the model {self._model!r}",
            404: f"has no model {self._model!r}, or OPENAI_BASE_URL is not the base of an OpenAI-compatible API",
            429: "takes no more requests now: its rate limit or quota is used up",
        }
        reason = reasons.get(status, f"answered with status {status}: {_message(body)}")
        return f"The endpoint {self._host} {reason}."


@contextmanager
def open_openai(model: str, on_event: OnEvent, cancel: Cancel) -> Iterator[OpenAIWriter]:
    """The writer for a model of the endpoint in the settings. Raises `EngineUnavailable` if the key is missing."""
    config = settings()
    if not config.openai_api_key and _needs_key(config.openai_base_url):
        raise EngineUnavailable(
            f"The writer openai:{model} needs a key: set OPENAI_API_KEY (and OPENAI_BASE_URL for another endpoint than api.openai.com)."
        )
    yield OpenAIWriter(model, config.openai_base_url, config.openai_api_key)


def _needs_key(base_url: str) -> bool:
    """Servers on the own machine commonly ask for no key; those elsewhere do."""
    return urlsplit(base_url).hostname not in ("localhost", "127.0.0.1", "::1")


def _piece(line: str) -> str | None:
    """The text in one line of the event stream ("" if it has none), or None at its end."""
    if not line.startswith("data:"):
        return ""
    data = line[5:].strip()
    if data == "[DONE]":
        return None
    try:
        chunk = json.loads(data)
    except json.JSONDecodeError as error:
        raise EngineUnavailable("The endpoint sent an answer that is not in the format of OpenAI's chat completions.") from error
    if "error" in chunk:
        raise EngineUnavailable(f"The endpoint stopped with an error: {_message(data.encode())}.")
    choices = chunk.get("choices") or [{}]
    return choices[0].get("delta", {}).get("content") or ""


def _message(body: bytes) -> str:
    """The error message in an answer, shortened to one line."""
    try:
        error = json.loads(body).get("error", "")
        text = error.get("message", "") if isinstance(error, dict) else str(error)
    except (ValueError, AttributeError):
        text = body.decode(errors="replace")
    return " ".join(text.split())[:200].rstrip(".") or "no reason given"

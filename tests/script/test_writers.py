"""Every engine keeps the same promises."""

import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from scripted import Endpoint

from heygen_studio import BadInput, Cancel, Cancelled, EngineUnavailable, Event
from heygen_studio.devices import models
from heygen_studio.script import Brief, write_script
from heygen_studio.script.writer import Message, Writer, check_writer, open_writer
from heygen_studio.settings import settings

CHAT: list[Message] = [{"role": "system", "content": "You tell stories."}, {"role": "user", "content": "Tell a long story about bees."}]


@pytest.fixture(params=["gguf", "hub", "openai"])
def spec(request: pytest.FixtureRequest, remote: Endpoint) -> str:
    if request.param == "gguf":
        return "gguf:smollm2-135m"
    if request.param == "hub":
        return f"hub:{request.getfixturevalue('tiny_hub_model')}"
    remote.answers = ["Bees make honey. " * 40]
    remote.delay = 0.002
    return "openai:any-model"


def draft(writer: Writer, *, tokens: int = 24, on_token: Callable[[str], bool] = lambda _: False, cancel: Cancel | None = None) -> str:
    return writer.draft(CHAT, max_tokens=tokens, temperature=0.7, seed=5, on_token=on_token, cancel=cancel or Cancel())


def test_the_stream_is_the_answer(spec: str) -> None:
    heard: list[str] = []
    with open_writer(spec) as writer:
        answer = draft(writer, on_token=lambda piece: heard.append(piece) or False)  # type: ignore[func-returns-value]
    assert answer and answer == "".join(heard)


def test_same_seed_same_answer(spec: str) -> None:
    answers = []
    for _ in range(2):
        with open_writer(spec) as writer:
            answers.append(draft(writer))
    assert answers[0] == answers[1]


def test_enough_is_enough(spec: str) -> None:
    heard: list[str] = []

    def three(piece: str) -> bool:
        heard.append(piece)
        return len(heard) == 3

    with open_writer(spec) as writer:
        assert draft(writer, tokens=200, on_token=three) == "".join(heard)
        assert len(heard) == 3
        assert draft(writer)  # and the writer is ready for the next


def test_cancel_stops_within_a_second(spec: str) -> None:
    cancel = Cancel()
    pressed: list[float] = []

    def press(_: str) -> bool:
        if not pressed:
            pressed.append(time.monotonic())
            cancel.cancel()
        return False

    with pytest.raises(Cancelled), open_writer(spec) as writer:
        draft(writer, tokens=2000, on_token=press, cancel=cancel)
    assert time.monotonic() - pressed[0] < 1.0


def test_cancel_before_the_first_word() -> None:
    """While the model reads a long prompt there is no token yet, and a cancel still stops it."""
    cancel = Cancel()
    long: list[Message] = [{"role": "user", "content": "The bees fly over the hill. " * 900}]
    with open_writer("gguf:smollm2-135m") as writer:
        threading.Timer(0.5, cancel.cancel).start()
        start = time.monotonic()
        with pytest.raises(Cancelled):
            writer.draft(long, max_tokens=8, temperature=0.5, seed=1, on_token=lambda _: False, cancel=cancel)
        assert time.monotonic() - start < 1.5


def test_a_waiting_caller_can_cancel() -> None:
    cancel = Cancel()
    cancel.cancel()
    with open_writer("gguf:smollm2-135m"), pytest.raises(Cancelled), open_writer("gguf:smollm2-135m", cancel=cancel):
        pass


def test_cancel_while_the_model_loads() -> None:
    cancel = Cancel()
    threading.Timer(0.1, cancel.cancel).start()
    start = time.monotonic()
    with pytest.raises(Cancelled), open_writer("gguf:qwen2.5-coder-1.5b", cancel=cancel):
        pass
    assert time.monotonic() - start < 1.1


def test_an_unloaded_model_comes_back() -> None:
    from heygen_studio.script.gguf import unload_gguf

    with open_writer("gguf:smollm2-135m") as writer:
        first = draft(writer)
    unload_gguf()
    unload_gguf()
    with open_writer("gguf:smollm2-135m") as writer:
        assert draft(writer) == first


def test_a_chat_that_is_too_long_is_refused_and_the_next_is_answered() -> None:
    long: list[Message] = [{"role": "user", "content": "bees " * 20_000}]
    with open_writer("gguf:smollm2-135m") as writer:
        with pytest.raises(EngineUnavailable, match="context"):
            writer.draft(long, max_tokens=8, temperature=0.5, seed=1, on_token=lambda _: False, cancel=Cancel())
        assert draft(writer)


@pytest.mark.parametrize("spec", ["", "gguf", "gguf:", "gpt:x", "gguf:no-such-model", "gguf:/no/such/file.gguf", "hub:/no/such/folder"])
def test_a_spec_that_names_nothing(spec: str) -> None:
    with pytest.raises(BadInput), open_writer(spec):
        pass


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "notes.gguf"
    path.write_text("hello")
    with pytest.raises(BadInput, match="not a GGUF model"), open_writer(f"gguf:{path}"):
        pass


def test_a_damaged_model(tmp_path: Path) -> None:
    from heygen_studio import WeightsError

    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF" + b"\0" * 100)
    with pytest.raises(WeightsError, match=r"broken\.gguf"), open_writer(f"gguf:{path}"):
        pass


def test_the_hub_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EngineUnavailable, match=r"nobody/nothing.*offline"), open_writer("hub:nobody/nothing"):
        pass


@pytest.mark.parametrize(("status", "part"), [(401, "refused the key"), (404, "no model 'm'"), (429, "quota"), (500, "status 500: no")])
def test_the_endpoint_refuses(remote: Endpoint, status: int, part: str) -> None:
    remote.status = status
    with pytest.raises(EngineUnavailable, match=part), open_writer("openai:m") as writer:
        draft(writer)


def test_the_endpoint_gets_the_key_and_the_chat(remote: Endpoint) -> None:
    with open_writer("openai:m") as writer:
        draft(writer)
    assert remote.keys == ["Bearer secret"]
    assert remote.requests[0]["messages"] == CHAT and remote.requests[0]["model"] == "m" and remote.requests[0]["stream"] is True


def test_nothing_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    settings.cache_clear()
    try:
        with pytest.raises(EngineUnavailable, match=r"127\.0\.0\.1:9 cannot be reached"), open_writer("openai:m") as writer:
            draft(writer)
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    settings.cache_clear()
    try:
        with pytest.raises(EngineUnavailable, match="OPENAI_API_KEY"), open_writer("openai:m"):
            pass
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_a_hub_models_words_stream_as_events_and_a_cancel_stops_them(tiny_hub_model: Path) -> None:
    """Through the whole writer: what a random model says is hardly a script, but all of it is heard."""
    brief = Brief(prompt="Tell me about bees", seconds=5, words_per_second=2.5)
    events: list[Event] = []
    with contextlib.suppress(EngineUnavailable):
        write_script(brief, f"hub:{tiny_hub_model}", on_event=events.append)
    texts = [event.text for event in events if event.text]
    assert len(texts) > 20 and "bees" in "".join(texts)
    assert {event.stage for event in events} == {"script"}

    cancel = Cancel()
    pressed: list[float] = []

    def press(event: Event) -> None:
        if event.text and not pressed:
            pressed.append(time.monotonic())
            cancel.cancel()

    with pytest.raises(Cancelled):
        write_script(brief, f"hub:{tiny_hub_model}", on_event=press, cancel=cancel)
    assert time.monotonic() - pressed[0] < 1


def test_a_hub_model_that_does_not_fit_is_refused_before_it_is_loaded(tiny_hub_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heygen_studio.devices.free_memory", lambda device: 100)
    models().unload()
    with pytest.raises(EngineUnavailable, match=r"language model .* needs .* GB of memory"), open_writer(f"hub:{tiny_hub_model}"):
        pass


def test_paid_work_uses_no_writer_of_unknown_licence(monkeypatch: pytest.MonkeyPatch, tiny_hub_model: Path) -> None:
    monkeypatch.setattr("heygen_studio.weights.repository.hub_answers", lambda: False)
    with pytest.raises(BadInput, match=r"hub:nobody/nothing may not be used for commercial work \(licence: unknown\)"):
        check_writer("hub:nobody/nothing")
    check_writer(f"hub:{tiny_hub_model}")  # what a folder of one's own may be used for is for its owner to know
    check_writer("gguf:qwen2.5-coder-1.5b")

"""Hub weights, fetched by the hub's own client from a hub on this machine."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest
from fake_hub import FakeHub

from heygen_studio import Cancel, Cancelled, Event, WeightsError
from heygen_studio.settings import settings
from heygen_studio.weights import WEIGHTS, Hub, HubFile, Weight, fetch, local_path

BIG = bytes(range(256)) * 4096
SMALL = b'{"layers": 2}'


@pytest.fixture
def weight(fake_hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> Weight:
    """A model of two files, one of them without a published hash."""
    fake_hub.files = {"ann/tiny/net/model.bin": BIG, "ann/tiny/net/config.json": SMALL, "ann/tiny/README.md": b"not asked for"}
    files = (HubFile("net/model.bin", hashlib.sha256(BIG).hexdigest()), HubFile("net/config.json"))
    weight = Weight("tiny", "net", "a tiny model", Hub("ann/tiny", files), "", len(BIG), len(BIG), "MIT")
    monkeypatch.setitem(WEIGHTS, "tiny", weight)
    return weight


@pytest.mark.usefixtures("elsewhere")
def test_a_model_is_fetched_once_and_its_licence_shown_first(weight: Weight, fake_hub: FakeHub) -> None:
    events: list[Event] = []
    folder = fetch("tiny", on_event=events.append)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"model.bin": BIG, "config.json": SMALL}
    assert local_path(weight) == folder and folder.is_relative_to(settings().cache)
    assert "licence: MIT" in events[0].note and events[-1].fraction == 1
    asked = len(fake_hub.asked)
    assert fetch("tiny") == folder and len(fake_hub.asked) == asked


@pytest.mark.usefixtures("elsewhere", "weight")
def test_a_file_that_is_not_the_published_one_is_refused(fake_hub: FakeHub) -> None:
    fake_hub.files["ann/tiny/net/model.bin"] = BIG[:-1] + b"?"
    with pytest.raises(WeightsError, match=r"model\.bin in the download is not the file it should be"):
        fetch("tiny")


@pytest.mark.usefixtures("elsewhere", "weight")
@pytest.mark.parametrize("kind", ["sha256", "git"])
def test_where_no_hash_is_published_the_one_that_the_hub_reports_counts(kind: str, fake_hub: FakeHub) -> None:
    path = "ann/tiny/net/config.json"
    right = hashlib.sha1(b"blob %d\0" % len(SMALL) + SMALL).hexdigest() if kind == "git" else hashlib.sha256(SMALL).hexdigest()
    fake_hub.reported[path] = right[:-1] + ("0" if right[-1] != "0" else "1")
    with pytest.raises(WeightsError, match=r"config\.json in the download is not the file it should be"):
        fetch("tiny")
    fake_hub.reported[path] = right
    assert (fetch("tiny") / "config.json").read_bytes() == SMALL


@pytest.mark.usefixtures("elsewhere", "weight")
def test_a_small_file_that_was_changed_later_is_fetched_again() -> None:
    folder = fetch("tiny")
    (folder / "config.json").write_bytes(b'{"layers": 99}')
    assert (fetch("tiny") / "config.json").read_bytes() == SMALL


@pytest.mark.usefixtures("elsewhere", "weight")
def test_a_cancelled_download_stops_at_once_and_keeps_what_was_finished(fake_hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"part{n}.bin": bytes([n]) * 3_000_000 for n in range(2)}
    fake_hub.files = {f"ann/tiny/{name}": data for name, data in files.items()}
    source = Hub("ann/tiny", tuple(HubFile(name, hashlib.sha256(data).hexdigest()) for name, data in files.items()))
    monkeypatch.setitem(WEIGHTS, "tiny", Weight("tiny", "", "a tiny model", source, "", 6_000_000, 6_000_000, "MIT"))
    fake_hub.delay = 0.02
    cancel = Cancel()
    seen: list[float] = []
    pressed: list[float] = []

    def on_event(event: Event) -> None:
        seen.append(event.done)
        if not pressed and any("GET ann/tiny/part1" in asked for asked in fake_hub.asked):
            pressed.append(time.monotonic())
            cancel.cancel()

    with pytest.raises(Cancelled):
        fetch("tiny", on_event=on_event, cancel=cancel)
    assert time.monotonic() - pressed[0] < 1
    assert 3e6 <= max(seen) < 6e6, "progress was shown"
    fake_hub.delay = 0.0
    folder = fetch("tiny")
    assert all((folder / name).read_bytes() == data for name, data in files.items())
    assert fake_hub.asked.count("GET ann/tiny/part0.bin") == 1
    assert not list(settings().cache.rglob("*.incomplete"))


@pytest.mark.usefixtures("elsewhere", "weight")
@pytest.mark.parametrize(("gone", "why"), [("net/config.json", "has no such file"), ("", "no such repository")])
def test_what_the_hub_does_not_have_is_said_in_one_sentence(gone: str, why: str, fake_hub: FakeHub) -> None:
    for path in [path for path in fake_hub.files if path.endswith(gone)]:
        del fake_hub.files[path]
    with pytest.raises(WeightsError, match=why) as error:
        fetch("tiny")
    assert "ann/tiny" in str(error.value) and "licence: MIT" in str(error.value)


@pytest.mark.usefixtures("elsewhere")
def test_out_of_reach_the_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(WeightsError) as error:
        fetch("musetalk")
    said = str(error.value)
    for part in (
        "TMElyralab/MuseTalk",
        "musetalkV15/musetalk.json",
        "3.4 GB",
        "OpenRAIL",
        "cannot be reached",
        "copy musetalkV15/musetalk.json and musetalkV15/unet.pth from elsewhere to DIR/TMElyralab/MuseTalk",
        "HEYGEN_STUDIO_WEIGHTS=DIR",
    ):
        assert part in said
    assert "\n" not in said
    with pytest.raises(WeightsError, match=r"copy model_index\.json and 17 more of its files \(or all of them\) from"):
        fetch("sdxl-turbo")


def test_what_the_users_folder_holds_already_is_not_asked_for_again(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    (elsewhere / "TMElyralab/MuseTalk/musetalkV15").mkdir(parents=True)
    (elsewhere / "TMElyralab/MuseTalk/musetalkV15/musetalk.json").write_text("{}")
    with pytest.raises(WeightsError, match=r"copy musetalkV15/unet\.pth from elsewhere"):
        fetch("musetalk")


def test_the_users_own_folder_comes_first_and_what_is_not_published_is_told(elsewhere: Path, weight: Weight, fake_hub: FakeHub) -> None:
    folder = elsewhere / "ann/tiny/net"
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(b"my own training")
    assert local_path(weight) is None, "a file is missing, so the hub is asked"
    (folder / "config.json").write_bytes(SMALL)
    events: list[Event] = []
    assert fetch("tiny", on_event=events.append) == folder
    assert [event.note for event in events] == [f"{folder / 'model.bin'} is not the published file of ann/tiny: your own one is used"]
    assert not fake_hub.asked

"""The retention that the settings ask for."""

from __future__ import annotations

import os
import time
from dataclasses import replace

import pytest

from heygen_studio import BadInput, Settings, Studio
from heygen_studio.service.jobs import Jobs
from heygen_studio.service.library import Library, Pruned
from heygen_studio.service.retention import EVERY_S, apply_retention
from heygen_studio.service.worker import Worker
from heygen_studio.settings import settings

from .conftest import leftovers, small


def test_without_limits_nothing_goes(studio: Studio, place: Settings) -> None:
    studio.render(small("Hello."))
    assert apply_retention(place) is None
    assert len(Library(place).results()) == 1 and not (place.data / "retention").exists()


def test_a_worker_applies_it_and_only_from_time_to_time(studio: Studio, place: Settings) -> None:
    limited = replace(place, max_mb=0)
    studio.render(small("Hello."))
    Worker(limited).run(until_idle=True)
    assert Library(place).results() == [] and leftovers(place.data) == []
    studio.render(small("Hello again."))
    assert apply_retention(limited) is None  # done a moment ago
    assert len(Library(place).results()) == 1
    for moment in (time.time() - EVERY_S - 1, time.time() + 86_400):  # long ago; and by a clock that was set back since
        studio.render(small("Hello again."))
        os.utime(place.data / "retention", (moment, moment))
        pruned = apply_retention(limited)
        assert pruned is not None and pruned.results == 1


def test_old_results_go(studio: Studio, place: Settings) -> None:
    old, new = studio.render(small("Hello Ann.")), studio.render(small("Hello Bob."))
    long_ago = time.time() - 3 * 86_400
    os.utime(old.folder / "report.json", (long_ago, long_ago))
    pruned = apply_retention(replace(place, keep_days=2))
    assert pruned is not None and (pruned.results, pruned.stages) == (1, 0)
    assert [result.id for result in Library(place).results()] == [new.folder.name]


def test_a_clock_that_jumps_forward_deletes_nothing(
    studio: Studio, place: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    limited = replace(place, keep_days=30)
    studio.render(small("Hello."))
    assert apply_retention(limited) is not None  # the first look
    year, real = 365 * 86_400, time.time
    monkeypatch.setattr(time, "time", lambda: real() + year)
    for hours in (0, 1, 23):
        monkeypatch.setattr(time, "time", lambda hours=hours: real() + year + hours * 3600)
        pruned = apply_retention(limited)
        assert pruned is not None and pruned.results == pruned.stages == 0
        os.utime(place.data / "retention", (time.time(), time.time()))
    assert caplog.text.count("The clock went on by 365.0 days") == 1
    monkeypatch.setattr(time, "time", real)  # set right again
    os.utime(place.data / "retention", (real() - EVERY_S, real() - EVERY_S))
    assert (apply_retention(limited), len(Library(place).results())) == (Pruned(0, 0, 0, 0), 1)


def test_what_is_old_goes_after_a_long_pause_once_the_clock_was_right_for_a_day(
    studio: Studio, place: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = replace(place, keep_days=30)
    studio.render(small("Hello."))
    apply_retention(limited)
    real = time.time
    for days, gone in ((40.0, 0), (40.5, 0), (41.1, 1)):
        monkeypatch.setattr(time, "time", lambda days=days: real() + days * 86_400)
        pruned = apply_retention(limited)
        assert pruned is not None and pruned.results == gone, days
        os.utime(place.data / "retention", (time.time(), time.time()))


def test_a_machine_that_ran_all_the_time_needs_no_day_of_doubt(studio: Studio, place: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    limited = replace(place, keep_days=30)
    studio.render(small("Hello."))
    apply_retention(limited)
    real, uptime, away = time.time, time.clock_gettime, 40 * 86_400
    monkeypatch.setattr(time, "time", lambda: real() + away)
    monkeypatch.setattr(time, "clock_gettime", lambda clock: uptime(clock) + away)
    pruned = apply_retention(limited)
    assert pruned is not None and pruned.results == 1


def test_a_folder_that_cannot_be_used_stops_nobody(place: Settings, caplog: pytest.LogCaptureFixture) -> None:
    place.data.write_text("a file where a folder belongs")
    assert apply_retention(replace(place, max_mb=1)) is None
    assert "could not be applied" in caplog.text


def test_an_owner_with_too_many_megabytes_must_delete_some(studio: Studio, place: Settings) -> None:
    jobs = Jobs(replace(place, owner_mb=0.01))
    first = jobs.submit(small("Hello."), owner="ann")
    Worker(place).run(until_idle=True)
    with pytest.raises(BadInput, match=r"The results of ann take \d+ MB, and 0.01 MB are allowed"):
        jobs.submit(small("Hello again."), owner="ann")
    jobs.submit(small("Hello again."), owner="bob")
    Library(place).delete(str(jobs.get(first).result))
    jobs.submit(small("Hello again."), owner="ann")
    jobs.close()


def test_settings_that_are_empty_mean_the_usual_and_what_is_no_switch_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    read = settings.__wrapped__
    for name in ("DEVICE", "WRITER", "PAINTER", "COMPILE", "PRIVATE_URLS", "LOG"):
        monkeypatch.setenv(f"HEYGEN_STUDIO_{name}", "")
    found = read()
    assert (found.device, found.writer, found.painter) == (Settings.device, Settings.writer, Settings.painter) and not found.private_urls
    for name, on, wrong in (("COMPILE", "1", "yes"), ("PRIVATE_URLS", "1", "true"), ("LOG", "json", "text")):
        monkeypatch.setenv(f"HEYGEN_STUDIO_{name}", on)
        read()
        monkeypatch.setenv(f"HEYGEN_STUDIO_{name}", wrong)
        with pytest.raises(BadInput, match=f"HEYGEN_STUDIO_{name} is '{wrong}', which cannot be used: set it to {on}, or to nothing"):
            read()
        monkeypatch.setenv(f"HEYGEN_STUDIO_{name}", "")


@pytest.mark.parametrize("name", ["KEEP_DAYS", "MAX_MB", "OWNER_MB"])
def test_limits_come_from_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = settings.__wrapped__
    field = name.lower()
    for text, number in (("", None), ("2.5", 2.5), ("0", 0.0)):
        monkeypatch.setenv(f"HEYGEN_STUDIO_{name}", text)
        assert getattr(read(), field) == number
    for text in ("a week", "-1", "nan", "inf"):
        monkeypatch.setenv(f"HEYGEN_STUDIO_{name}", text)
        with pytest.raises(BadInput, match=f"HEYGEN_STUDIO_{name} is '{text}'"):
            read()

"""Progress fractions and cancelling."""

from __future__ import annotations

import time

import pytest

from heygen_studio.progress import Cancel, Cancelled, Event, interruptible


@pytest.mark.parametrize(("done", "total", "fraction"), [(0, 0, 0.0), (1, 4, 0.25), (5, 4, 1.0), (-1, 4, 0.0)])
def test_fraction_stays_between_0_and_1(done: float, total: float, fraction: float) -> None:
    assert Event("video", done, total).fraction == fraction


def test_interruptible_returns_the_result_and_passes_errors_on() -> None:
    assert interruptible(lambda: 7, Cancel()) == 7
    with pytest.raises(ZeroDivisionError):
        interruptible(lambda: 1 / 0, Cancel())


def test_interruptible_stops_within_a_second() -> None:
    import threading

    cancel = Cancel()
    threading.Timer(0.2, cancel.cancel).start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        interruptible(lambda: time.sleep(5), cancel)
    assert time.monotonic() - started < 1.2


def test_nothing_starts_after_a_cancel() -> None:
    cancel = Cancel()
    cancel.cancel()
    calls: list[int] = []
    with pytest.raises(Cancelled):
        interruptible(lambda: calls.append(1), cancel)
    assert calls == []

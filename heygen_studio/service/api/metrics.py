"""Figures for Prometheus: of this server's requests, and of the jobs of the data folder, whoever renders them."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric, SummaryMetricFamily

from ...settings import Settings
from ..jobs import Jobs
from ..worker_lock import workers_alive

#: Upper ends of the bars of the latency histogram, in seconds.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The figures of one server."""

    def __init__(self, where: Settings, jobs: Jobs) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("heygen_studio_requests", "HTTP requests that were answered", labels, registry=self._registry)
        self._latency = Histogram(
            "heygen_studio_request_seconds", "Time to the answer", ("method", "route"), buckets=BUCKETS, registry=self._registry
        )
        self._registry.register(_JobFigures(where, jobs))

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered. route: its pattern, not its address: there are only so many."""
        self._requests.labels(method, route, str(status)).inc()
        self._latency.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """All figures as Prometheus reads them."""
        return generate_latest(self._registry)


class _JobFigures:
    """Read from the database when they are asked for."""

    def __init__(self, where: Settings, jobs: Jobs) -> None:
        self._where, self._jobs = where, jobs

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        states = GaugeMetricFamily("heygen_studio_jobs", "Jobs by state", labels=["state"])
        for state, count in self._jobs.counts().items():
            states.add_metric([state], count)
        yield states
        stages = SummaryMetricFamily("heygen_studio_stage_seconds", "Time that stages of finished renders took", labels=["stage"])
        for stage, (renders, seconds) in self._jobs.stage_seconds().items():
            stages.add_metric([stage], renders, seconds)
        yield stages
        yield GaugeMetricFamily("heygen_studio_workers", "Workers that run", value=workers_alive(self._where))

"""How well two workers share two cores, and what a job costs beside its render.

    python benchmarks/batch.py [--seconds 8] [--repeats 1] [--kinds machine processes queue ray] [--json build/batch.json]

Every worker gets one core and nothing else: its threads and its ffmpeg are pinned to it, so that "one worker" cannot use the second
core that two workers will need. Kinds of worker:

machine    a loop of plain arithmetic: what the machine itself allows (cores share memory, clock and neighbours)
processes  `Studio.render_many(workers=N)`: this process, or two others, on N cores together
queue      N processes of `heygen-studio worker` on the job queue
ray        `Studio.render_many(cluster=...)`: N nodes of a Ray cluster with a worker each

Jobs never end; after every worker has warmed up, finished videos are counted for some seconds.
Efficiency = videos a second with two workers / (2 x with one). Both are measured in turns, and the best of several runs counts, since
other programs only ever slow workers down: on a busy machine, take more --repeats, and compare with the machine's own row.
The ratio of the processor time of a job says what two workers cost each other.
Overhead of a job = the time from one finished job to the next of a single worker, less the stages of the render as its report tells.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import selectors
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from itertools import count
from pathlib import Path

from heygen_studio import Settings, Studio, VideoRequest
from heygen_studio.service.jobs import Jobs
from heygen_studio.service.library import Library
from heygen_studio.settings import settings

#: Seconds after the first finished job that only warm up: by then the slower worker has loaded its models too.
WARM_UP_S = 5.0
#: Jobs that wait in the queue for each worker.
WAITING = 3
#: The job queue is looked at this often, in seconds.
POLL_S = 0.02
#: How long a Ray cluster may take to shut down, in seconds.
STOP_S = 15.0


@dataclass(frozen=True)
class Done:
    """A finished job. at: when, in seconds; render: seconds of its stages."""

    at: float
    render: float


@dataclass(frozen=True)
class Rate:
    """a_second: jobs; cpu: seconds of processor time for each, of all processes together; overhead: mean seconds between two jobs of one
    worker beyond the render; jobs: how many were counted."""

    a_second: float
    cpu: float
    overhead: float
    jobs: int


def requests() -> Iterator[VideoRequest]:
    """Jobs of the default size without end; nothing but the portrait is shared."""
    for n in count():
        text = f"This is film number {n + 1000}, and it has a few words to say. They take about five seconds."
        yield VideoRequest.model_validate({"text": text, "voice": "hibari:heart"})


# ------------------------------------------------------------ kinds of worker; each runs in a process of its own


def machine(workers: int, where: Settings) -> Iterator[Done]:
    code = "import os\nwhile True:\n sum(i * i for i in range(3_000_000))\n os.write(1, b'.')"
    with selectors.DefaultSelector() as ready:
        for core in range(workers):
            output = pinned([sys.executable, "-c", code], core, where, stdout=subprocess.PIPE).stdout
            assert output is not None
            ready.register(output, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                for _ in os.read(key.fd, 100):  # a byte for each
                    yield Done(time.monotonic(), 0.0)


def processes(workers: int, where: Settings) -> Iterator[Done]:
    os.sched_setaffinity(0, range(workers))
    for outcome in Studio(where).render_many(requests(), workers=workers):
        assert outcome.video is not None, outcome.error
        yield done(outcome.video.report)


def queue(workers: int, where: Settings) -> Iterator[Done]:
    jobs, library, todo = Jobs(where), Library(where), requests()
    waiting = [jobs.submit(next(todo)) for _ in range(WAITING * workers)]
    for core in range(workers):
        pinned([sys.executable, "-m", "heygen_studio", "worker"], core, where)
    while True:
        for id in waiting:
            job = jobs.get(id)
            if job.state == "done":
                waiting.remove(id)
                waiting.append(jobs.submit(next(todo)))
                report = json.loads((library.get(str(job.result)).folder / "report.json").read_text(encoding="utf-8"))
                yield replace(done(report), at=job.finished or 0.0)
                break
            assert job.state in ("queued", "running"), job.error
        else:
            time.sleep(POLL_S)


def ray(workers: int, where: Settings) -> Iterator[Done]:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    try:
        for core in range(workers):
            with only(core):
                cluster.add_node(num_cpus=1, env_vars={"HEYGEN_STUDIO_DATA": str(where.data / f"node{core}")})
        for outcome in Studio(where).render_many(requests(), cluster=cluster.address):
            assert outcome.video is not None, outcome.error
            yield done(outcome.video.report)
    finally:
        cluster.shutdown()


@contextmanager
def only(core: int) -> Iterator[None]:
    """Processes that are started in the block have this core alone: they inherit it."""
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, everywhere)


def pinned(command: list[str], core: int, where: Settings, stdout: int | None = None) -> subprocess.Popen[bytes]:
    """A process on one core."""
    with only(core):
        environment = {**os.environ, "HEYGEN_STUDIO_DATA": str(where.data)}
        return subprocess.Popen(command, env=environment, stdout=stdout, stderr=subprocess.DEVNULL)


def done(report: dict[str, dict[str, dict[str, float]]]) -> Done:
    return Done(time.monotonic(), sum(made["seconds"] for made in report["stages"].values()))


KINDS: dict[str, Callable[[int, Settings], Iterator[Done]]] = {"machine": machine, "processes": processes, "queue": queue, "ray": ray}

# ------------------------------------------------------------ measuring


def measure(kind: str, workers: int, seconds: float) -> Rate:
    """Run one kind of worker in a process group of its own, which ends with the measurement."""
    with tempfile.TemporaryDirectory(prefix="batch-", ignore_cleanup_errors=True) as folder:
        command = [sys.executable, __file__, "--child", kind, str(workers), folder]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        assert child.stdout is not None
        counted: list[Done] = []
        used = 0.0
        try:
            first = 0.0
            for line in child.stdout:
                job = Done(**json.loads(line))
                first = first or job.at
                if kind != "machine" and job.at - first < WARM_UP_S:
                    continue
                counted.append(job)
                used = used or cpu_seconds(child.pid)
                if job.at - counted[0].at > seconds:
                    used = cpu_seconds(child.pid) - used
                    break
        finally:
            child.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                child.wait(STOP_S)
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            child.stdout.close()
    if len(counted) < 3:
        raise SystemExit(f"The {kind} workers finished only {len(counted)} jobs: give them more --seconds.")
    jobs = len(counted) - 1
    took = (counted[-1].at - counted[0].at) / jobs
    return Rate(1 / took, used / jobs, took * workers - statistics.mean(one.render for one in counted[1:]), jobs)


def cpu_seconds(pid: int) -> float:
    """Processor time of a process, its running descendants, and its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = [child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]
    except OSError:  # it has just ended
        return 0.0
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")  # user and system time, of itself and of ended children
    return own + sum(cpu_seconds(int(child)) for child in children)


def main() -> None:
    parser = argparse.ArgumentParser(description="Efficiency of two workers on two cores, and overhead of a job.")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--json", type=Path, default=Path("build/batch.json"))
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        serve(*options.child)
    else:
        compare(options.kinds, options.seconds, options.repeats, options.json)


def serve(kind: str, workers: str, folder: str) -> None:
    """Tell every finished job as a line of JSON, until SIGINT."""
    with suppress(KeyboardInterrupt):
        for job in KINDS[kind](int(workers), replace(settings(), data=Path(folder))):
            print(json.dumps(asdict(job)), flush=True)


def compare(kinds: list[str], seconds: float, repeats: int, target: Path) -> None:
    """Print the table and write the JSON."""
    print(f"{os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[0]:.1f}; best of {repeats} runs of {seconds:g} s")
    print(
        "".join(
            f"{title:>13}"
            for title in ("workers", "1: jobs/s", "2: jobs/s", "efficiency", "1: CPU s/job", "2: CPU s/job", "ratio", "overhead ms")
        )
    )
    rows = []
    for kind in kinds:
        runs = [(measure(kind, 1, seconds), measure(kind, 2, seconds)) for _ in range(repeats)]
        one, two = (best([run[n] for run in runs]) for n in (0, 1))
        row = {"one": one.a_second, "two": two.a_second, "efficiency": two.a_second / one.a_second / 2}
        row |= {"cpu_one": one.cpu, "cpu_two": two.cpu, "cpu_ratio": one.cpu / two.cpu}
        row["overhead_ms"] = 0.0 if kind == "machine" else one.overhead * 1000
        rows.append({"workers": kind, **row, "runs": [[asdict(rate) for rate in run] for run in runs]})
        print(f"{kind:>13}" + "".join(f"{value:>13.2f}" for value in row.values()), flush=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"cores": os.cpu_count(), "seconds": seconds, "rows": rows}, indent=1), encoding="utf-8")


def best(rates: list[Rate]) -> Rate:
    """The best of every figure."""
    return Rate(
        a_second=max(rate.a_second for rate in rates),
        cpu=min(rate.cpu for rate in rates),
        overhead=min(rate.overhead for rate in rates),
        jobs=sum(rate.jobs for rate in rates),
    )


if __name__ == "__main__":
    main()

"""How long a video takes and how much memory: stage times, real-time factor and peak memory by length.

    python benchmarks/pipeline.py [--seconds 10 600] [--size 512x512] [--voice hibari:heart] [--json pipeline.json]

Every length is rendered by the command line in a process of its own, into an empty data folder, so that nothing is reused
and nothing is shared but the model files. Memory must not grow with the length.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path

#: How often the memory of the processes is looked at, in seconds.
SAMPLE_S = 0.1
#: Words a voice speaks per second, to choose a text of about the wished length.
WORDS_PER_SECOND = 3.15
#: Text that is spoken again and again; sentences of different lengths, numbers and names among them.
SENTENCES = (
    "Good morning, and welcome to the harbour.",
    "The first boat left at half past six with twelve people on board.",
    "From here you can see the old lighthouse, which was built in 1871 and still works every night.",
    "Please mind the step!",
    "In summer some forty thousand visitors walk along this pier, and most of them buy an ice cream from Mrs. Baker.",
    "Is it always this windy?",
    "Yes, nearly always, because the valley behind the town draws the air from the sea.",
    "Fishing boats bring in herring, crab and mussels, and the market opens when the first of them is back.",
)


@dataclass(frozen=True)
class Run:
    """One render. seconds: length of the video; wall and stages: seconds of work; python_mb: peak of the Python process alone;
    all_mb: peak of it and ffmpeg together (resident pages; shared ones count twice)."""

    seconds: float
    wall: float
    stages: dict[str, float]
    python_mb: float
    all_mb: float

    @property
    def real_time_factor(self) -> float:
        """Seconds of work per second of video, without the time the program takes to start."""
        return sum(self.stages.values()) / self.seconds


def text_of(seconds: float) -> str:
    """Sentences that take about this long to speak."""
    text, words = [], 0
    for sentence in cycle(SENTENCES):
        text.append(sentence)
        words += len(sentence.split())
        if words >= seconds * WORDS_PER_SECOND:
            return " ".join(text)
    raise AssertionError("cycle() does not end")


def render(seconds: float, size: str, voice: str) -> Run:
    """Render a video of about ``seconds`` and measure it."""
    with tempfile.TemporaryDirectory(prefix="pipeline-") as folder:
        script, result = Path(folder, "script.txt"), Path(folder, "result.json")
        script.write_text(text_of(seconds), encoding="utf-8")
        command = [sys.executable, "-m", "heygen_studio", "render", "--text-file", str(script), "--voice", voice, "--size", size, "--json"]
        started = time.perf_counter()
        with open(result, "w") as out:
            process = subprocess.Popen(command, stdout=out, env={**os.environ, "HEYGEN_STUDIO_DATA": folder})
            python_kb = all_kb = 0
            while process.poll() is None:
                now = {pid: resident_kb(pid) for pid in (process.pid, *children(process.pid))}
                python_kb, all_kb = max(python_kb, now[process.pid]), max(all_kb, sum(now.values()))
                time.sleep(SAMPLE_S)
        wall = time.perf_counter() - started
        if process.returncode:
            raise SystemExit(f"The render of {seconds:g} s failed (exit code {process.returncode}).")
        video = json.loads(result.read_text(encoding="utf-8"))
    stages = {stage: made["seconds"] for stage, made in video["report"]["stages"].items()}
    return Run(video["duration"], wall, stages, python_kb / 1024, all_kb / 1024)


def resident_kb(pid: int) -> int:
    """Resident memory of a process (Linux), 0 when it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")), 0)


def children(pid: int) -> list[int]:
    """Direct children of all threads of a process."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, task.read_text().split())
        except OSError:  # the thread has ended meanwhile
            continue
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Stage times, real-time factor and peak memory by length.")
    parser.add_argument("--seconds", type=float, nargs="+", default=[10.0, 600.0])
    parser.add_argument("--size", default="512x512")
    parser.add_argument("--voice", default="hibari:heart")
    parser.add_argument("--json", type=Path, default=Path("build/pipeline.json"))
    options = parser.parse_args()

    render(3.0, options.size, options.voice)  # the first one fetches models and fills caches
    runs = [render(seconds, options.size, options.voice) for seconds in options.seconds]

    stages = list(runs[0].stages)
    print(f"{options.size}, {options.voice}, {os.cpu_count()} cores, {platform.machine()}")
    print("".join(f"{title:>10}" for title in ("video s", *stages, "wall s", "x real", "python MB", "all MB")))
    for run in runs:
        row = (f"{run.seconds:.1f}", *(f"{run.stages[stage]:.2f}" for stage in stages), f"{run.wall:.1f}")
        print("".join(f"{cell:>10}" for cell in (*row, f"{run.real_time_factor:.2f}", f"{run.python_mb:.0f}", f"{run.all_mb:.0f}")))
    growth = runs[-1].all_mb / runs[0].all_mb - 1
    print(f"Peak memory of the longest is {growth:+.1%} of the shortest's.")
    result = {"size": options.size, "voice": options.voice, "cores": os.cpu_count(), "memory_growth": growth}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({**result, "runs": [asdict(run) for run in runs]}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()

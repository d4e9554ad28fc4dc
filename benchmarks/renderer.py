"""How much processor time a frame of the mesh renderer costs, beside encoding the same frame.

    python benchmarks/renderer.py [--portrait PHOTO] [--rounds 5] [--json renderer.json]

Prints one table and writes one JSON. Render and encode run in turn, so that both see the same machine; CPU time, not wall time,
because a busy machine must not change the result. Medians of the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import imageio_ffmpeg
import numpy as np

from heygen_studio.frames import frame_engine
from heygen_studio.frames.mesh.engine import MeshEngine
from heygen_studio.frames.mesh.rig import prepare_rig
from heygen_studio.motion.motion import Motion
from heygen_studio.portrait import Portrait, find_avatar, load_portrait, prepare_portrait, save_portrait
from heygen_studio.video.encode import KEEP_GRAIN, QUALITY

SIZES = ((512, 512), (1280, 720))
FPS = 25


def talking(frames: int, seed: int = 0) -> Motion:
    """A motion as lively as speech: the mouth opens, rounds and closes four times a second, the head sways, the eyes blink."""
    dice = np.random.default_rng(seed)
    times = np.arange(frames) / FPS
    wave = np.abs(np.sin(2 * np.pi * 2.1 * times)) * dice.uniform(0.6, 1.0, frames)
    mouth = np.zeros((frames, 9), np.float32)
    mouth[:, 0], mouth[:, 3] = 7 * wave, 4.5 * wave
    mouth[:, 2] = np.clip(np.sin(2 * np.pi * 0.7 * times), 0, 1)
    mouth[:, 6] = np.clip(np.sin(2 * np.pi * 1.3 * times), 0, 1)
    sway = np.stack([2.0 * np.sin(2 * np.pi * f * times + p) for f, p in ((0.3, 0), (0.21, 1), (0.16, 2))], axis=1)
    phase = times % 3.0
    blink = np.where(phase < 0.32, np.sin(np.pi * phase / 0.32), 0.0)
    breath = 0.65 * (1 - np.cos(2 * np.pi * times / 4.0))
    none = np.zeros(frames, np.float32)
    return Motion(
        fps=FPS, mouth=mouth, pose=sway.astype(np.float32), shift=np.zeros((frames, 2), np.float32), blink=blink.astype(np.float32),
        gaze=np.zeros((frames, 2), np.float32), brow=none, slant=none, lids=none, breath=breath.astype(np.float32), smile=none,
    )  # fmt: skip


def measure_render(portrait: Portrait, motion: Motion) -> tuple[float, list[np.ndarray]]:
    """CPU ms a frame, and the frames."""
    frames: list[np.ndarray] = []
    spent = 0.0
    source: Iterator[np.ndarray] = frame_engine("mesh").frames(portrait, motion)
    frames.append(next(source).copy())  # preparing the portrait is not part of it
    for _ in range(len(motion) - 1):
        started = time.process_time()
        frame = next(source)
        spent += time.process_time() - started
        frames.append(frame.copy())
    return spent / (len(motion) - 1) * 1e3, frames


def measure_encode(frames: list[np.ndarray], preset: str) -> float:
    """CPU ms a frame of x264 on the same frames, in the quality of finished videos."""
    height, width = frames[0].shape[:2]
    with tempfile.TemporaryDirectory() as folder:
        command = [
            imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}",
            "-r", str(FPS), "-i", "-", "-c:v", "libx264", "-preset", preset, "-crf", str(QUALITY), "-x264-params", KEEP_GRAIN,
            "-pix_fmt", "yuv420p", str(Path(folder) / "out.mp4"),
        ]  # fmt: skip
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, input=b"".join(frame.tobytes() for frame in frames), check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / len(frames) * 1e3


def measure_cold_start() -> float:
    """CPU seconds from nothing to compiled loops, with an empty cache."""
    code = (
        "import numpy as np; from heygen_studio.frames.mesh.warp import lay_over;"
        "f = np.zeros((1, 1, 3), np.uint8); lay_over(f, np.zeros((1, 1, 4), np.uint8), f.copy())"
    )
    with tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "NUMBA_CACHE_DIR": folder})
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure_again(photo: Path, size: tuple[int, int]) -> float:
    """Seconds that a new process takes for a portrait that another one has prepared."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "portrait.npz"
        save_portrait(prepare_portrait(photo, size), kept)
        MeshEngine().rig(load_portrait(kept))
        started = time.process_time()
        MeshEngine().rig(load_portrait(kept))
        return time.process_time() - started


def measure(photo: Path, size: tuple[int, int], rounds: int, count: int) -> dict[str, Any]:
    portrait, again = prepare_portrait(photo, size), measure_again(photo, size)
    motion = talking(count)
    rows = []
    for _ in range(rounds):
        started = time.process_time()
        prepare_rig(prepare_portrait(photo, size))
        prepared = time.process_time() - started
        render, frames = measure_render(portrait, motion)
        rows.append((prepared, render, measure_encode(frames, "veryfast")))
    prepared, render, encode = (statistics.median(column) for column in zip(*rows, strict=True))
    return {
        "size": f"{size[0]}x{size[1]}", "prepare_s": round(prepared, 2), "again_ms": round(again * 1e3),
        "render_ms": round(render, 2), "encode_ms": round(encode, 2),
        "ratio": round(statistics.median(r / e for _, r, e in rows), 2),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--portrait", default="hopper", help="a photo or the name of a stock avatar")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--json", type=Path, default=Path("build/renderer.json"))
    options = parser.parse_args()
    cv2.setNumThreads(1)
    photo = find_avatar(options.portrait)
    results = [measure(photo, size, options.rounds, options.frames) for size in SIZES]
    cold = measure_cold_start()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("size        prepare s   again ms   render ms   veryfast ms   render / encode   (CPU time, medians)")
    for row in results:
        print("{size:10s} {prepare_s:10.2f} {again_ms:10d} {render_ms:11.2f} {encode_ms:13.2f} {ratio:17.2f}".format(**row))
    print(f"first start (compiling) {cold:.1f} s CPU; peak memory of this process {peak:.0f} MB (holds {options.frames} frames)")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"results": results, "cold_start_s": round(cold, 2), "peak_mb": round(peak)}, indent=2) + "\n")


if __name__ == "__main__":
    main()

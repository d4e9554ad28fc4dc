"""How fast the renderers with networks are: the network alone, and from a video on disk to a video on disk.

    python benchmarks/gpu.py [--engines musetalk wav2lip] [--batches 1 2 4 8 16 32] [--frames 500] [--json build/gpu.json]

Full-size networks with random numbers, on the device that HEYGEN_STUDIO_DEVICE names or the fastest there is. "network": crops in
main memory to painted crops in main memory (for MuseTalk encoder, UNet and decoder). "end to end": decode, find the face, cut,
network, paste and encode, all at the same time; the videos are a talking portrait that the built-in renderer drew.
Writing and loading MuseTalk takes 4 GB of disk and of memory. On a CPU give --batches 1 --frames 5.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import soundfile
import torch

sys.path.append(str(Path(__file__).parents[1] / "tests" / "frames"))
from random_weights import write_musetalk, write_wav2lip
from renderer import talking

from heygen_studio.devices import choose_device, models
from heygen_studio.errors import EngineUnavailable
from heygen_studio.frames import frame_engine, repaint_engine
from heygen_studio.frames.repaint.engine import RepaintEngine
from heygen_studio.frames.repaint.painter import MouthPainter, Order
from heygen_studio.frames.repaint.sound import Sound
from heygen_studio.portrait import find_avatar, prepare_portrait
from heygen_studio.settings import settings
from heygen_studio.speech.speech import Speech
from heygen_studio.video.encode import encode_video
from heygen_studio.video.footage import open_footage

SIZES = ((512, 512), (1280, 720))
FPS, RATE = 25, 24_000
WRITERS = {"musetalk": write_musetalk, "wav2lip": write_wav2lip}


def a_speech(folder: Path, seconds: float) -> Speech:
    """A buzz from beginning to end, so that every mouth is painted."""
    times = np.arange(round(seconds * RATE)) / RATE
    samples = 0.2 * np.sin(2 * np.pi * 140 * times) * (1 + 0.5 * np.sin(2 * np.pi * 5 * times))
    soundfile.write(folder / "speech.wav", samples, RATE, subtype="PCM_16")
    return Speech(folder / "speech.wav", RATE, seconds, (), (), ((0.0, seconds),), "recording")


def write_film(folder: Path, size: tuple[int, int], count: int, speech: Speech) -> Path:
    """The talking portrait as a video of ``count`` frames."""
    portrait = prepare_portrait(find_avatar("hopper"), size)
    target = folder / f"{size[0]}x{size[1]}.mp4"
    frames = frame_engine("mesh").frames(portrait, talking(count))
    encode_video(frames, count, size=size, fps=FPS, wav=speech.wav, output=target, tags={})
    return target


def wait(device: str) -> None:
    """Until the device has done all that it was given."""
    if device == "cuda":
        torch.cuda.synchronize()


def measure_network(painter: MouthPainter, sound: Sound, batch: int, device: str) -> float:
    """Frames a second, the median of several rounds; the sound is heard beforehand."""
    dice = np.random.default_rng(0)
    heard = painter.listen(sound, FPS)(0.5)
    faces = dice.integers(0, 256, (batch, painter.side, painter.side, 3), np.uint8)
    orders = [Order(face, faces[0], heard) for face in faces]
    rounds = []
    for _ in range(7 if device != "cpu" else 2):
        wait(device)
        started = time.perf_counter()
        painter.paint(orders)
        wait(device)
        rounds.append(batch / (time.perf_counter() - started))
    return float(np.median(rounds[1:]))


def measure_end_to_end(engine: RepaintEngine, film: Path, speech: Speech, count: int) -> float:
    """Frames a second of a warm engine, from file to file."""
    footage = open_footage(film)
    started = time.perf_counter()
    frames = engine.repaint(footage.frames(count), FPS, speech)
    target = film.with_suffix(".dubbed.mp4")
    encode_video(frames, count, size=footage.size, fps=FPS, wav=speech.wav, output=target, tags={}, colour=footage.colour)
    return count / (time.perf_counter() - started)


def measure(name: str, batches: list[int], films: dict[str, Path], speech: Speech, count: int) -> list[dict[str, Any]]:
    device = choose_device()
    engine = repaint_engine(name)
    started = time.perf_counter()
    engine.load()
    loaded = time.perf_counter() - started
    sound, rows = Sound(speech), []
    with engine.network() as painter:
        for batch in batches:
            if device.name == "cuda":
                torch.cuda.reset_peak_memory_stats()
            painter.batch = batch
            try:
                row: dict[str, Any] = {"engine": name, "batch": batch, "network_fps": measure_network(painter, sound, batch, device.name)}
                row |= {f"{size}_fps": measure_end_to_end(engine, film, speech, count) for size, film in films.items()}
            except (EngineUnavailable, torch.OutOfMemoryError):
                row = {"engine": name, "batch": batch, "network_fps": float("nan")} | {f"{size}_fps": float("nan") for size in films}
            row["peak_gb"] = peak_bytes(device.name) / 1e9
            rows.append({**row, "load_s": loaded})
            print_row(row, list(films))
    models().unload()
    return rows


def peak_bytes(device: str) -> int:
    """Of the device's memory, or of this process."""
    return torch.cuda.max_memory_allocated() if device == "cuda" else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def print_row(row: dict[str, Any], sizes: list[str]) -> None:
    ends = "".join(f"{row[f'{size}_fps']:17.1f}" for size in sizes)
    print(f"{row['engine']:10s}{row['batch']:6d}{row['network_fps']:15.1f}{ends}{row['peak_gb']:12.2f}", flush=True)


def versions() -> dict[str, Any]:
    device = choose_device()
    name = torch.cuda.get_device_name() if device.name == "cuda" else platform.processor() or platform.machine()
    return {
        "device": device.name, "name": name, "dtype": str(device.dtype), "torch": torch.__version__, "opencv": cv2.__version__,
        "cores": os.cpu_count(), "python": platform.python_version(), "compiled": settings().compile,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--engines", nargs="+", default=list(WRITERS), choices=list(WRITERS))
    parser.add_argument("--batches", nargs="+", type=int, default=[1, 2, 4, 8, 16, 32])
    parser.add_argument("--frames", type=int, default=500)
    parser.add_argument("--json", type=Path, default=Path("build/gpu.json"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        os.environ["HEYGEN_STUDIO_WEIGHTS"] = str(work / "weights")
        settings.cache_clear()
        speech = a_speech(work, options.frames / FPS)
        films = {f"{w}x{h}": write_film(work, (w, h), options.frames, speech) for w, h in SIZES}
        print(", ".join(f"{name} {value}" for name, value in versions().items()))
        print("engine     batch  network fps" + "".join(f"{size + ' fps':>17s}" for size in films) + "     peak GB")
        rows = []
        for name in options.engines:
            WRITERS[name](work / "weights")
            rows += measure(name, options.batches, films, speech, options.frames)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"machine": versions(), "rows": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()

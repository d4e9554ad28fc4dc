"""How fast the renderers with networks are: the network alone, and from a video on disk to a video on disk.

    python benchmarks/gpu.py [--engines musetalk wav2lip] [--batches 1 2 4 8 16 32] [--frames 500] [--json build/gpu.json]
                             [--network-only] [--tiny]

Full-size networks with random numbers, on the device that HEYGEN_STUDIO_DEVICE names or the fastest there is. "network": crops in
main memory to painted crops in main memory (for MuseTalk encoder, UNet and decoder). "end to end": decode, find the face, cut,
network, paste and encode, all at the same time; the videos are a talking portrait that the built-in renderer drew.
Writing and loading MuseTalk takes 4 GB of disk and of memory. Every row is printed and kept as soon as it is measured.

--network-only needs neither ffmpeg nor the face detector, for machines that hold little more than torch, diffusers and transformers.
--tiny takes tiny networks, to rehearse all of it on a CPU within a minute: --tiny --batches 1 2 --frames 15.
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
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch

sys.path.append(str(Path(__file__).parents[1] / "tests" / "frames"))
from random_weights import TINY_AUTOENCODER, TINY_MUSETALK, TINY_WHISPER, write_musetalk, write_wav2lip

from heygen_studio.devices import choose_device, models, out_of_memory
from heygen_studio.errors import EngineUnavailable
from heygen_studio.frames import repaint_engine
from heygen_studio.frames.repaint.painter import MouthPainter, Order
from heygen_studio.frames.repaint.sound import Sound
from heygen_studio.settings import settings
from heygen_studio.speech.speech import Speech

FPS, RATE = 25, 24_000
WRITERS: dict[str, Callable[[Path], None]] = {"musetalk": write_musetalk, "wav2lip": write_wav2lip}
TINY_WRITERS: dict[str, Callable[[Path], None]] = {
    "musetalk": lambda root: write_musetalk(root, TINY_MUSETALK, TINY_AUTOENCODER, TINY_WHISPER),
    "wav2lip": lambda root: write_wav2lip(root, width=2),
}
STARTED = time.perf_counter()


def note(said: str) -> None:
    """What was done, after how many seconds."""
    print(f"[{time.perf_counter() - STARTED:4.0f} s] {said}", flush=True)


def a_speech(folder: Path, seconds: float) -> Speech:
    """A buzz from beginning to end, so that every mouth is painted."""
    times = np.arange(round(seconds * RATE)) / RATE
    samples = 0.2 * np.sin(2 * np.pi * 140 * times) * (1 + 0.5 * np.sin(2 * np.pi * 5 * times))
    soundfile.write(folder / "speech.wav", samples, RATE, subtype="PCM_16")
    return Speech(folder / "speech.wav", RATE, seconds, (), (), ((0.0, seconds),), "recording")


def use_weights(root: Path) -> None:
    """Let the studio look for weights in ``root``, and for those that are not written there where it did before."""
    before = settings().weights
    root.mkdir()
    for file in before.iterdir() if before else ():
        if file.is_file():
            (root / file.name).symlink_to(file.absolute())
    os.environ["HEYGEN_STUDIO_WEIGHTS"] = str(root)
    settings.cache_clear()


def wait(device: str) -> None:
    """Until the device has done all that it was given."""
    if device == "cuda":
        torch.cuda.synchronize()


def measure_network(painter: MouthPainter, sound: Sound, batch: int, device: str) -> float:
    """Frames a second, the median of several rounds after one to warm up; the sound is heard beforehand."""
    dice = np.random.default_rng(0)
    heard = painter.listen(sound, FPS)(0.5)
    rounds = []
    for _ in range(8 if device != "cpu" else 3):
        faces = dice.integers(0, 256, (batch, painter.side, painter.side, 3), np.uint8)  # new ones: a video has a reference a frame
        orders = [Order(face, face, heard) for face in faces]
        wait(device)
        started = time.perf_counter()
        painter.paint(orders)
        wait(device)
        rounds.append(batch / (time.perf_counter() - started))
    return float(np.median(rounds[1:]))


def measure(
    name: str, batches: list[int], films: dict[str, Path], speech: Speech, count: int, keep: Callable[[dict[str, Any]], None]
) -> None:
    """Measure one engine and ``keep`` a row for each batch."""
    device, engine, sound = choose_device(), repaint_engine(name), Sound(speech)
    started = time.perf_counter()
    engine.load()
    loaded = time.perf_counter() - started
    note(f"{name} is loaded")
    with engine.network() as painter:
        for batch in batches:
            if device.name == "cuda":
                torch.cuda.reset_peak_memory_stats()
            painter.batch = batch
            row: dict[str, Any] = {"engine": name, "batch": batch, "load_s": loaded}
            try:
                row["network_fps"] = measure_network(painter, sound, batch, device.name)
                if films:
                    from dubbed_films import measure_end_to_end

                    row |= {f"{size}_fps": measure_end_to_end(engine, film, speech, count) for size, film in films.items()}
            except (EngineUnavailable, RuntimeError) as error:
                if not (isinstance(error, EngineUnavailable) or out_of_memory(error)):
                    raise
                note(f"{name}, batch {batch}: {str(error).splitlines()[0]}")
            keep({**row, "peak_gb": peak_bytes(device.name) / 1e9})
    models().unload()


def peak_bytes(device: str) -> int:
    """Of the device's memory, or of this process."""
    return torch.cuda.max_memory_allocated() if device == "cuda" else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def print_row(row: dict[str, Any], sizes: list[str]) -> None:
    ends = "".join(f"{row.get(f'{size}_fps', float('nan')):17.1f}" for size in sizes)
    print(f"{row['engine']:10s}{row['batch']:6d}{row.get('network_fps', float('nan')):15.2f}{ends}{row['peak_gb']:12.2f}", flush=True)


def versions(tiny: bool) -> dict[str, Any]:
    import diffusers
    import transformers

    device = choose_device()
    name = torch.cuda.get_device_name() if device.name == "cuda" else platform.processor() or platform.machine()
    return {
        "device": device.name, "name": name, "dtype": str(device.dtype), "torch": torch.__version__, "diffusers": diffusers.__version__,
        "transformers": transformers.__version__, "cores": os.cpu_count(), "python": platform.python_version(),
        "compiled": settings().compile, "tiny": tiny,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--engines", nargs="+", default=list(WRITERS), choices=list(WRITERS))
    parser.add_argument("--batches", nargs="+", type=int, default=[1, 2, 4, 8, 16, 32])
    parser.add_argument("--frames", type=int, default=500, help="of each video; at least 13")
    parser.add_argument("--network-only", action="store_true")
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--json", type=Path, default=Path("build/gpu.json"))
    options = parser.parse_args()
    if options.frames < 13:
        parser.error("a video has at least half a second, 13 frames")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    machine, rows = versions(options.tiny), []
    print(", ".join(f"{name} {value}" for name, value in machine.items()))
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        use_weights(work / "weights")
        speech = a_speech(work, options.frames / FPS)
        films: dict[str, Path] = {}
        if not options.network_only:
            from dubbed_films import write_films

            films = write_films(work, options.frames, speech)
            note("the videos are there")

        def keep(row: dict[str, Any]) -> None:
            rows.append(row)
            print_row(row, list(films))
            options.json.write_text(json.dumps({"machine": machine, "rows": rows}, indent=2) + "\n")

        for name in options.engines:
            (TINY_WRITERS if options.tiny else WRITERS)[name](work / "weights")
            note(f"{name} is written")
            print("engine     batch  network fps" + "".join(f"{size + ' fps':>17s}" for size in films) + "     peak GB")
            measure(name, options.batches, films, speech, options.frames, keep)
    note("done")


if __name__ == "__main__":
    main()

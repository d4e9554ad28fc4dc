"""One place decides where networks run and what fits; real torch modules, with memory that runs out when the test says so."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import torch

from heygen_studio import devices
from heygen_studio.devices import Batches, Device, Models, check_memory, choose_device, compiled, free_memory
from heygen_studio.errors import BadInput, EngineUnavailable
from heygen_studio.settings import settings

CPU = Device("cpu", torch.float32)


class Cramped(torch.nn.Linear):
    """A layer on a device that holds ``room`` rows at once."""

    def __init__(self, room: int) -> None:
        super().__init__(4, 2)
        self.room = room
        self.seen: list[int] = []

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        self.seen.append(len(rows))
        if len(rows) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return super().forward(rows)


def run_on(layer: torch.nn.Module):
    return lambda rows: list(layer(torch.stack(list(rows))))


def test_an_out_of_memory_halves_the_batch_and_the_work_goes_on():
    layer = Cramped(room=3)
    rows = list(torch.randn(20, 4, generator=torch.Generator().manual_seed(0)))
    batches = Batches(run_on(layer), size=16)
    results = torch.stack(batches(rows))
    expected = torch.nn.functional.linear(torch.stack(rows), layer.weight, layer.bias)
    torch.testing.assert_close(results, expected)
    assert layer.seen[:4] == [16, 8, 4, 2]
    assert set(layer.seen[4:]) == {2}, "the smaller batch is kept"
    assert batches.size == 2


def test_no_memory_for_a_single_frame_is_one_sentence():
    with pytest.raises(EngineUnavailable, match="memory is full even for a single frame"):
        Batches(run_on(Cramped(room=0)), size=4)(list(torch.zeros(4, 4)))


def test_other_failures_of_a_network_are_not_taken_for_a_full_memory():
    with pytest.raises(RuntimeError, match="shapes"):
        Batches(run_on(torch.nn.Linear(5, 2)), size=4)(list(torch.zeros(4, 4)))


def test_auto_takes_a_device_that_is_here_and_a_precision_it_computes_in():
    device = choose_device("auto")
    assert device == choose_device(device.name)
    row = torch.ones(2, device=device.name, dtype=device.dtype)
    assert float((row @ row).cpu()) == 2
    assert free_memory(device) > 0


def test_a_gpu_comes_first_and_old_ones_compute_in_half_precision(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    for modern, dtype in ((True, torch.bfloat16), (False, torch.float16)):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation, modern=modern: modern)
        assert choose_device("auto") == Device("cuda", dtype)


def test_a_device_that_is_unknown_or_absent_is_refused():
    with pytest.raises(BadInput, match=r"'tpu'.*cuda, mps or cpu"):
        choose_device("tpu")
    absent = "mps" if not torch.backends.mps.is_available() else "cuda"
    with pytest.raises(EngineUnavailable, match=f"device {absent} was asked for.*HEYGEN_STUDIO_DEVICE"):
        choose_device(absent)


def test_too_little_memory_says_what_is_needed_and_what_is_there():
    with pytest.raises(EngineUnavailable, match=r"musetalk needs 4000000\.0 GB of memory on the device cpu, and \d+\.\d GB are free"):
        check_memory(4 * 10**15, "musetalk", CPU)


def test_the_longest_unused_model_leaves_when_memory_is_short(monkeypatch):
    """Every layer takes 8 of 20 units with its working memory: two fit."""
    held = Models()
    monkeypatch.setattr(devices, "free_memory", lambda device: 20 - 8 * len(held.names()))

    def use(name: str):
        return held.use(name, 6, lambda device: torch.nn.Linear(2, 2), CPU)

    with use("a") as first:
        pass
    with use("b"), use("a") as again:
        assert again is first, "loaded once"
    with use("c"):
        assert [name.split()[0] for name in held.names()] == ["a", "c"], "b was unused for longest"
        with use("a"), pytest.raises(EngineUnavailable, match=r"^b needs"), use("b"):
            pass  # both others are in use
    held.unload()
    assert held.names() == ()


def test_memory_that_runs_out_while_a_model_is_loaded_or_used_is_one_sentence():
    def load(device: Device) -> torch.nn.Module:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    with (
        pytest.raises(EngineUnavailable, match=r"^painter ran out of memory on the device cpu: close"),
        Models().use("painter", 1, load, CPU),
    ):
        pass
    held = Models()
    with pytest.raises(EngineUnavailable, match=r"^XTTS ran out"), held.use("XTTS", 1, lambda device: torch.nn.Linear(2, 2), CPU):
        raise RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED")
    held.unload()
    assert held.names() == (), "it is not in use any more"
    with pytest.raises(RuntimeError, match="shapes"), held.use("XTTS", 1, lambda device: torch.nn.Linear(2, 2), CPU) as layer:
        layer(torch.zeros(1, 5))


def test_threads_that_want_the_same_model_share_one():
    held, made = Models(), []

    def load(device: Device) -> torch.nn.Module:
        made.append(torch.nn.Linear(2, 2))
        return made[-1]

    def work() -> None:
        with held.use("layer", 1, load, CPU) as layer:
            assert layer is made[0]

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_nothing_is_compiled_on_zero_gpu_and_memory_is_not_asked_for(monkeypatch):
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setattr(devices, "settings", lambda: replace(settings(), compile=True))
    layer = torch.nn.Linear(2, 2)
    assert compiled(layer, Device("cuda", torch.bfloat16)) is layer
    check_memory(4 * 10**15, "musetalk", Device("cuda", torch.bfloat16))


def test_networks_are_compiled_only_when_asked_for_on_a_gpu(monkeypatch):
    layer = torch.nn.Linear(2, 2)
    assert compiled(layer, Device("cuda", torch.bfloat16)) is layer
    monkeypatch.setattr(devices, "settings", lambda: replace(settings(), compile=True))
    assert compiled(layer, CPU) is layer
    assert compiled(layer, Device("cuda", torch.bfloat16)) is not layer

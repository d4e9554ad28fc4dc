"""Where networks run, with what precision, and what fits there: the one place that knows devices.

torch is loaded by the functions, not by this module.
"""

from __future__ import annotations

import gc
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .errors import BadInput, EngineUnavailable
from .settings import settings

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cuda", "mps", "cpu")

#: What a network takes beside its parameters (activations of a small batch, the allocator's blocks), as a part of them.
WORKING = 0.25

#: What runtimes say when memory is out: CUDA (which has an exception of its own too), MPS, the CPU's allocator, cuDNN and cuBLAS.
_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "status_alloc_failed")

_MAKE_ROOM = "close other programs, choose a smaller engine, or set HEYGEN_STUDIO_DEVICE to another device."

M = TypeVar("M")
I = TypeVar("I")  # noqa: E741
O = TypeVar("O")  # noqa: E741


@dataclass(frozen=True)
class Device:
    """name: "cuda", "mps" or "cpu", as torch calls it; dtype: the precision networks have there."""

    name: str
    dtype: torch.dtype


def choose_device(wanted: str | None = None) -> Device:
    """The device called ``wanted`` (absent: HEYGEN_STUDIO_DEVICE); "auto" takes the fastest there is.

    bfloat16 on a GPU that computes in it, float16 on other GPUs, float32 on a CPU. Raises `BadInput` for a name that is none,
    `EngineUnavailable` where the device is not here.
    """
    import torch

    wanted = wanted or settings().device
    if wanted not in DEVICES:
        raise BadInput(f"There is no device called {wanted!r}: set HEYGEN_STUDIO_DEVICE to {', '.join(DEVICES[:-1])} or {DEVICES[-1]}.")
    here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    name = next(device for device, there in here.items() if there) if wanted == "auto" else wanted
    if not here[name]:
        raise EngineUnavailable(
            f"The device {name} was asked for, but torch {torch.__version__} finds none here: set HEYGEN_STUDIO_DEVICE to auto or cpu, "
            f"or install the driver and a torch that is built for it."
        )
    if name == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return Device(name, torch.bfloat16)
    return Device(name, torch.float32 if name == "cpu" else torch.float16)


def zero_gpu() -> bool:
    """Whether this is a Hugging Face ZeroGPU Space, where a GPU is lent for single calls and nothing may be compiled."""
    return bool(os.environ.get("SPACES_ZERO_GPU"))


def compiled(network: torch.nn.Module, device: Device) -> torch.nn.Module:
    """The network through torch.compile if HEYGEN_STUDIO_COMPILE asks for it and the device gains by it; else as it is."""
    import torch

    wanted = settings().compile and device.name == "cuda" and not zero_gpu()
    return torch.compile(network) if wanted else network  # type: ignore[return-value]


def free_memory(device: Device) -> int:
    """Bytes that a network could take on the device now."""
    import torch

    if device.name == "cuda":
        cached = torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
        return torch.cuda.mem_get_info()[0] + cached
    if device.name == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory()
    return _free_main_memory()


def _free_main_memory() -> int:
    """What the system can give without swapping, and the limit of a container allows."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):  # not Linux: half of what is built in
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    try:
        limit, used = (Path(f"/sys/fs/cgroup/memory.{name}").read_text(encoding="ascii").strip() for name in ("max", "current"))
    except OSError:  # no container, or one that does not say
        return free
    return free if limit == "max" else min(free, int(limit) - int(used))


def check_memory(need: int, what: str, device: Device) -> None:
    """Raise `EngineUnavailable` unless ``need`` bytes are free on the device for ``what``."""
    if zero_gpu():  # the GPU is not there yet when models are loaded
        return
    free = free_memory(device)
    if free < need:
        raise EngineUnavailable(
            f"{what} needs {need / 1e9:.1f} GB of memory on the device {device.name}, and {max(free, 0) / 1e9:.1f} GB are free: "
            f"{_MAKE_ROOM}"
        )


@dataclass
class _Loaded:
    model: Any
    device: Device
    users: int = 0


class Models:
    """The networks of this process, each loaded once. Where memory is short, those not in use leave, the longest unused first.

    Thread-safe; models are loaded one after the other.
    """

    def __init__(self) -> None:
        self._loaded: OrderedDict[str, _Loaded] = OrderedDict()
        self._guard = threading.RLock()

    @contextmanager
    def use(self, name: str, need: int, load: Callable[[Device], M], device: Device) -> Iterator[M]:
        """The model called ``name``, loaded by ``load(device)`` if it is not here; it stays at least until the block ends.

        need: bytes of its parameters on that device. Raises `EngineUnavailable` if they do not fit, or if memory runs out in the
        block, and what ``load`` raises.
        """
        what, name = name, f"{name} on {device.name} in {device.dtype}"
        with _clear_shortage(what, device):
            with self._guard:
                if name not in self._loaded:
                    self._make_room(need, what, device)
                    self._loaded[name] = _Loaded(load(device), device)
                held = self._loaded[name]
                self._loaded.move_to_end(name)
                held.users += 1
            try:
                yield held.model
            finally:
                with self._guard:
                    held.users -= 1

    def names(self) -> tuple[str, ...]:
        """What is loaded, the longest unused first."""
        with self._guard:
            return tuple(self._loaded)

    def unload(self) -> None:
        """Drop every model that is not in use."""
        with self._guard:
            while self._drop_oldest():
                continue

    def _make_room(self, need: int, what: str, device: Device) -> None:
        total = round(need * (1 + WORKING))
        while not zero_gpu() and free_memory(device) < total and self._drop_oldest(device):
            continue
        check_memory(total, what, device)

    def _drop_oldest(self, device: Device | None = None) -> bool:
        """Drop the model that was not used for longest (on that device); False if all are in use."""
        for name, held in self._loaded.items():
            if not held.users and (device is None or held.device.name == device.name):
                del self._loaded[name], held
                _give_back()
                return True
        return False


@lru_cache(maxsize=1)
def models() -> Models:
    """The models of this process."""
    return Models()


@contextmanager
def _clear_shortage(what: str, device: Device) -> Iterator[None]:
    """Say in one sentence that memory ran out in the block."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not out_of_memory(error):
            raise
        raise EngineUnavailable(f"{what} ran out of memory on the device {device.name}: {_MAKE_ROOM}") from error


def _give_back() -> None:
    """Return memory of dropped tensors to the device."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()


class Batches(Generic[I, O]):
    """Runs a network over lists in batches. Where memory runs out, the batch is halved, for good, and the work goes on.

    size: items that are run at once; it only ever shrinks. One instance per network and video; not shared between threads.
    """

    def __init__(self, run: Callable[[Sequence[I]], Sequence[O]], size: int) -> None:
        self._run = run
        self.size = size

    def __call__(self, items: Sequence[I]) -> list[O]:
        """What ``run`` returns for all items, in order. Raises `EngineUnavailable` if memory is out even for a single one."""
        done: list[O] = []
        while len(done) < len(items):
            batch = items[len(done) : len(done) + self.size]
            try:
                done.extend(self._run(batch))
            except (RuntimeError, MemoryError) as error:
                if not out_of_memory(error):
                    raise
                if len(batch) == 1:
                    raise EngineUnavailable(
                        "The memory is full even for a single frame: close other programs, or set HEYGEN_STUDIO_DEVICE to another device."
                    ) from error
                self.size = len(batch) // 2
            else:
                continue
            _give_back()  # after the handler, which held the failed batch's tensors
        return done


def out_of_memory(error: BaseException) -> bool:
    """Whether an exception of any torch device means that memory is out."""
    import torch

    said = str(error).lower()
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or any(words in said for words in _OUT_OF_MEMORY)

"""A GPU that is not there: its tensors say "cuda:0", compute on the CPU, and refuse what those of a real one refuse.

Mixing them with tensors of the CPU raises (but for single numbers), and so does reading one as an array without `Tensor.cpu`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves, tree_map

CPU, GPU = torch.device("cpu"), torch.device("cuda:0")


class OnGpu(torch.Tensor):
    """A tensor of the pretended device."""


def _moved(value: Any, kind: type[torch.Tensor]) -> Any:
    """The tensors in ``value`` as those of the one device or the other; their numbers are shared."""

    def one(leaf: Any) -> Any:
        if not isinstance(leaf, torch.Tensor) or isinstance(leaf, OnGpu) == (kind is OnGpu):
            return leaf
        with torch._C.DisableTorchFunction():
            return leaf.detach().as_subclass(kind)

    return tree_map(one, value)


class _Pretend(TorchFunctionMode):
    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        options, name = dict(kwargs or {}), func.__name__
        first = args[0] if args and isinstance(args[0], torch.Tensor) else None
        if name == "__get__":
            return self._attribute(func, first, args)
        if name in ("__set__", "_has_compatible_shallow_copy_type"):
            return func(*args) if name == "__set__" else False
        if name in ("numpy", "__array__") and isinstance(first, OnGpu):
            raise TypeError("can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() first.")
        if name == "cpu":
            return _moved(func(*args, **options), torch.Tensor)
        wanted, args = self._wanted(name, args, options)
        held = [leaf for leaf in tree_leaves((args, options)) if isinstance(leaf, torch.Tensor)]
        gpu = any(isinstance(leaf, OnGpu) for leaf in held)
        if gpu and name != "to" and any(not isinstance(leaf, OnGpu) and leaf.ndim for leaf in held):
            raise RuntimeError(f"Expected all tensors to be on the same device, but {name} got some of cuda:0 and some of cpu.")
        result = func(*args, **options)
        if wanted is not None:
            gpu = wanted.type == "cuda"
        return _moved(result, OnGpu if gpu else torch.Tensor)

    def _attribute(self, func: Any, tensor: Any, args: Any) -> Any:
        attribute = func.__self__.__name__
        if attribute == "device" and isinstance(tensor, OnGpu):
            return GPU
        if attribute in ("is_cuda", "is_cpu"):
            return isinstance(tensor, OnGpu) == (attribute == "is_cuda")
        return _moved(func(*args), OnGpu) if isinstance(tensor, OnGpu) else func(*args)

    def _wanted(self, name: str, args: Any, options: dict[str, Any]) -> tuple[torch.device | None, Any]:
        """The device that a call asks for, and its arguments without it; ``options`` lose it too."""
        at = 1 if name == "to" and len(args) > 1 and isinstance(args[1], (str, torch.device)) else None
        wanted = options.get("device") if at is None else args[at]
        if wanted is None or torch.device(wanted).type == "meta":
            return None, args
        if at is not None:
            return torch.device(wanted), (args[0], CPU, *args[2:])
        options["device"] = CPU
        return torch.device(wanted), args


@contextmanager
def pretended_gpu() -> Iterator[None]:
    """In this thread, tensors can be moved to "cuda" in the block."""
    before = torch.__future__.get_overwrite_module_params_on_conversion()
    torch.__future__.set_overwrite_module_params_on_conversion(True)
    try:
        with _Pretend():
            yield
    finally:
        torch.__future__.set_overwrite_module_params_on_conversion(before)

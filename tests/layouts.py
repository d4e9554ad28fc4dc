"""Tables of published state dicts: one name and shape a line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor


def read_layout(path: Path) -> dict[str, tuple[int, ...]]:
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {name: () if shape == "scalar" else tuple(map(int, shape.split("x"))) for name, shape in lines}


def layout_of(state: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(value.shape) for name, value in state.items()}

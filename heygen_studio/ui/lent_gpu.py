"""ZeroGPU Spaces lend a GPU for single calls; everywhere else a call is a call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ..devices import zero_gpu

F = TypeVar("F", bound=Callable[..., Any])

#: Seconds for which a GPU is lent at most.
LONGEST_S = 120


def with_lent_gpu(function: F) -> F:
    """``function`` with a GPU while it runs. On such a Space its arguments and its result travel between processes."""
    if not zero_gpu():
        return function
    import spaces

    lent: F = spaces.GPU(duration=LONGEST_S)(function)
    return lent

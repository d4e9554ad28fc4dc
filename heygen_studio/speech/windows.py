"""A recording walked through in stretches that end in its pauses."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from .speech import Samples

#: The width of the quiet place at which a window is cut, in seconds.
PAUSE = 0.2


class Windows:
    """Cuts a stream of blocks into windows of ``shortest`` to ``longest`` seconds; the caller says where the next one begins.

    Holds no more than one window and one block.
    """

    def __init__(self, blocks: Iterable[Samples], rate: int, shortest: float, longest: float) -> None:
        self._blocks = iter(blocks)
        self._rate = rate
        self._shortest, self._longest = int(shortest * rate), int(longest * rate)
        self._held: Samples = np.zeros(0, np.float32)
        #: Where the window begins, in seconds of the recording.
        self.start = 0.0
        #: Whether the window is the last one.
        self.at_end = False

    def next(self) -> Samples | None:
        """The window that begins at ``start``, float32 mono; None at the end of the recording."""
        while not self.at_end and len(self._held) <= self._longest:
            block = next(self._blocks, None)
            if block is None:
                self.at_end = True
            else:
                self._held = np.concatenate([self._held, block])
        if len(self._held) <= self._longest:
            return self._held if len(self._held) else None
        return self._held[: self._quietest()]

    def drop(self, until: float) -> None:
        """The next window begins at ``until`` seconds."""
        count = min(len(self._held), round((until - self.start) * self._rate))
        self._held = self._held[count:]
        self.start += count / self._rate

    def _quietest(self) -> int:
        """The middle of the quietest PAUSE between the shortest and the longest window, as an index."""
        width = int(PAUSE * self._rate)
        energy = np.cumsum(np.square(self._held[self._shortest : self._longest], dtype=np.float64))
        return self._shortest + int(np.argmin(energy[width:] - energy[:-width])) + width // 2

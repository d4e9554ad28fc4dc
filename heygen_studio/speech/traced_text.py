"""A text that is rewritten rule by rule and remembers for every letter which written word it came from."""

from __future__ import annotations

import re
from collections.abc import Callable


class TracedText:
    """``text`` is what will be spoken; ``owner[i]`` is the index of the written word that letter ``i`` belongs to.

    Words are what white space separates in the original. A space belongs to the word before it.
    """

    def __init__(self, original: str) -> None:
        self.words = tuple(original.split())
        self.text = " ".join(self.words)
        self.owner: list[int] = []
        for index, word in enumerate(self.words):
            self.owner += [index] * (len(word) + (index + 1 < len(self.words)))

    def replace(self, pattern: re.Pattern[str], read: Callable[[re.Match[str]], str | None]) -> None:
        """Put ``read(match)`` in the place of every match; None leaves a match as it is.

        A replacement of several written words is shared out among them evenly, word by word.
        """
        text: list[str] = []
        owner: list[int] = []
        last = 0
        for match in pattern.finditer(self.text):
            spoken = read(match)
            if spoken is None or match.end() == match.start():
                continue
            text += [self.text[last : match.start()], spoken]
            owner += self.owner[last : match.start()] + self._share(match.start(), match.end(), spoken)
            last = match.end()
        self.text = "".join(text) + self.text[last:]
        self.owner = owner + self.owner[last:]

    def _share(self, start: int, end: int, spoken: str) -> list[int]:
        inside = [self.owner[i] for i in range(start, end) if self.text[i] != " "] or self.owner[start:end]
        owners = sorted(set(inside))
        count = len(spoken.split())
        shared: list[int] = []
        word = -1
        for position, letter in enumerate(spoken):
            if letter != " " and (position == 0 or spoken[position - 1] == " "):
                word += 1
            shared.append(owners[max(word, 0) * len(owners) // max(count, 1)])
        return shared

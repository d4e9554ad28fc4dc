"""Compose one whole draft: ask, repair, ask on where it is too short, and fit it to the length."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..progress import Cancel
from .brief import Brief
from .clean import clean, without_banned
from .facts import carries_fact, contradicts, missing_facts
from .figures import unbacked
from .filler import is_filler
from .prompts import fact_messages, go_on, opening_messages, outline_messages, part_request
from .roles import Role
from .score import Length, sources
from .script import Language
from .sentences import count_words, is_finished
from .similarity import alike
from .writer import Message, Writer

#: A script longer than this is written in parts, which a small model can hold together (words; characters in Chinese).
LONGEST_PART = {"en": 85, "zh": 170}
#: Tokens that one word (character) takes at most in a common vocabulary, rounded up.
_TOKENS_PER_WORD = {"en": 1.5, "zh": 1.2}
#: A sentence that begins so leans on the one before, and goes when that goes.
_REFERS_BACK = re.compile(r"(?:It|They|This|That|These|Those|He|She|Its|Their)\b|[它他她这那]|其中")
#: Part of the asked words after which a draft is ended. One that closes the script may run over to come to its own close, and
#: sentences leave from its middle then.
_ENOUGH, _ENOUGH_TO_CLOSE = 0.9, 1.3
#: How often a part that came out too short is asked to go on.
_EXTENSIONS = 2
#: Parts that the model sees again when it goes on; older ones leave the chat.
_REMEMBERED_PARTS = 8


@dataclass
class Composer:
    """Writes drafts of one brief with one writer. ``on_text(text, words)`` gets streamed text and the words so far."""

    brief: Brief
    role: Role
    length: Length
    writer: Writer
    on_text: Callable[[str, int], None]
    cancel: Cancel
    raw: list[str] = field(default_factory=list)

    def compose(self, seed: int) -> tuple[str, list[str]]:
        """One draft: what the model wrote, and the sentences that are left of it after repair."""
        self.raw = []
        sentences = self._in_parts(seed) if self.length.target > LONGEST_PART[self.language] else self._in_one(seed)
        sentences = self._with_facts(sentences, seed)
        return "\n".join(self.raw), fit(sentences, self.brief, self.length)

    @property
    def language(self) -> Language:
        return self.brief.language

    def _in_one(self, seed: int) -> list[str]:
        messages = opening_messages(self.brief, self.role, self.length.target)
        return self._extended(messages, [], self.length.target, seed, _ENOUGH_TO_CLOSE)

    def _in_parts(self, seed: int) -> list[str]:
        """A long script, point by point along an outline that the model makes first."""
        count = math.ceil(self.length.target / (0.8 * LONGEST_PART[self.language]))
        points = self._outline(count, seed)
        sentences: list[str] = []
        first = opening_messages(self.brief, self.role, self.length.target // count, whole=False)
        history: list[Message] = []
        for number, point in enumerate(points):
            words = max(12, round((self.length.target - self._words(sentences)) / (count - number)))
            ask = part_request(self.brief, point, words, last=number == count - 1)
            messages = [*first, *history, ask] if number else first
            enough = _ENOUGH_TO_CLOSE if number == count - 1 else _ENOUGH
            part = self._extended(messages, sentences, words, seed + 31 * number, enough)
            sentences += part
            said: Message = {"role": "assistant", "content": self._joined(part)}
            history += [said] if number == 0 else [ask, said]
            if len(history) > 2 * _REMEMBERED_PARTS:
                history = [history[0], *history[-4:]]
        return sentences

    def _outline(self, count: int, seed: int) -> list[str]:
        text = self._ask(outline_messages(self.brief, self.role, count), 16 * count + 24, seed, [], None)
        lines = [re.sub(r"^[\s\-*•#\d.、)(:：]+|[*_`#\s.。:：]+$", "", line) for line in text.splitlines()]
        points = [line for line in dict.fromkeys(lines) if any(c.isalnum() for c in line)][:count]
        more = "这个主题的另一个方面" if self.language == "zh" else "another side of the topic"
        return points + [more] * (count - len(points))

    def _extended(self, messages: Sequence[Message], before: Sequence[str], words: int, seed: int, enough: float) -> list[str]:
        """Sentences of about ``words`` words: a draft, and what the model adds when asked to go on."""
        kept: list[str] = []
        spare: list[str] = []
        for extension in range(1 + _EXTENSIONS):
            missing = words - self._words(kept)
            if extension and missing <= 0.15 * words:
                break
            chat = go_on(messages, self._joined(kept), self.brief, max(8, missing)) if kept else messages
            text = self._ask(chat, self._max_tokens(missing), seed + 7 * extension, [*before, *kept], enough * missing)
            good, doubtful = self._sorted(text, [*before, *kept])
            kept += good
            spare += doubtful
        return kept if self._words(kept) >= 0.8 * words else [*kept, *spare]

    def _with_facts(self, sentences: list[str], seed: int) -> list[str]:
        """The sentences, and one more for every fact that they leave out."""
        for fact in missing_facts(self.brief.facts, sentences, self.language):
            text = self._ask(fact_messages(self.brief, self.role, fact), self._max_tokens(20) + len(fact), seed, [], None)
            stated = next(
                (
                    s
                    for s in clean(text, self.language, banned_words=self.brief.banned_words, sources=sources(self.brief))
                    if self._is_just(s, fact)
                ),
                self._as_sentence(fact),
            )
            sentences = [*sentences[:-1], stated, *sentences[-1:]] if len(sentences) > 1 else [*sentences, stated]
        return without_banned(sentences, self.brief.banned_words, self.language)

    def _is_just(self, sentence: str, fact: str) -> bool:
        return not (
            missing_facts([fact], [sentence], self.language)
            or unbacked(sentence, fact, self.language)
            or contradicts(sentence, [fact], self.language)
        )

    def _as_sentence(self, fact: str) -> str:
        text = fact.strip()
        if is_finished(text):
            return text
        return text + ("。" if self.language == "zh" else ".")

    def _ask(self, messages: Sequence[Message], max_tokens: int, seed: int, before: Sequence[str], words: float | None) -> str:
        """One answer of the model; with ``words``, only until whole sentences of so many words are there."""
        text = ""
        so_far = self._words(before)

        def on_token(piece: str) -> bool:
            nonlocal text
            ended = text and is_finished(text) and (piece[0].isspace() or text[-1] in "。！？")
            enough = bool(ended) and words is not None and self._words(self._sorted(text, before)[0]) >= words
            text += piece
            self.on_text(piece, so_far + count_words(text, self.language) if words is not None else so_far)
            return enough

        answer = self.writer.draft(
            messages, max_tokens=max_tokens, temperature=self.role.temperature, seed=seed, on_token=on_token, cancel=self.cancel
        )
        if words is not None:
            self.raw.append(answer)
        return answer

    def _sorted(self, text: str, before: Sequence[str]) -> tuple[list[str], list[str]]:
        """The usable new sentences of a draft: those that can stand, and those that say nothing or what nobody backs."""
        good: list[str] = []
        doubtful: list[str] = []
        known = sources(self.brief)
        dangling = False
        for sentence in clean(text, self.language, banned_words=self.brief.banned_words, sources=known):
            if any(alike(sentence, other, self.language) for other in before) or contradicts(sentence, self.brief.facts, self.language):
                dangling = True
                continue
            weak = is_filler(sentence) or bool(unbacked(sentence, known, self.language))
            dangling = weak or (dangling and _REFERS_BACK.match(sentence) is not None)
            (doubtful if dangling else good).append(sentence)
        return good, doubtful

    def _words(self, sentences: Sequence[str]) -> int:
        return sum(count_words(sentence, self.language) for sentence in sentences)

    def _joined(self, sentences: Sequence[str]) -> str:
        return ("" if self.language == "zh" else " ").join(sentences)

    def _max_tokens(self, words: int) -> int:
        return round(1.6 * _TOKENS_PER_WORD[self.language] * max(words, 8)) + 16


def fit(sentences: Sequence[str], brief: Brief, length: Length) -> list[str]:
    """At most ``length.most`` words, and as near to the target as leaving out sentences brings them.

    The close stays if the length allows, sentences with a fact stay longest, and no sentence leaves from before one that leans
    on it. Of those that may leave, the one goes that brings the length nearest to the target, the later one first.
    """
    thinned = [_thinned(sentences, brief, length, keep_close=keep_close) for keep_close in (True, False)]
    words = [sum(count_words(sentence, brief.language) for sentence in kept) for kept in thinned]
    return thinned[0] if length.least <= words[0] <= length.most or not length.least <= words[1] <= length.most else thinned[1]


def _thinned(sentences: Sequence[str], brief: Brief, length: Length, *, keep_close: bool) -> list[str]:
    kept = list(sentences)
    while kept:
        sizes = [count_words(sentence, brief.language) for sentence in kept]
        excess = sum(sizes) - length.target
        free = _dispensable(kept, brief, keep_close)
        best = min(reversed(free), key=lambda i: abs(excess - sizes[i]), default=len(kept) - 1)
        if sum(sizes) <= length.most and (not free or abs(excess - sizes[best]) >= abs(excess) or sum(sizes) - sizes[best] < length.least):
            break
        kept.pop(best)
    return kept


def _dispensable(sentences: Sequence[str], brief: Brief, keep_close: bool) -> list[int]:
    """Indices of the sentences after the opening that carry no fact and have none after them that refers back to them."""
    return [
        i
        for i in range(1, len(sentences) - keep_close)
        if (i + 1 == len(sentences) or not _REFERS_BACK.match(sentences[i + 1]))
        and not carries_fact(sentences[i], brief.facts, brief.language)
    ]

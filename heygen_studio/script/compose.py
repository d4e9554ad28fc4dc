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
        return self._extended(messages, [], self.length.target, seed)

    def _in_parts(self, seed: int) -> list[str]:
        """A long script, point by point along an outline that the model makes first."""
        count = math.ceil(self.length.target / (0.8 * LONGEST_PART[self.language]))
        points = self._outline(count, seed)
        sentences: list[str] = []
        first = opening_messages(self.brief, self.role, self.length.target // count)
        history: list[Message] = []
        for number, point in enumerate(points):
            words = max(12, round((self.length.target - self._words(sentences)) / (count - number)))
            ask = part_request(self.brief, point, words, last=number == count - 1)
            messages = [*first, *history, ask] if number else first
            part = self._extended(messages, sentences, words, seed + 31 * number)
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

    def _extended(self, messages: Sequence[Message], before: Sequence[str], words: int, seed: int) -> list[str]:
        """Sentences of about ``words`` words: a draft, and what the model adds when asked to go on."""
        kept: list[str] = []
        spare: list[str] = []
        for extension in range(1 + _EXTENSIONS):
            missing = words - self._words(kept)
            if extension and missing <= 0.15 * words:
                break
            chat = go_on(messages, self._joined(kept), self.brief, max(8, missing)) if kept else messages
            text = self._ask(chat, self._max_tokens(missing), seed + 7 * extension, [*before, *kept], missing)
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

    def _ask(self, messages: Sequence[Message], max_tokens: int, seed: int, before: Sequence[str], words: int | None) -> str:
        """One answer of the model; with ``words``, only until enough whole sentences are there."""
        text = ""
        so_far = self._words(before)

        def on_token(piece: str) -> bool:
            nonlocal text
            ended = text and is_finished(text) and (piece[0].isspace() or text[-1] in "。！？")
            enough = bool(ended) and words is not None and self._words(self._sorted(text, before)[0]) >= 0.9 * words
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
        """The usable new sentences of a draft: those that can stand, and those that state what nobody backs."""
        good: list[str] = []
        doubtful: list[str] = []
        known = sources(self.brief)
        dangling = False
        for sentence in clean(text, self.language, banned_words=self.brief.banned_words, sources=known):
            if any(alike(sentence, other, self.language) for other in before) or contradicts(sentence, self.brief.facts, self.language):
                dangling = True
                continue
            dangling = bool(unbacked(sentence, known, self.language)) or (dangling and _REFERS_BACK.match(sentence) is not None)
            (doubtful if dangling else good).append(sentence)
        return good, doubtful

    def _words(self, sentences: Sequence[str]) -> int:
        return sum(count_words(sentence, self.language) for sentence in sentences)

    def _joined(self, sentences: Sequence[str]) -> str:
        return ("" if self.language == "zh" else " ").join(sentences)

    def _max_tokens(self, words: int) -> int:
        return round(1.3 * _TOKENS_PER_WORD[self.language] * max(words, 8)) + 16


def fit(sentences: Sequence[str], brief: Brief, length: Length) -> list[str]:
    """At most ``length.most`` words: sentences leave from the end, those that carry no fact first.

    Of what may be left out at the end, so much goes that the length comes closest to the target.
    """
    kept = list(sentences)

    def words() -> int:
        return sum(count_words(s, brief.language) for s in kept)

    while words() > length.most:
        free = [i for i, s in enumerate(kept) if i and not carries_fact(s, brief.facts, brief.language)]
        kept.pop(free[-1] if free else -1)
    while len(kept) > 1 and not carries_fact(kept[-1], brief.facts, brief.language):
        shorter = words() - count_words(kept[-1], brief.language)
        if abs(shorter - length.target) >= abs(words() - length.target) or shorter < length.least:
            break
        kept.pop()
    return kept

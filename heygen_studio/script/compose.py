"""Compose one whole draft: ask, repair, ask on where it is too short, and fit it to the length."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ..progress import Cancel
from .brief import Brief
from .clean import clean, without_banned
from .facts import carries_fact, contradicts, missing_facts
from .figures import unbacked
from .filler import is_farewell, is_filler, is_greeting
from .prompts import close_messages, fact_messages, go_on, opening_messages, outline_messages, part_messages
from .roles import Role
from .score import Length, sources
from .script import Language
from .sentences import count_words, is_finished, split_sentences
from .similarity import content, coverage, repeats
from .writer import Message, Writer

#: A script longer than this is written in parts, which a small model can hold together (words; characters in Chinese).
LONGEST_PART = {"en": 85, "zh": 170}
#: Tokens that one word (character) takes at most in a common vocabulary, rounded up.
_TOKENS_PER_WORD = {"en": 1.5, "zh": 1.2}
#: A sentence that begins so, or speaks of "these parts", leans on the one before, and goes when that goes.
_REFERS_BACK = re.compile(
    r"(?:It|They|This|That|He|She|Its|Their|Then|And|But|So|Also|Because|However|Therefore|Instead|Afterwards)\b|.*\b(?:[Tt]hese|[Tt]hose)\b"
    r"|[它他她这那]|其中|然后|但是|所以|因为|因此|接着|此外|同时"
)
#: Part of the asked words after which a draft is ended. One that closes the script may run over to come to its own close, and
#: sentences leave from its middle then.
_ENOUGH, _ENOUGH_TO_CLOSE = 0.9, 1.3
#: How often a script that came out too short is asked to go on, and a part of a long one.
_EXTENSIONS, _PART_EXTENSIONS = 2, 1
#: Part of the asked words that may be missing without that; what one part lacks, the next ones are asked for.
_SHORTFALL, _PART_SHORTFALL = 0.15, 0.3
#: Words (characters) of the close of a long script.
_CLOSE = {"en": 25, "zh": 40}
#: Points beyond the needed ones, for when parts come out short; points asked for at once; asks beyond one for each such lot.
_SPARE_POINTS, _POINTS_AT_ONCE, _OUTLINE_ASKS = 2, 8, 2
#: Sentences that repeat earlier ones in a draft before it is ended: a small model that goes in circles does not stop by itself.
_CIRCLING = 2
#: Sampling temperature of the parts of a long script at least, for a cooler model says the same in every part.
_PART_TEMPERATURE = 0.6


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
        sentences = self._in_parts(seed) if self._is_long else self._in_one(seed)
        sentences = self._with_facts(sentences, seed)
        return "\n".join(self.raw), fit(sentences, self.brief, self.length)

    @property
    def language(self) -> Language:
        return self.brief.language

    @property
    def _is_long(self) -> bool:
        return self.length.target > LONGEST_PART[self.language]

    def _in_one(self, seed: int) -> list[str]:
        messages = opening_messages(self.brief, self.role, self.length.target)
        return self._extended(messages, [], self.length.target, seed, closing=True)

    def _in_parts(self, seed: int) -> list[str]:
        """A long script: point by point along an outline that the model makes first, then a close."""
        close = _CLOSE[self.language]
        count = math.ceil((self.length.target - close) / (0.8 * LONGEST_PART[self.language]))
        points = self._outline(count + _SPARE_POINTS, seed)
        count = min(count, len(points))
        facts = self._facts_of(points[:count])
        sentences: list[str] = []
        for number, point in enumerate(points):
            missing = self.length.target - close - self._words(sentences)
            if missing < 0.15 * self.length.target and number >= count:
                break
            words = max(12, round(missing / max(1, count - number)))
            brief = replace(self.brief, facts=tuple(facts.get(point, ())))
            if sentences:
                messages = part_messages(brief, self.role, point, words)
            else:
                messages = opening_messages(brief, self.role, words, point=point)
            part = self._extended(messages, sentences, words, seed + 31 * number, closing=False)
            greeting = 0 if sentences else 2  # sentences that may open the talk
            sentences += [s for i, s in enumerate(part) if not is_farewell(s) and (i < greeting or not is_greeting(s))]
        if not sentences:
            return []
        messages = close_messages(replace(self.brief, facts=()), self.role, close)
        text = self._ask(messages, self._max_tokens(close), seed + 13, sentences, _ENOUGH_TO_CLOSE * close)
        return sentences + self._sorted(text, sentences)[0]

    def _outline(self, count: int, seed: int) -> list[str]:
        """Different points of the brief, ``count`` of them or as many as the model knows; at least one."""
        points: list[str] = []
        for number in range(_OUTLINE_ASKS + count // _POINTS_AT_ONCE):
            asked = min(count - len(points), _POINTS_AT_ONCE)
            if asked <= 0:
                break
            text = self._ask(outline_messages(self.brief, self.role, asked, points), 16 * asked + 24, seed + number, [], None)
            points += self._new_points(text, points)[:asked]
        return points or [self.brief.prompt.strip()]

    def _new_points(self, text: str, points: Sequence[str]) -> list[str]:
        """The lines of an outline that name a point which no other has, by the words that are not the topic's."""
        topic = content(self.brief.prompt, self.language)
        known = [content(point, self.language) - topic for point in points]
        new: list[str] = []
        for line in text.splitlines():
            point = re.sub(r"^[\s\-*•#\d.、)(:：]+|[*_`#\s.。:：;；]+$", "", line)
            words = content(point, self.language) - topic
            if words and not any(len(words & other) >= 0.6 * min(len(words), len(other)) for other in known):
                new.append(point)
                known.append(words)
        return new

    def _facts_of(self, points: Sequence[str]) -> dict[str, list[str]]:
        """Every fact at the point that has most of its words; facts that fit nowhere are spread evenly."""
        placed: dict[str, list[str]] = {}
        for number, fact in enumerate(self.brief.facts):
            nearest = max(points, key=lambda point: coverage(fact, point, self.language))
            if not coverage(fact, nearest, self.language):
                nearest = points[number * len(points) // len(self.brief.facts)]
            placed.setdefault(nearest, []).append(fact)
        return placed

    def _extended(self, messages: Sequence[Message], before: Sequence[str], words: int, seed: int, *, closing: bool) -> list[str]:
        """Sentences of about ``words`` words: a draft, and what the model adds when asked to go on, until it adds nothing new."""
        kept: list[str] = []
        spare: list[str] = []
        for extension in range(1 + (_PART_EXTENSIONS if self._is_long else _EXTENSIONS)):
            missing = words - self._words(kept)
            if extension and missing <= (_PART_SHORTFALL if self._is_long else _SHORTFALL) * words:
                break
            chat = go_on(messages, self._joined(kept), self.brief, max(8, missing), closing=closing) if kept else messages
            enough = (_ENOUGH_TO_CLOSE if closing else _ENOUGH) * missing
            text = self._ask(chat, self._max_tokens(missing), seed + 7 * extension, [*before, *kept], enough)
            good, doubtful = self._sorted(text, [*before, *kept])
            kept += good
            spare += doubtful
            if kept and not good:
                break
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
        temperature = max(self.role.temperature, _PART_TEMPERATURE) if self._is_long else self.role.temperature

        def on_token(piece: str) -> bool:
            nonlocal text
            ended = text and is_finished(text) and (piece[0].isspace() or text[-1] in "。！？")
            enough = bool(ended) and words is not None and self._has_enough(text, before, words)
            text += piece
            self.on_text(piece, so_far + count_words(text, self.language) if words is not None else so_far)
            return enough

        answer = self.writer.draft(
            messages, max_tokens=max_tokens, temperature=temperature, seed=seed, on_token=on_token, cancel=self.cancel
        )
        if words is not None:
            self.raw.append(answer)
        return answer

    def _has_enough(self, text: str, before: Sequence[str], words: float) -> bool:
        """Whether a draft has its words, or goes in circles."""
        said = [*before, *split_sentences(text)]
        again = sum(self._repeats(said[i], said[:i]) for i in range(len(before), len(said)))
        return again >= _CIRCLING or self._words(self._sorted(text, before)[0]) >= words

    def _repeats(self, sentence: str, said: Sequence[str]) -> bool:
        topic = self.brief.prompt if self._is_long and self.language == "zh" else ""
        return any(repeats(sentence, other, self.language, topic=topic) for other in said)

    def _sorted(self, text: str, before: Sequence[str]) -> tuple[list[str], list[str]]:
        """The usable new sentences of a draft: those that can stand, and those that say nothing or what nobody backs."""
        good: list[str] = []
        doubtful: list[str] = []
        known = sources(self.brief)
        dangling = False
        for sentence in clean(text, self.language, banned_words=self.brief.banned_words, sources=known):
            if self._repeats(sentence, [*before, *good]) or contradicts(sentence, self.brief.facts, self.language):
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

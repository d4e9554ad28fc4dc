"""From a brief to a script: several drafts, each checked, repaired and scored; the best one wins."""

from __future__ import annotations

from dataclasses import replace

from ..errors import EngineUnavailable
from ..progress import Cancel, Event, OnEvent, ignore
from .banned import banned_in
from .brief import MAX_FACTS, Brief
from .compose import LONGEST_PART, Composer
from .facts import missing_facts, told_facts
from .moods import with_moods
from .roles import find_role
from .score import Judgement, Length, judge, unbacked_sentences, wanted_length
from .script import Attempt, Script
from .sentences import count_words
from .writer import open_writer

#: Drafts at most, of a short and of a long script. The first one without faults ends the search. A long one takes minutes, and with
#: so many sentences some small fault is usual: there the first that keeps the rules and scores so high ends it too.
SHORT_ATTEMPTS = 3
LONG_ATTEMPTS = 2
LONG_ENOUGH_SCORE = 7.5


def write_script(brief: Brief, writer: str, *, on_event: OnEvent = ignore, cancel: Cancel | None = None) -> Script:
    """The best of several drafts that the language model ``writer`` makes of the brief.

    The result is spoken prose of whole sentences, 20 % at most off the asked duration (shorter, down to half of it, where the model has no
    more to say), without banned words, within ``brief.max_words``, with every fact, also those that the prompt tells. Events of the stage
    "script" count drafts and carry the streamed text.
    Raises `BadInput` (role, writer), `WeightsError` or `EngineUnavailable` (model; or no draft kept the rules), `Cancelled`.
    """
    token = cancel or Cancel()
    brief = _with_told_facts(brief)
    role = find_role(brief.role)
    length = wanted_length(brief, role)
    is_long = length.target > LONGEST_PART[brief.language]
    total = LONG_ATTEMPTS if is_long else SHORT_ATTEMPTS
    attempts: list[Attempt] = []
    judgements: list[Judgement] = []
    with open_writer(writer, on_event=on_event, cancel=token) as model:
        for number in range(total):

            def on_text(text: str, words: int, number: int = number) -> None:
                part = min(words / length.target, 0.99)
                on_event(Event("script", number + part, total, f"draft {number + 1} of {total}", text))

            draft, sentences = Composer(brief, role, length, model, on_text, token).compose(brief.seed + 1000 * number)
            judgement = judge(sentences, brief, role, length)
            text = ("" if brief.language == "zh" else " ").join(sentences)
            attempts.append(Attempt(draft, "\n".join(sentences), count_words(text, brief.language), judgement.score, judgement.faults))
            judgements.append(judgement)
            if not judgement.faults or (is_long and not judgement.broken and judgement.score >= LONG_ENOUGH_SCORE):
                break
    winner = _best(attempts, judgements, writer, length)
    sentences = attempts[winner].repaired.splitlines()
    on_event(Event("script", total, total, "script finished"))
    return Script(
        lines=with_moods(sentences, role.mood),
        language=brief.language,
        attempts=tuple(attempts),
        winner=winner,
        why=_why(attempts, winner, length),
        unbacked=tuple(unbacked_sentences(sentences, brief)),
    )


def _with_told_facts(brief: Brief) -> Brief:
    """The brief, its facts and those that its prompt tells."""
    told = told_facts(brief.prompt, brief.language)
    new = [fact for fact in told if missing_facts([fact], brief.facts, brief.language) and not banned_in(fact, brief.banned_words)]
    return replace(brief, facts=(*brief.facts, *new)) if sum(map(len, (*brief.facts, *new))) <= MAX_FACTS else brief


def _best(attempts: list[Attempt], judgements: list[Judgement], writer: str, length: Length) -> int:
    """Index of the draft with the highest score among those that keep the rules; else among those that are only too short, for a model
    that has no more to say must not leave the user without a video."""
    fit = [i for i, judgement in enumerate(judgements) if not judgement.broken]
    fit = fit or [i for i, judgement in enumerate(judgements) if judgement.only_short]
    if not fit:
        nearest = max(attempts, key=lambda attempt: attempt.score)
        raise EngineUnavailable(
            f"The language model {writer} wrote no usable script of about {length.target} words in {len(attempts)} drafts "
            f"(the best one: {'; '.join(nearest.faults)}): try another prompt, another seed or a larger model."
        )
    return max(fit, key=lambda i: attempts[i].score)


def _why(attempts: list[Attempt], winner: int, length: Length) -> str:
    won = attempts[winner]
    verdict = "no faults" if not won.faults else f"the fewest faults ({'; '.join(won.faults)})"
    return f"Draft {winner + 1} of {len(attempts)} won with {won.words} words of {length.target} asked and {verdict}."

"""Brief: what a script is to be about, and the rules it must keep."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import BadInput
from .banned import banned_in
from .script import Language

#: Longest prompt and longest list of facts, in characters. Longer input is a text to speak, not a topic.
MAX_PROMPT = 4000
MAX_FACTS = 4000
#: Longest script, in seconds.
MAX_SECONDS = 1800.0


@dataclass(frozen=True)
class Brief:
    """What the user asks the writer for.

    prompt: the topic, 1 to 4,000 characters. role: a key of `heygen_studio.script.roles.ROLES`.
    facts: statements that the script must use and may not contradict; together at most 4,000 characters.
    banned_words: words or phrases that may not appear in any inflected form.
    seconds: wanted duration; words_per_second: rate of the voice (Chinese: characters per second).
    max_words: hard limit on the length (Chinese: characters). seed: same brief and seed, same script.

    Raises BadInput if a field is out of range.
    """

    prompt: str
    role: str = "presenter"
    tone: str = ""
    audience: str = ""
    language: Language = "en"
    facts: tuple[str, ...] = ()
    banned_words: tuple[str, ...] = ()
    seconds: float = 20.0
    words_per_second: float = 2.6
    max_words: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if not any(character.isalnum() for character in self.prompt):
            raise BadInput("The prompt is empty: say in a few words what the video is about.")
        if len(self.prompt) > MAX_PROMPT:
            raise BadInput(
                f"The prompt has {len(self.prompt):,} characters, more than the {MAX_PROMPT:,} allowed: "
                "to have a finished text spoken word for word, give it as the text instead."
            )
        if sum(map(len, self.facts)) > MAX_FACTS:
            raise BadInput(f"The facts have more than {MAX_FACTS:,} characters together: keep those that the script must state.")
        if len(self.tone) > 200 or len(self.audience) > 200:
            raise BadInput("The tone and the audience may have at most 200 characters each.")
        if self.language not in ("en", "zh"):
            raise BadInput(f"The script language {self.language!r} is unknown: use 'en' or 'zh'.")
        if not 1.0 <= self.seconds <= MAX_SECONDS:
            raise BadInput(f"The duration is {self.seconds:g} seconds: it must be between 1 and {MAX_SECONDS:g}.")
        if not 0.5 <= self.words_per_second <= 12.0:
            raise BadInput(f"The speaking rate is {self.words_per_second:g} words per second: it must be between 0.5 and 12.")
        if self.max_words is not None and self.max_words < 1:
            raise BadInput(f"The maximum is {self.max_words} words: it must be at least 1.")
        for fact in self.facts:
            if banned := banned_in(fact, self.banned_words):
                raise BadInput(f"The fact “{fact}” contains the banned word “{banned[0]}”: change one of the two.")

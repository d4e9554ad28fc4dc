"""From a brief to a script: rules are kept whatever the model says."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scripted import Endpoint

from heygen_studio import BadInput, Event
from heygen_studio.errors import EngineUnavailable
from heygen_studio.script import ROLES, Brief, count_words, find_role, write_script
from heygen_studio.script.banned import banned_in
from heygen_studio.script.compose import fit
from heygen_studio.script.score import wanted_length

GOOD = "Bees are small and busy. They carry pollen from flower to flower. Without their work, many fruits would never grow."


def brief(**changes: object) -> Brief:
    return Brief(**{"prompt": "why bees matter", "seconds": 8.0, **changes})  # type: ignore[arg-type]


def test_a_faultless_draft_wins_at_once(remote: Endpoint) -> None:
    remote.answers = [GOOD]
    events: list[Event] = []
    script = write_script(brief(), "openai:m", on_event=events.append)
    assert script.text == GOOD and script.winner == 0 and len(script.attempts) == 1 and script.unbacked == ()
    assert "no faults" in script.why
    fractions = [event.fraction for event in events]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    assert "".join(event.text for event in events).strip() == GOOD and events[0].note == "draft 1 of 3"


def test_the_better_draft_wins_and_says_why(remote: Endpoint) -> None:
    bad = "Cars are fast and loud. Cars are fast and red. We drive them down the road every day of the week and love it."
    remote.answers = [bad, GOOD]
    script = write_script(brief(), "openai:m")
    assert script.text == GOOD and script.winner == 1
    assert "wanders from the topic" in script.attempts[0].faults


def test_invented_figures_leave_if_the_length_allows(remote: Endpoint) -> None:
    remote.answers = ["There are 20,000 kinds of bees. " + GOOD]
    assert "20,000" not in write_script(brief(), "openai:m").text


def test_what_is_unbacked_is_said_so(remote: Endpoint) -> None:
    remote.answers = [
        "Bees visit 5,000 flowers in a single busy day of work. Bees carry the pollen to the fruit trees of Kent every spring."
    ]
    script = write_script(brief(), "openai:m")
    assert script.unbacked == tuple(line.text for line in script.lines)


def test_a_fact_is_always_in(remote: Endpoint) -> None:
    remote.answers = [GOOD]
    script = write_script(brief(facts=("Entry costs $39.95.",), seconds=9.0), "openai:m")
    assert "$39.95" in script.text


def test_too_short_goes_on_and_too_long_is_cut(remote: Endpoint) -> None:
    remote.answers = [
        "Bees are small and busy.",
        "They carry pollen from flower to flower.",
        "Without their work, many fruits would never grow.",
    ]
    assert write_script(brief(), "openai:m").text == GOOD
    assert remote.requests[1]["messages"][-2] == {"role": "assistant", "content": "Bees are small and busy."}


def test_a_model_with_no_more_to_say_gives_a_shorter_script_and_says_so(remote: Endpoint) -> None:
    remote.answers = ["Bees are small and busy. They carry pollen from flower to flower."]
    script = write_script(brief(), "openai:m")
    assert script.text == remote.answers[0] and "12 words of 21 asked" in script.why


def test_what_the_prompt_tells_is_said(remote: Endpoint) -> None:
    remote.answers = [GOOD]
    script = write_script(brief(prompt="Why bees matter: a hive holds 50,000 bees", seconds=10.0), "openai:m")
    assert "50,000 bees" in script.text


def test_nothing_usable_is_an_error_not_a_canned_script(remote: Endpoint) -> None:
    remote.answers = ["**Title**"]
    with pytest.raises(EngineUnavailable, match="no usable script"):
        write_script(brief(), "openai:m")


@pytest.mark.parametrize("most", [8, 12, 20])
def test_the_maximum_is_kept(remote: Endpoint, most: int) -> None:
    remote.answers = [GOOD]
    assert count_words(write_script(brief(max_words=most), "openai:m").text, "en") <= most


def test_the_middle_is_cut_and_the_close_stays() -> None:
    middle = "Bees dance for each other to show the way to good flowers."
    opening, carry, close = GOOD.split(". ")[0] + ".", GOOD.split(". ")[1] + ".", GOOD.split(". ")[2]
    asked = brief()
    assert fit([opening, carry, middle, close], asked, wanted_length(asked, ROLES["presenter"])) == [opening, carry, close]


@pytest.mark.parametrize("leaning", ["Then the bees dance.", "Because the bees need food.", "When bees visit these flowers, fruit grows."])
def test_no_sentence_is_left_without_the_one_it_leans_on(leaning: str) -> None:
    carried = "Every spring the meadows are full of clover and thyme and lavender."
    asked = brief(seconds=5.0)
    kept = fit(["Why do bees matter to all of us?", carried, leaning, "Thank a bee!"], asked, wanted_length(asked, ROLES["presenter"]))
    assert leaning not in kept or carried in kept


def test_banned_words_never_come(remote: Endpoint) -> None:
    remote.answers = ["Bees are small and BUSY. " + GOOD.replace("busy", "quick") + " They are the busiest of all insects."]
    script = write_script(brief(banned_words=("busy",)), "openai:m")
    assert banned_in(script.text, ["busy"]) == []


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"prompt": "  "}, "empty"),
        ({"prompt": "x" * 4001}, "as the text instead"),
        ({"prompt": "word " * 10_000}, "50,000"),
        ({"seconds": 0.0}, "duration"),
        ({"seconds": float("nan")}, "duration"),
        ({"max_words": 0}, "maximum"),
        ({"facts": ("It is cheap.",), "banned_words": ("cheap",)}, "banned word"),
        ({"language": "fr"}, "language"),
    ],
)
def test_bad_briefs(changes: dict[str, object], part: str) -> None:
    with pytest.raises(BadInput, match=part):
        brief(**changes)


def test_roles() -> None:
    assert find_role("News anchor") is find_role("news-anchor") is ROLES["news_anchor"]
    with pytest.raises(BadInput, match=r"pirate.*tour_guide"):
        find_role("pirate")
    for role in ROLES.values():
        assert 0.85 <= role.pace <= 1.15
        assert set(role.label) == set(role.instruction) == set(role.cue) == set(role.listener) == set(role.examples) == {"en", "zh"}


sentence = st.lists(st.sampled_from(["bees", "make", "sweet", "honey", "daily", "here"]), min_size=1, max_size=15).map(
    lambda w: " ".join(w) + "."
)


@hypothesis_settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(sentence, max_size=20), st.integers(1, 60), st.floats(2, 30), st.sampled_from([(), ("honey daily",)]))
def test_fit_never_exceeds_the_maximum(sentences: list[str], most: int, seconds: float, facts: tuple[str, ...]) -> None:
    asked = brief(max_words=most, seconds=seconds, facts=facts)
    length = wanted_length(asked, ROLES["presenter"])
    kept = fit(sentences, asked, length)
    assert sum(count_words(s, "en") for s in kept) <= length.most <= most
    assert [s for s in sentences if s in kept][: len(kept)] or not kept


def test_a_real_model_writes_a_script() -> None:
    """The default model, a short script: prose in the asked length."""
    asked = Brief("the joy of baking bread at home", seconds=5.0)
    script = write_script(asked, "gguf:qwen2.5-coder-1.5b")
    words = count_words(script.text, "en")
    assert 0.8 * 5 * 2.6 - 1 <= words <= 1.2 * 5 * 2.6
    assert any(word in script.text.lower() for word in ("bread", "bak", "dough"))

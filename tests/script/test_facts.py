"""Figures, names and facts: what a sentence states and whether anybody said so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heygen_studio.script.facts import contradicts, missing_facts, told_facts
from heygen_studio.script.figures import figures, unbacked


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("$39.95", {39.95}),
        ("1,500 people", {1500}),
        ("1.5 million", {1.5e6}),
        ("one hundred and five", {105}),
        ("twenty-one days", {21}),
        ("in nineteen ninety-nine", {1999}),
        ("in twenty twenty-six", {2026}),
        ("三百五十二米", {352}),
        ("二〇二六年", {2026}),
        ("3万人", {30000}),
        ("十分高兴，万一下雨", set()),
    ],
)
def test_figures(text: str, values: set[float]) -> None:
    assert figures(text) == values


@given(st.integers(11, 10**9))
def test_a_figure_is_backed_however_it_is_written(number: int) -> None:
    assert unbacked(f"It is {number} metres.", f"Height: {number:,} metres", "en") == []
    assert unbacked(f"It is {number} metres.", f"Height: {number + 1:,} metres", "en") == [str(number)]


@pytest.mark.parametrize(
    ("sentence", "language", "missing"),
    [
        ("It was built in 1889 by Gustave.", "en", ["1889", "gustave"]),
        ("The bottle costs thirty dollars.", "en", ["30"]),
        ("In three simple steps you are done.", "en", []),
        ("Come to Paris, and see the Tower!", "en", []),
        ("它有三百米高。", "zh", ["300"]),
        ("我叫小明，欢迎你。", "zh", ["我叫小明"]),
        ("一起来看看吧。", "zh", []),
    ],
)
def test_what_nobody_backs(sentence: str, language: str, missing: list[str]) -> None:
    assert unbacked(sentence, "the tower in Paris 巴黎铁塔", language) == missing  # type: ignore[arg-type]


def test_a_fact_is_stated_only_with_its_figures_and_words() -> None:
    facts = ["The bottle costs $39.95", "It is made in Leeds"]
    assert missing_facts(facts, ["This bottle costs only 39.95 dollars.", "We make it in Leeds."], "en") == []
    assert missing_facts(facts, ["This bottle costs 35 dollars.", "It is made in London."], "en") == facts


@pytest.mark.parametrize(
    ("fact", "sentence", "language", "against"),
    [
        ("Parking is not available", "Parking is available.", "en", True),
        ("Parking is available", "Parking isn't available.", "en", True),
        ("Parking is not available", "Sorry, no parking is available.", "en", False),
        ("Parking is available", "We have dogs, but no cats.", "en", False),
        ("门票不能退款", "门票能退款。", "zh", True),
        ("门票可以退款", "门票不仅可以退款，还可以改期。", "zh", False),
    ],
)
def test_a_negated_fact(fact: str, sentence: str, language: str, against: bool) -> None:
    assert contradicts(sentence, [fact], language) is against  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("播报明天的天气：北京晴，最高气温二十五度", ("北京晴，最高气温二十五度",)),
        ("Tomorrow's weather: sunny in Lisbon, 25 degrees. Rain from 6 pm.", ("sunny in Lisbon, 25 degrees", "Rain from 6 pm")),
        ("Announce our opening: doors open at 9:30; bring a friend", ("doors open at 9:30",)),
        ("Explain photosynthesis in 30 seconds", ()),
        ("Style: warm and friendly", ()),
        ("Answer this: why do 7 of 10 startups fail?", ()),
        ("Remind the team that we start at 9:30", ()),
    ],
)
def test_a_prompt_tells_facts_after_its_colon(prompt: str, told: tuple[str, ...]) -> None:
    assert told_facts(prompt, "zh" if prompt[0] == "播" else "en") == told

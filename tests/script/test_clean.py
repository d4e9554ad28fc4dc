"""What is left of a draft is spoken prose, whatever the model wrote."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heygen_studio.script.banned import banned_in
from heygen_studio.script.clean import clean
from heygen_studio.script.sentences import count_words, is_finished

PROSE = "Bees make honey from flowers. They live together in a hive."


def one(draft: str, language: str = "en", **options: object) -> str:
    return " ".join(clean(draft, language, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "draft",
    [
        f"Sure! Here is a 30-second script about bees:\n\n{PROSE}",
        f"Here's your script:\n{PROSE}",
        f"# The Bees\n\n{PROSE}",
        f"**Title: The Bees**\n\n{PROSE}",
        f'"{PROSE}"',
        f"“{PROSE}”",
        f"Host: {PROSE}",
        f"NARRATOR (V.O.): {PROSE}",
        f"**News Anchor:** {PROSE}",
        f"[Music plays] {PROSE}",
        f"*smiles warmly* {PROSE}",
        f"{PROSE} (pauses)",
        "Bees make **honey** from _flowers_. They live *together* in a hive. 🐝🍯",
        "- Bees make honey from flowers.\n- They live together in a hive.",
        "1. Bees make honey from flowers.\n2. They live together in a hive.",
        f"{PROSE} #bees #nature",
        f"{PROSE} They live together in a hive.",
        f"{PROSE} And then they",
        f"{PROSE} Welcome to [Company Name].",
        f"{PROSE} My name is {{name}}.",
        f"{PROSE} As an AI language model I have no bees.",
        f"The class, called you, wonder why. {PROSE}",
        f"{PROSE} Visit www.bees.example.com today.",
        f"```\n{PROSE}\n```",
        f"<p>{PROSE}</p>",
        f"{PROSE}\n\nWord count: 12 words.",
        f"{PROSE} 蜜蜂很忙。",
    ],
)
def test_what_is_not_spoken_goes_and_the_prose_stays(draft: str) -> None:
    assert one(draft) == PROSE


def test_chinese_draft() -> None:
    draft = "好的，以下是口播稿：\n**亮点**\n主持人：今天介绍智能水杯。😀它能提醒你喝水,非常方便...\n1. 水杯很轻！！（微笑）\n它还"
    assert clean(draft, "zh") == ["今天介绍智能水杯。", "它能提醒你喝水，非常方便。", "水杯很轻！"]


def test_an_address_stays_only_if_the_user_gave_it() -> None:
    draft = "Write to jane_doe@example.com today. Write to info@made-up.com today instead."
    assert one(draft, sources="Mail: jane_doe@example.com") == "Write to jane_doe@example.com today."


def test_figures_times_and_apostrophes_survive() -> None:
    text = "It's $39.95, or 20% less from 9:30 on. Don't miss the children's hour."
    assert one(text) == text


pieces = st.sampled_from(
    [
        "Bees are kind.",
        "Host: ",
        "\n",
        "# Title\n",
        "**bold**",
        "*waves*",
        "[Name]",
        "(pause)",
        "😀",
        "👩‍🚀",
        "#tag",
        '"',
        "“",
        "- ",
        "1. ",
        "> ",
        "```",
        "<b>",
        "{x}",
        "They work hard!",
        "We rest",
        "NARRATOR: ",
        "| a | b |",
        "~~no~~",
        "___",
        "... ",
        "—",
        "\u200b",
        "Is it late?",
        "`x`",
        "Dr. Smith: ",
        "蜜蜂。",
        "主持人：",
        "http://a.com ",
        "User: ",
        "Scene 2: ",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(pieces | st.text(max_size=12), max_size=25).map("".join), st.sampled_from(["en", "zh"]))
def test_no_draft_leaves_markup_emoji_labels_or_unfinished_sentences(draft: str, language: str) -> None:
    sentences = clean(draft, language)  # type: ignore[arg-type]
    for sentence in sentences:
        assert is_finished(sentence)
        assert not re.search(r"[*#`~|<>\[\]{}()（）\"“”「」【】\U0001f000-\U0001faff\u2600-\u27bf\u200b\n]", sentence), sentence
        assert not re.match(r"(?i)(host|narrator|user|scene \d|dr\. smith|主持人) ?[:：]", sentence), sentence
    assert len({s.casefold() for s in sentences}) == len(sentences)


@pytest.mark.parametrize(
    "sentence",
    [
        "CHEAP things.",
        "The cheapest of all.",
        "It is cheaper!",
        "So c-h-e-a-p.",
        "che*ap",
        "ｃｈｅａｐ",
        "chéap",
        "Sold cheaply.",
        "“Cheap”?",
        "ch\u00adeap",
    ],
)
def test_a_banned_word_is_found_in_every_form(sentence: str) -> None:
    assert banned_in(sentence, ["cheap"]) == ["cheap"]


@pytest.mark.parametrize(
    ("word", "text"), [("ass", "We pass the glass."), ("ban", "A band plays."), ("art", "They start."), ("hell", "Hello!")]
)
def test_other_words_are_not_banned(word: str, text: str) -> None:
    assert banned_in(text, [word]) == []


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("ban", "It was banned."),
        ("amaze", "An amazing day."),
        ("happy", "The happiest day."),
        ("act now", "Act, now!"),
        ("便宜", "很便，宜。"),
        ("child", "a child's toy"),
    ],
)
def test_inflections_phrases_and_chinese(word: str, text: str) -> None:
    assert banned_in(text, [word]) == [word]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["buy", "Buy", "now", "NOW", "b.u.y", "today", "buying", "bees", "we", ".", "!", "\n", "*buy*", "It"]), max_size=30
    ),
    st.sampled_from([("buy",), ("buy now",), ("today", "bees")]),
)
def test_no_banned_word_survives(words: list[str], banned: tuple[str, ...]) -> None:
    assert banned_in(one(" ".join(words) + ".", banned_words=banned), banned) == []


@pytest.mark.parametrize(("text", "language", "words"), [("It's 9:30 - go!", "en", 3), ("今天喝2杯水。", "zh", 6), ("用App吧", "zh", 3)])
def test_words(text: str, language: str, words: int) -> None:
    assert count_words(text, language) == words  # type: ignore[arg-type]


def test_a_listener_is_addressed_without_an_article() -> None:
    assert one("The brave traveller, you must find the crown.") == "Brave traveller, you must find the crown."
    assert one("The crown is lost, you must find it.") == "The crown is lost, you must find it."

"""Whom a prompt wants spoken to, and whether a script speaks to them."""

import pytest

from heygen_studio.script import ROLES, Brief
from heygen_studio.script.clean import clean
from heygen_studio.script.filler import is_filler
from heygen_studio.script.listener import listener_in
from heygen_studio.script.prompts import opening_messages
from heygen_studio.script.score import judge, wanted_length
from heygen_studio.script.sentences import count_words, split_sentences


@pytest.mark.parametrize(
    ("prompt", "language", "listener"),
    [
        ("Welcome new colleagues on their first day and tell them where to find help", "en", "new colleagues"),
        ("Explain photosynthesis to a ten-year-old", "en", "a ten-year-old"),
        ("Please remind all our patients to bring their card.", "en", "all our patients"),
        ("tell customers that the shop is closed", "en", "customers"),
        ("Introduce compound interest to young savers.", "en", "young savers"),
        ("Show visitors the old fish market", "en", "visitors"),
        ("Ask why bees dance", "en", ""),
        ("Explain how to get to the station", "en", ""),
        ("Welcome to our museum", "en", ""),
        ("Apologise for the late parcel", "en", ""),
        ("why bees matter to people", "en", ""),
        ("headache for three days", "en", ""),
        ("欢迎新同事入职，告诉他们去哪里寻求帮助", "zh", "新同事"),
        ("给小学生讲解为什么会下雨", "zh", "小学生"),
        ("介绍一下长城", "zh", ""),
    ],
)
def test_the_listener_of_a_prompt(prompt: str, language: str, listener: str) -> None:
    assert listener_in(prompt, language) == listener  # type: ignore[arg-type]


def request(brief: Brief, words: int = 26) -> str:
    return opening_messages(brief, ROLES[brief.role], words)[-1]["content"]


def test_the_request_names_the_listener() -> None:
    assert "Listener: new colleagues" in request(Brief("Welcome new colleagues"))
    assert "Listener: nurses" in request(Brief("Welcome new colleagues", audience="nurses"))
    assert f"Listener: {ROLES['patient'].listener['en']}" in request(Brief("a sore throat", role="patient"))


@pytest.mark.parametrize(("language", "short", "long"), [("en", 20, 60), ("zh", 35, 100)])
@pytest.mark.parametrize("role", ROLES)
def test_the_example_is_about_as_long_as_the_script(role: str, language: str, short: int, long: int) -> None:
    brief = Brief("雨" if language == "zh" else "rain", role=role, language=language)  # type: ignore[arg-type]
    shown = [opening_messages(brief, ROLES[role], words)[2]["content"] for words in (short, long)]
    assert count_words(shown[0], brief.language) < 0.75 * count_words(shown[1], brief.language)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("role", ROLES)
def test_the_examples_keep_the_rules_of_their_role(role: str, language: str) -> None:
    """What the model imitates has no fault but being the example itself."""
    for example in ROLES[role].examples[language]:  # type: ignore[index]
        words = count_words(example.text, language)  # type: ignore[arg-type]
        brief = Brief(example.task, role=role, language=language, seconds=words / 2.6, words_per_second=2.6 / ROLES[role].pace)  # type: ignore[arg-type]
        judgement = judge(split_sentences(example.text), brief, ROLES[role], wanted_length(brief, ROLES[role]))
        assert judgement.faults == ("copies the example",)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Welcome new colleagues! Let's introduce them to our workspace. Show them where you keep the help.", "about the listener"),
        ("Welcome to your first day! We are glad to have you. First, look for the help desk.", "without a close"),
        ("Welcome to your first day! I'm sorry, but my apologies for the delay. Ask your colleagues for help.", "apologises twice"),
        ("Welcome new colleagues on your first day. Ask at the front desk for help, and have a good start.", "reads the task aloud"),
        (
            "Welcome! The first day is hard. The colleagues next door will gladly help, so knock at the door.",
            "does not talk to the listener",
        ),
    ],
)
def test_faults_of_a_script_that_misses_its_listener(text: str, fault: str) -> None:
    brief = Brief("Welcome new colleagues on their first day and tell them where to find help", seconds=6.5)
    judgement = judge(split_sentences(text), brief, ROLES["presenter"], wanted_length(brief, ROLES["presenter"]))
    assert not judgement.broken and any(fault in found for found in judgement.faults)


def test_a_greeting_is_no_reading_of_the_task() -> None:
    brief = Brief("Welcome new colleagues on their first day and tell them where to find help", seconds=6.5)
    sentences = clean("Welcome new colleagues! Knock at any door, and you will find help on your first day. Have a good start!", "en")
    assert sentences[0] == "Welcome, new colleagues!"
    assert judge(sentences, brief, ROLES["presenter"], wanted_length(brief, ROLES["presenter"])).faults == ()


def test_a_script_to_its_listener_has_no_fault() -> None:
    brief = Brief("Welcome new colleagues on their first day and tell them where to find help", seconds=6.5)
    text = "Welcome to your first day with your new colleagues! The front desk will help you find your way. Enjoy it!"
    assert judge(split_sentences(text), brief, ROLES["presenter"], wanted_length(brief, ROLES["presenter"])).faults == ()


@pytest.mark.parametrize(
    "sentence", ["How are you today?", "I'm doing well, thank you.", "Let's get started.", "Feel free to ask any questions."]
)
def test_filler(sentence: str) -> None:
    assert is_filler(sentence)


@pytest.mark.parametrize(
    "sentence", ["How are you going to pay?", "Let's start a fire.", "I'm good at chess.", "Put a glass on your desk."]
)
def test_not_filler(sentence: str) -> None:
    assert not is_filler(sentence)

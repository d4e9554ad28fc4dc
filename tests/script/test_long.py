"""A long script is written in parts: none says what another has said, and a writer that goes in circles comes to an end."""

from itertools import combinations

import pytest
from scripted import Endpoint

from heygen_studio.errors import EngineUnavailable
from heygen_studio.script import Brief, count_words, write_script
from heygen_studio.script.similarity import repeats

LONG = Brief("how to keep a garden", seconds=60.0)
POINTS = "1. Water the roses\n2. Feed the soil with compost\n3. Water all the roses\n4. Prune branches\n5. Invite birds\n6. Rest in shade"
PARTS = [
    "Hello, friends! Roses drink deeply at dawn. Pour slowly around their roots so nothing runs away. Dry leaves stay healthy and strong.",
    "Hello again! Compost wakes tired beds after winter. Spread a thin layer and let worms carry it down. Kitchen peelings turn dark "
    "within one season. Thank you for listening.",
    "Sharp tools make clean cuts that heal quickly. Take away whatever crosses or rubs. Light then reaches every bud inside the crown. "
    "Pour slowly around their roots so nothing runs away.",
    "Blackbirds eat slugs while robins hunt beetles. Hang a nesting box facing east. A shallow dish offers them a bath on hot days.",
    "Shade matters for people too, so place a bench beneath an old apple tree. Sit there each evening and notice what has grown.",
    "Hedges shelter hedgehogs during frosty nights. Leave fallen twigs heaped in one quiet corner until spring arrives.",
]
CLOSE = "Begin tomorrow with a single pot, and let patience do everything else."


def test_parts_make_one_script_without_repeats(remote: Endpoint) -> None:
    remote.answers = [POINTS, *PARTS, CLOSE]
    script = write_script(LONG, "openai:m")
    lines = [line.text for line in script.lines]
    assert not [pair for pair in combinations(lines, 2) if repeats(*pair, "en")]
    assert lines[0] == "Hello, friends!" and not any("again" in line or "Thank you" in line for line in lines)
    assert abs(count_words(script.text, "en") - 156) <= 0.2 * 156


def test_a_further_part_sees_its_own_point_and_none_of_the_text_so_far(remote: Endpoint) -> None:
    remote.answers = [POINTS, *PARTS, CLOSE]
    write_script(LONG, "openai:m")
    asks = [request["messages"] for request in remote.requests]
    compost = next(messages for messages in asks if "compost" in messages[-1]["content"])
    assert "Roses drink" not in str(compost)
    assert not any("Water all the roses" in messages[-1]["content"] for messages in asks)


@pytest.mark.parametrize("answer", [" ".join(["Bees are drawn to flowers that hold nectar."] * 60), "\n".join(["Bees like flowers."] * 9)])
def test_a_writer_that_goes_in_circles_ends_in_an_error(remote: Endpoint, answer: str) -> None:
    remote.answers = [answer]
    with pytest.raises(EngineUnavailable, match="no usable script"):
        write_script(Brief("how bees make honey", seconds=300.0), "openai:m")
    assert len(remote.requests) < 60


def test_every_fact_is_given_to_one_part(remote: Endpoint) -> None:
    remote.answers = [POINTS, *PARTS, CLOSE]
    facts = ("Compost costs $4.50 a bag.", "The garden is open on Sundays.")
    script = write_script(Brief(LONG.prompt, seconds=60.0, facts=facts), "openai:m")
    carried = [request["messages"][-1]["content"] for request in remote.requests[1:] if "paragraph" in str(request["messages"][-1])]
    assert script.text.count("$4.50") == 1 and "Sundays" in script.text
    assert all("compost" in ask for ask in carried if "$4.50" in ask) and any("$4.50" in ask for ask in carried)


@pytest.mark.parametrize(
    ("a", "b", "language", "topic", "same"),
    [
        ("Bees visit flowers to gather nectar.", "Bees gather nectar when they fly to flowers each day.", "en", "", True),
        ("They mix the nectar with water.", "Workers fan their wings to dry the nectar.", "en", "", False),
        ("蜜蜂采花后将花蜜储存在蜂巢里。", "蜂巢里有食物，蜜蜂通过采花将花蜜酿成蜂蜜，并储存在蜂巢里。", "zh", "蜜蜂怎样酿蜜", True),
        ("蜜蜂采集花蜜的时候，用长长的舌头吸。", "蜜蜂的肚子里有一个蜜囊，可以装下花蜜。", "zh", "蜜蜂怎样酿蜜", False),
    ],
)
def test_which_sentences_say_the_same(a: str, b: str, language: str, topic: str, same: bool) -> None:
    assert repeats(a, b, language, topic=topic) is repeats(b, a, language, topic=topic) is same  # type: ignore[arg-type]

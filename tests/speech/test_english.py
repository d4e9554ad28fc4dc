"""English is read as a person would read it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heygen_studio.speech.english import read_english

READINGS = {
    "It costs $39.95.": "It costs thirty-nine dollars and ninety-five cents.",
    "$1, $0.50 and $2.50": "one dollar, fifty cents and two dollars and fifty cents",
    "$2.5 billion or a £5m deal": "two point five billion dollars or a five million pound deal",
    "10 €, 20$ and 5 USD": "ten euros, twenty dollars and five dollars",
    "$10-$15 each, -$5 off": "ten to fifteen dollars each, minus five dollars off",
    "$9.99/month": "nine dollars and ninety-nine cents per month",
    "on 14 March 2026": "on the fourteenth of March twenty twenty-six",
    "on March 14, 2026": "on March fourteenth, twenty twenty-six",
    "2026-03-14 and 03/14/2026": "March fourteenth, twenty twenty-six and March fourteenth, twenty twenty-six",
    "since Jan. 5, 1905": "since January fifth, nineteen oh five",
    "at 9:30, 9:05 and 9:00": "at nine thirty, nine oh five and nine o'clock",
    "At 5 p.m. we go.": "At five P.M we go.",
    "We go at 5 p.m.": "We go at five P.M.",
    "9am-5pm, Mon-Fri": "nine A.M to five P.M, Monday to Friday",
    "Dr. Smith lives on Elm St. near St. Paul.": "Doctor Smith lives on Elm Street near Saint Paul.",
    "12 Oak Dr.": "twelve Oak Drive.",
    "24 h, 3.5 km, 1 kg and 5 mm": "twenty-four hours, three point five kilometers, one kilogram and five millimeters",
    "60 km/h for 5 min.": "sixty kilometers per hour for five minutes.",
    "50% of 10-15%": "fifty percent of ten to fifteen percent",
    "It was -5°C or 98.6°F.": "It was minus five degrees Celsius or ninety-eight point six degrees Fahrenheit.",
    "1,250 people, 1,000,000 views": "one thousand two hundred fifty people, one million views",
    "the 2nd, 21st and 103rd": "the second, twenty-first and one hundred third",
    "in 1999, in the 1990s, in the '80s": "in nineteen ninety-nine, in the nineteen nineties, in the eighties",
    "2048 MB": "two thousand forty-eight megabytes",
    "Ages 10-15, pages 3–7": "Ages ten to fifteen, pages three to seven",
    "a ratio of 3:1": "a ratio of three to one",
    "½ cup, 1½ cups, 3/4 of it": "one half cup, one and a half cups, three quarters of it",
    "24/7": "twenty-four seven",
    "Call 555-1234": "Call five five five, one two three four",
    "Or +1 (555) 123-4567": "Or plus one, five five five, one two three, four five six seven",
    "Write to info@acme.com": "Write to info at acme dot com",
    "See www.acme.com/sale.": "See W.W.W dot acme dot com slash sale.",
    "https://acme.io/a-b?x=1#top": "acme dot I.O slash a dash b",
    "report.pdf": "report dot P.D.F",
    "C#, C++ & F#": "C sharp, C plus plus and F sharp",
    "R&D at AT&T": "R and D at A.T and T",
    "World War II, Henry VIII, Chapter IV": "World War two, Henry the eighth, Chapter four",
    "#1, No. 5 and p. 12": "number one, number five and page twelve",
    "GPT-4, H2O, CO2, 4K, 1080p": "GPT four, H two O, C.O two, four K, ten eighty P",
    "v2.0 and 1.2.3": "version two point zero and one point two point three",
    "NASA and FBI": "NASA and FBI",
    "e.g. this, i.e. that, etc.": "for example this, that is that, et cetera.",
    "It's 6'2\" tall, 5x faster": "It's six foot two tall, five times faster",
    "Room 101": "Room one oh one",
    "a 20-year-old and a 5-km run": "a twenty-year-old and a five kilometer run",
    "007": "zero zero seven",
    "Gen Z said no.": "Gen Z said no.",
    "“Smart” quotes’ test": '"Smart" quotes\' test',
    "Zoë 😀 北京": "Zoe BeiJing",
}


@pytest.mark.parametrize("written", READINGS)
def test_reading(written: str) -> None:
    assert " ".join(read_english(written).text.split()) == READINGS[written]


def test_every_spoken_word_knows_its_written_word() -> None:
    traced = read_english("Pay $39.95 by 14 March for 3.5 km.")
    assert traced.words == ("Pay", "$39.95", "by", "14", "March", "for", "3.5", "km.")
    spoken = {index: "" for index in range(len(traced.words))}
    for letter, owner in zip(traced.text, traced.owner, strict=True):
        spoken[owner] += letter
    assert [spoken[index].strip() for index in spoken] == [
        "Pay", "thirty-nine dollars and ninety-five cents", "by", "the fourteenth of", "March", "for", "three point five", "kilometers.",
    ]  # fmt: skip


@given(st.text(max_size=80))
def test_any_text_becomes_plain_words_in_the_order_of_the_written_ones(text: str) -> None:
    traced = read_english(text)
    assert re.fullmatch(r"[A-Za-z',.!?;:…—()\" -]*", traced.text)
    assert len(traced.owner) == len(traced.text)
    assert traced.owner == sorted(traced.owner)


@given(st.from_regex(r"[-$£€]?[0-9]{1,9}([.,:/-][0-9]{1,4})?(%|km| h|th|am| USD|x|°C)?", fullmatch=True))
def test_any_number_is_spoken(text: str) -> None:
    traced = read_english(text)
    assert not re.search(r"\d", traced.text) and re.search(r"[a-z]", traced.text)

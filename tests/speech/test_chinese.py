"""Chinese text is read as a person reads it, and every word gets its sounds."""

import json
import re
from importlib.resources import files

import cn2an
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heygen_studio.speech.chinese import chinese_phones, read_chinese, syllable_letters


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("¥39.9", "三十九点九元"),
        ("39.95元", "三十九点九五元"),
        ("$20", "二十美元"),
        ("$3.5亿", "三点五亿美元"),
        ("RMB 100", "一百元"),
        ("2026年3月14日", "二零二六年三月十四日"),
        ("2026-03-14", "二零二六年三月十四日"),
        ("2000年前", "两千年前"),
        ("9:30", "九点三十分"),
        ("8:05", "八点零五分"),
        ("20:00", "二十点"),
        ("9:30-11:00", "九点三十分到十一点"),
        ("12.5%", "百分之十二点五"),
        ("10%-20%", "百分之十到百分之二十"),
        ("-5℃", "零下五摄氏度"),
        ("37.5 °C", "三十七点五摄氏度"),
        ("24h", "二十四小时"),
        ("3.5km", "三点五公里"),
        ("5kg", "五公斤"),
        ("2kg", "两公斤"),
        ("13812345678", "幺三八幺二三四五六七八"),
        ("电话400-800-1234", "电话四零零，八零零，幺二三四"),
        ("验证码是0123", "验证码是零幺二三"),
        ("10-20人", "十到二十人"),
        ("3.14", "三点一四"),
        ("温差是-3.5", "温差是负三点五"),
        ("2个人", "两个人"),
        ("第2个", "第二个"),
        ("2月2号", "二月二号"),
        ("12万", "十二万"),
        ("20000人", "两万人"),
        ("200000000", "两亿"),
        ("1,234,567", "一百二十三万四千五百六十七"),
        ("1/2", "二分之一"),
        ("3:2", "三比二"),
        ("１２３", "一百二十三"),
        ("zhang@example.com", "zhang 艾特 example 点 com"),
        ("用Python写代码。", "用Python写代码。"),
    ],
)
def test_reads_as_a_person_does(written: str, spoken: str) -> None:
    assert read_chinese(written) == spoken


@given(st.integers(0, 10**15 - 1))
def test_integers_mean_what_is_written(number: int) -> None:
    assert cn2an.cn2an(read_chinese(str(number)).replace("两", "二"), "normal") == number


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet=st.one_of(st.sampled_from("0123456789.,:-/%¥$年月日万亿元个℃kgmh第2 负，。"), st.characters()), max_size=40))
def test_no_digit_is_left_and_nothing_breaks(text: str) -> None:
    spoken = read_chinese(text)
    assert not re.search(r"\d", spoken)


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="大家好，长城2026年3月¥39.95。“”（）Python AI😀乐得地行嗯 ", max_size=30))
def test_words_are_the_text_and_letters_are_kokoros(text: str) -> None:
    words, sounds = chinese_phones(text)
    assert "".join(words) == "".join(text.split())
    vocabulary = json.loads((files("hibari") / "assets" / "vocab.json").read_text(encoding="utf-8"))
    assert {letter for sound in sounds for letter in sound.letters} <= set(vocabulary)
    order = [sound.word for sound in sounds]
    assert order == sorted(order)
    assert all(0 <= word < len(words) for word in order)


def test_every_character_that_is_said_has_sounds() -> None:
    words, sounds = chinese_phones("价格是39.95元，欢迎使用Python！")
    spoken = {sound.word for sound in sounds if sound.symbol}
    assert words == ("价格", "是", "39.95", "元，", "欢迎", "使用", "Python！")
    assert spoken == set(range(len(words)))


def test_lips_close_and_round_where_they_should() -> None:
    _, sounds = chinese_phones("爸妈不跑步")
    assert [sound.symbol for sound in sounds if sound.symbol in ("p", "m")] == ["p", "m", "p", "p", "p"]
    assert "y" in [sound.symbol for sound in chinese_phones("绿")[1]]


def test_polyphones_follow_their_word() -> None:
    letters = "".join(sound.letters for sound in chinese_phones("银行行长在长城")[1])
    assert letters.split() == ["i↗nxa↗ŋxa↗ŋꭧa↓ŋ", "ʦai↘", "ꭧʰa↗ŋꭧʰə↗ŋ"]


def test_every_syllable_of_mandarin_has_letters() -> None:
    from pypinyin import Style, pinyin_dict
    from pypinyin.style import convert

    readings = {reading for entry in pinyin_dict.pinyin_dict.values() for reading in entry.split(",")}
    for reading in readings:
        syllable = convert(reading, Style.TONE3, strict=True, default=reading)
        assert syllable_letters(syllable), reading

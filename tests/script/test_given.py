"""The user's own text: its paragraphs are heard, and its line breaks are never seen."""

from pathlib import Path

from heygen_studio.script import script_from_text
from heygen_studio.speech import find_voice, speak
from heygen_studio.video.captions import make_cues, write_captions

TEXT = "We open at nine.\nCome early. \n \nThe cake is free!\r\n\r\n\nGoodbye."


def test_a_sentence_that_ends_a_paragraph_ends_in_a_line_break() -> None:
    script = script_from_text(TEXT, "en")
    assert [line.text for line in script.lines] == ["We open at nine.", "Come early.\n", "The cake is free!\n", "Goodbye."]
    assert script.lines[2].mood == "happy"
    assert script.text == "We open at nine. Come early. The cake is free! Goodbye."
    assert [line.text for line in script_from_text("\n\nOne.\n\n", "en").lines] == ["One."]
    assert script_from_text("你好。\n\n再见。", "zh").text == "你好。再见。"


def test_a_paragraph_ends_in_a_longer_pause_and_captions_know_no_line_break(tmp_path: Path) -> None:
    speech = speak(script_from_text(TEXT, "en"), find_voice("hibari:heart", language="en", commercial=False), folder=tmp_path)
    (one, two, three, four) = speech.lines
    within, across, last = two[0] - one[1], three[0] - two[1], four[0] - three[1]
    assert across > within + 0.25 and last > within + 0.25
    srt, vtt = tmp_path / "captions.srt", tmp_path / "captions.vtt"
    write_captions(make_cues(speech.words, speech.lines), srt=srt, vtt=vtt)
    shown = [row for row in srt.read_text(encoding="utf-8").splitlines() if row and not row.isdigit() and "-->" not in row]
    assert " ".join(shown) == "We open at nine. Come early. The cake is free! Goodbye."
    assert not any("\n" in word.text for word in speech.words)

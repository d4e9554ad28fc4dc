"""A face driven by a recording: its sound as it is, the words that are spoken, and the time of every sound."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ..errors import BadInput
from ..progress import Cancel, Event, OnEvent, ignore
from ..script.script import Language, Line, Script
from .alignment import Aligner
from .audio_file import RATE, convert_audio
from .chinese_aligner import ChineseAligner
from .chinese_alignment import align_chinese
from .recognition import Recogniser, Recognition
from .sentences import sentences
from .speech import Samples, Speech

#: Languages that are written without spaces between words, by Whisper's codes.
_UNSPACED = frozenset({"zh", "yue", "ja", "th", "my", "lo", "km"})
_BLOCK_S = 10.0


def speech_from_recording(
    path: Path, *, text: str | None, language: Language | None, folder: Path, on_event: OnEvent = ignore, cancel: Cancel | None = None
) -> tuple[Speech, Script]:
    """The recording at ``path`` as `Speech` (with ``folder``/speech.wav), and what is said in it as `Script`.

    text: exactly what is spoken, if it is known; it is found in the sound by forced alignment (English), or matched with what is
    recognised and then aligned (Chinese). Without it the words are recognised, in any language that Whisper knows. language: of the
    recording; None to tell it from the text or the sound. The sound is mixed to one channel and brought to -16 LUFS; its timing is not
    changed. A script in another language than English or Chinese is marked with the one that shares its way of joining words.

    Raises `BadInput` if the recording cannot be used, has no speech, or is not of ``text``; `Cancelled`.
    """
    cancel = cancel or Cancel()
    wav = folder / "speech.wav"
    duration = convert_audio(path, wav, on_event=on_event, cancel=cancel)
    speech = Speech(wav, RATE, duration, (), (), (), "recording")
    if text is not None and not text.strip():
        raise BadInput("The given text of the recording is empty: give what is spoken, or leave the text out to have it recognised.")
    spoken = language or (_language_of(text) if text else None)
    if text and spoken == "en":
        phones, words = Aligner().align(_reported(speech, "finding the words", on_event), RATE, text, cancel)
        heard = Recognition(words, phones, "en")
    else:
        heard = Recogniser(on_event=on_event, cancel=cancel).recognise(_reported(speech, "listening", on_event), RATE, spoken)
        if text or heard.language == "zh":
            words = align_chinese(text, heard.words) if text else heard.words
            phones, words = ChineseAligner().align(speech, words, cancel)
            heard = Recognition(words, phones, "zh")
    on_event(Event("speech", duration, duration, "listening"))
    return _assembled(speech, heard)


def _language_of(text: str) -> Language:
    return "zh" if re.search("[\u4e00-\u9fff]", text) else "en"


def _reported(speech: Speech, note: str, on_event: OnEvent) -> Iterator[Samples]:
    """The blocks of the sound, with progress as they are taken."""
    done = 0.0
    for block in speech.blocks(_BLOCK_S):
        on_event(Event("speech", done, speech.duration, note))
        yield block
        done += len(block) / speech.rate


def _assembled(speech: Speech, heard: Recognition) -> tuple[Speech, Script]:
    between = "" if heard.language in _UNSPACED else " "
    spoken = list(sentences(heard.words))
    lines = tuple(Line(between.join(word.text for word in sentence)) for sentence in spoken)
    times = tuple((sentence[0].start, sentence[-1].end) for sentence in spoken)
    language: Language = "en" if between else "zh"
    return replace(speech, phones=heard.phones, words=heard.words, lines=times), Script(lines, language)

"""Voices measured: speed, pace, words that speech recognition gets wrong, and how exact the word times are.

    python benchmarks/speech.py [VOICE ...] [--json FILE] [--sentences N]

Prints one table and writes one JSON. Per voice: seconds to load; real-time factor (seconds of computing per second of sound,
the loudness pass included); words per second with pauses; word error rate of Whisper base; and the distance of word starts from
pocketsphinx's forced alignment, in milliseconds: median bias, median and 90th percentile of the distance.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from heygen_studio.errors import BadInput
from heygen_studio.script.script import Language, Line, Script
from heygen_studio.speech import Speech, Voice, find_voice, speak, voices
from heygen_studio.speech.alignment import align
from heygen_studio.speech.engines import load
from heygen_studio.speech.english import read_english
from heygen_studio.weights import fetch

DEFAULT_VOICES = ("coqui:joe", "hibari:heart", "kokoro:af_heart")
WHISPER = ("whisper-base", "whisper-base-config", "whisper-base-tokenizer", "whisper-base-vocabulary")
WHISPER_RATE = 16000

SENTENCES = (
    "Good morning, and thank you for joining our spring update.",
    "The new bottle keeps water cold for 24 h and costs only $39.95.",
    "Registration opens on March 14, 2026, at 9:30 in the morning.",
    "Dr. Patel will meet the NASA team at 5 p.m. on Elm Street.",
    "Have you ever wondered why leaves change their color in autumn?",
    "Turn left at the old lighthouse and follow the path down to the beach.",
    "Our support desk answers most questions in less than ten minutes.",
    "More than 1,250 people signed up during the first week.",
    "Plants take in sunlight, water and air, and turn them into sugar.",
    "I am so sorry that your parcel arrived late, and I want to put this right.",
    "The bridge is 3.5 km long and was finished in 1937.",
    "Please wash your hands before you touch the equipment.",
    "Half of our energy now comes from wind, which is 50% more than last year.",
    "She opened the window and listened to the rain on the roof.",
    "This is the second time that the river has flooded the valley.",
    "If you get stuck, raise your hand and somebody will help you.",
    "The museum shows paintings, sculptures and photographs from four continents.",
    "A strong password is long, unusual, and never used twice.",
    "The temperature dropped to -5°C during the night.",
    "Welcome aboard, captain; the ship is ready to sail.",
    "Tonight the council votes on a plan to build two hundred affordable homes.",
    "Take one tablet in the morning with food and plenty of water.",
    "The recipe needs flour, butter, three eggs, and a pinch of salt.",
    "Our choir will sing at the town hall on Saturday evening.",
    "Write to us at hello@acme.com and we will reply within a day.",
    "Every great product begins with somebody who listens.",
    "The children cheered when the rocket finally left the ground.",
    "Save your work often, because the power may fail without warning.",
    "World War II ended in 1945 after six long years.",
    "Thank you for watching, and see you in the next lesson.",
)
CHINESE_SENTENCES = (
    "大家好，欢迎来到我们公司。",
    "长城是世界上最伟大的建筑之一。",
    "植物通过光合作用把阳光变成食物。",
    "很抱歉，您的包裹今天会晚一点送到。",
    "新款水杯能保温二十四小时。",
    "如果您有任何问题，请随时联系我们。",
    "请在明天上午九点半之前到达会议室。",
    "孩子们在公园里开心地放风筝。",
)


def measure(voice: Voice, sentences: tuple[str, ...], whisper: Any) -> dict[str, Any]:
    """All figures of one voice."""
    script = Script(tuple(Line(sentence) for sentence in sentences), voice.language)
    started = time.perf_counter()
    load(voice).say("Ready." if voice.language == "en" else "好。", speed=1.0, seed=0)
    loading = time.perf_counter() - started
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        speech = speak(script, voice, folder=Path(folder))
        speaking = time.perf_counter() - started
        figures: dict[str, Any] = {
            "voice": voice.id,
            "load_s": round(loading, 2),
            "rtf": round(speaking / speech.duration, 3),
            "words_per_second": round(pace(script, speech), 2),
        }
        figures |= recognised(script, speech, whisper) if whisper else {}
        figures |= word_starts(script, speech) if voice.language == "en" else {}
    return figures


def pace(script: Script, speech: Speech) -> float:
    """Written words (Chinese: characters) per second, with the pauses between sentences."""
    count = len(re.findall(r"[\u4e00-\u9fff]", script.text)) if script.language == "zh" else len(script.text.split())
    return count / speech.duration


def recognised(script: Script, speech: Speech, whisper: Any) -> dict[str, Any]:
    """Word (Chinese: character) error rate in percent, sentence by sentence, and what was heard wrong."""
    import jiwer

    said = [plain(line.text, script.language) for line in script.lines]
    heard = [
        plain(" ".join(part.text for part in whisper.transcribe(clip, language=script.language, beam_size=5)[0]), script.language)
        for clip in clips(speech, WHISPER_RATE)
    ]
    wrong = [(right, wrong) for right, wrong in zip(said, heard, strict=True) if right != wrong]
    return {"wer_percent": round(100 * jiwer.wer(said, heard), 1), "misheard": wrong}


def plain(text: str, language: Language) -> str:
    """Words as they are spoken, so that "9:30" and "nine thirty" count as the same."""
    if language == "zh":
        return " ".join(re.findall(r"[\u4e00-\u9fff]", text))
    spoken = read_english(text.replace("colour", "color")).text.lower().replace("-", " ").replace(".", "")
    return " ".join(re.findall(r"[a-z']+", spoken))


def clips(speech: Speech, rate: int) -> list[np.ndarray[Any, Any]]:
    """The sound of every line at ``rate``."""
    import soxr

    samples, own = soundfile.read(speech.wav, dtype="float32")
    margin = 0.12
    cuts = [samples[int(max(0, start - margin) * own) : int((end + margin) * own)] for start, end in speech.lines]
    return [soxr.resample(cut, own, rate) for cut in cuts]


def word_starts(script: Script, speech: Speech) -> dict[str, Any]:
    """How far the starts of the words are from pocketsphinx's."""
    samples, rate = soundfile.read(speech.wav, dtype="float32")
    distances: list[float] = []
    for line, (start, end) in zip(script.lines, speech.lines, strict=True):
        first = max(0.0, start - 0.15)
        try:
            found = align(samples[int(first * rate) : int((end + 0.15) * rate)], rate, line.text)[1]
        except BadInput:
            continue
        own = [word for word in speech.words if start - 1e-6 <= word.start < end]
        if [word.text for word in own] == [word.text for word in found]:
            distances += [1000 * (mine.start - first - theirs.start) for mine, theirs in zip(own, found, strict=True)]
    apart = np.abs(distances)
    return {
        "word_start_bias_ms": round(float(np.median(distances)), 1),
        "word_start_median_ms": round(float(np.median(apart)), 1),
        "word_start_p90_ms": round(float(np.quantile(apart, 0.9)), 1),
        "words_compared": len(distances),
    }


def recogniser() -> Any:
    """Whisper base in 8 bits, or None where faster-whisper is not installed."""
    try:
        from faster_whisper import WhisperModel
    except ModuleNotFoundError:
        return None
    with tempfile.TemporaryDirectory() as folder:
        for name in WHISPER:
            path = fetch(name)
            (Path(folder) / path.name).symlink_to(path.resolve())
        return WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("voices", nargs="*", default=DEFAULT_VOICES, help='ids, or "all"')
    parser.add_argument("--sentences", type=int, default=len(SENTENCES), help="use only the first N sentences")
    parser.add_argument("--no-recognition", action="store_true", help="leave out the word error rate")
    parser.add_argument("--json", type=Path, default=Path("build/speech.json"), help="where the figures go")
    options = parser.parse_args()

    names = [voice.id for voice in voices()] if list(options.voices) == ["all"] else options.voices
    whisper = None if options.no_recognition else recogniser()
    rows = []
    print(f"{'voice':24}{'load s':>8}{'RTF':>8}{'words/s':>9}{'WER %':>8}{'bias ms':>9}{'median ms':>11}{'p90 ms':>8}")
    for name in names:
        language: Language = "zh" if ":z" in name else "en"
        sentences = (CHINESE_SENTENCES if language == "zh" else SENTENCES)[: options.sentences]
        row = measure(find_voice(name, language=language, commercial=False), sentences, whisper)
        rows.append(row)
        columns = (("load_s", 8), ("rtf", 8), ("words_per_second", 9), ("wer_percent", 8), ("word_start_bias_ms", 9),
                   ("word_start_median_ms", 11), ("word_start_p90_ms", 8))  # fmt: skip
        print(f"{name:24}" + "".join(f"{row.get(key, ''):>{width}}" for key, width in columns), flush=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")
    print(f"written: {options.json}")


if __name__ == "__main__":
    main()

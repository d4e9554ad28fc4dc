"""Which voices there are, and how they are asked for. Loads no engine."""

from __future__ import annotations

import difflib
from pathlib import Path

from ..errors import BadInput
from ..input_file import user_path
from ..script.script import UNSPACED, WRITTEN, Language
from ..stages import file_hash
from ..weights import WEIGHTS, agreements, refuse_commercial
from .cloning import check_reference
from .coqui_hub import hub_models, needs_agreement, split_speaker
from .languages import TONGUES
from .voice import Gender, Voice

_JOE = Voice(
    "coqui:joe", "Joe", "en", "male", "coqui", "data CC0; fine-tuned from a research-only corpus", False, 2.9,
    "Coqui VITS, American English; the default", ("coqui-joe", "coqui-joe-config"),
)  # fmt: skip
_HEART = Voice(
    "hibari:heart", "Heart (small)", "en", "female", "hibari", "Apache-2.0", True, 2.9,
    "American English; the fastest, and the default for commercial work", ("hibari-heart",),
)  # fmt: skip

#: Kokoro: prefix of the name -> language, gender, note.
_KOKORO_KINDS: dict[str, tuple[Language, Gender, str]] = {
    "af": ("en", "female", "American English"),
    "am": ("en", "male", "American English"),
    "bf": ("en", "female", "British English"),
    "bm": ("en", "male", "British English"),
    "zf": ("zh", "female", "Mandarin Chinese"),
    "zm": ("zh", "male", "Mandarin Chinese"),
}
_KOKORO = (
    "af_heart", "af_alloy", "af_aoede", "af_bella", "af_jessica", "af_kore", "af_nicole", "af_nova", "af_river", "af_sarah",
    "af_sky", "am_adam", "am_echo", "am_eric", "am_fenrir", "am_liam", "am_michael", "am_onyx", "am_puck", "am_santa", "bf_alice",
    "bf_emma", "bf_isabella", "bf_lily", "bm_daniel", "bm_fable", "bm_george", "bm_lewis", "zf_xiaobei", "zf_xiaoni", "zf_xiaoxiao",
    "zf_xiaoyi", "zm_yunjian", "zm_yunxi", "zm_yunxia", "zm_yunyang",
)  # fmt: skip
#: Words (characters) per second, measured for af_heart and zf_xiaoxiao and assumed for the others of their language.
_KOKORO_PACE: dict[Language, float] = {"en": 2.8, "zh": 4.5}

#: The pace that is assumed for a Coqui model that the user brings.
_USUAL_PACE: dict[Language, float] = {"en": 2.5, "zh": 4.0}
_DEFAULTS: dict[tuple[Language, bool], str] = {
    ("en", False): "coqui:joe",
    ("en", True): "hibari:heart",
    ("zh", False): "kokoro:zf_xiaoxiao",
    ("zh", True): "kokoro:zf_xiaoxiao",
}


def voices() -> tuple[Voice, ...]:
    """Every voice that comes with the studio. Any Coqui model speaks too, see `find_voice`."""
    return (_JOE, _HEART, *(_kokoro(name) for name in _KOKORO))


def find_voice(spec: str | None, *, language: Language, commercial: bool) -> Voice:
    """The voice that ``spec`` names, for a text in ``language``.

    spec: a full id ("kokoro:af_heart"); its name alone where only one voice has it ("joe"); any Coqui model by its name
    ("coqui:tts_models/en/ljspeech/vits") or file ("coqui:/models/my/model.pth", with config.json beside it), with
    "@speaker" behind it for one of several speakers; a recording that is cloned ("xtts:ann.wav"); None for the default of the language.
    Raises `BadInput` for a voice that does not exist, speaks another language or may not be used for commercial work, `AgreementNeeded`
    for one whose licence has to be agreed to.
    """
    voice = _named(_default(language, commercial) if spec is None else spec, language)
    if voice.language != language:
        raise BadInput(
            f"The voice {voice.id} speaks {TONGUES[voice.language].name}, but the script is in {TONGUES[language].name}: "
            f"{_instead(language, commercial)}."
        )
    if commercial:
        refuse_commercial(f"The voice {voice.id}", voice, _instead(language, True), field="voice")
    for weight in voice.weights:
        if WEIGHTS[weight].agreement:
            agreements.require(weight)
    return voice


def _instead(language: Language, commercial: bool) -> str:
    """What to do about a voice that cannot be used."""
    if (language, commercial) in _DEFAULTS:
        return f"choose another voice, for example {_DEFAULTS[language, commercial]}"
    return "no voice may be used for that" if commercial else "give a recording whose voice is cloned, as xtts:my-voice.wav"


def _default(language: Language, commercial: bool) -> str:
    """The voice of a language. Raises `BadInput` for one that only cloned voices speak."""
    if (language, commercial) not in _DEFAULTS:
        only = "and none of them may be used for commercial work" if commercial else "so give a recording: xtts:my-voice.wav"
        raise BadInput(f"Only cloned voices speak {TONGUES[language].name}, {only}.", field="voice")
    return _DEFAULTS[language, commercial]


def _named(spec: str, language: Language) -> Voice:
    known = {voice.id: voice for voice in voices()}
    if spec in known:
        return known[spec]
    engine, _, name = spec.partition(":")
    if engine == "xtts" and name:
        return _cloned(user_path(name), language)
    if engine == "coqui" and ("/" in name or "\\" in name or ".pth" in name):
        return _coqui_model(spec, language)
    matches = [voice for voice in known.values() if voice.name == spec or voice.label.lower() == spec.lower()]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise BadInput(f"Several voices are called {spec!r}: say which of {', '.join(voice.id for voice in matches)}.")
    raise BadInput(f"There is no voice {spec!r}: {_suggestion(spec, known)}")


def _suggestion(spec: str, known: dict[str, Voice]) -> str:
    by_name = {voice.name: voice.id for voice in known.values()}
    near = difflib.get_close_matches(spec, [*known, *by_name], n=3, cutoff=0.5)
    near += [name for name in by_name if spec.rpartition(":")[2].lower() in name.split("_")]
    ids = list(dict.fromkeys(by_name.get(match, match) for match in near))
    if ids:
        return f"did you mean {' or '.join(ids[:3])}?"
    return "`heygen-studio voices` lists them all, for example coqui:joe, hibari:heart or kokoro:af_heart."


def _kokoro(name: str) -> Voice:
    language, gender, note = _KOKORO_KINDS[name[:2]]
    label = name[3:].capitalize()
    return Voice(
        f"kokoro:{name}", label, language, gender, "kokoro", "Apache-2.0", True, _KOKORO_PACE[language], note, ("kokoro", "kokoro-voices")
    )


def _cloned(recording: Path, language: Language) -> Voice:
    """The voice of a recording. Its name is the file's alone: reports need not say where it lies."""
    check_reference(recording)
    weight = WEIGHTS["coqui-xtts-v2"]
    return Voice(
        f"xtts:{recording.name}", recording.stem, language, "unknown", "xtts", weight.licence, weight.commercial,
        _USUAL_PACE["zh" if language in UNSPACED else "en"], "cloned from a recording", (weight.name,), recording, file_hash(recording),
        TONGUES[language].longest,
    )  # fmt: skip


#: Licences of Coqui's hub models that allow commercial work (lower case, as its table writes them).
_FREE = frozenset({"mit", "apache 2.0", "bsd-3-clause", "mpl", "cc-by-4.0", "cc-by-sa 4.0"})


def _coqui_model(spec: str, language: Language) -> Voice:
    """A voice for a Coqui model that the studio does not ship. What a file of the user's may be used for is for them to know."""
    name = split_speaker(spec.partition(":")[2])[0]
    if not name.startswith("tts_models/"):
        spoken = _written(language)
        return Voice(spec, Path(name).stem, spoken, "unknown", "coqui", "that of the model", True, _USUAL_PACE[spoken], "a model of yours")
    if needs_agreement(name):
        raise BadInput("XTTS speaks with the voice of a recording: give one, as xtts:my-voice.wav.")
    models = hub_models()
    if name not in models and not name.startswith("tts_models/eng/fairseq/"):
        near = difflib.get_close_matches(name, models, n=3) or ["tts_models/en/ljspeech/vits"]
        raise BadInput(f"Coqui TTS has no model {name}: did you mean {' or '.join(near)}?")
    code = name.split("/")[1]
    if code not in ("multilingual", "en", "eng", "zh-CN"):
        raise BadInput(f"The Coqui model {name} speaks {code}: the studio speaks English (en) and Chinese (zh-CN).")
    spoken = _written(language) if code == "multilingual" else "zh" if code == "zh-CN" else "en"
    licence = models.get(name, {}).get("license") or "unknown"
    label = " ".join(name.split("/")[2:])
    return Voice(
        spec, label, spoken, "unknown", "coqui", licence, licence.lower() in _FREE, _USUAL_PACE[spoken], "from the Coqui model hub"
    )


def _written(language: Language) -> Language:
    """The language, if texts in it are read here; else English."""
    return language if language in WRITTEN else "en"

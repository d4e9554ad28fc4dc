"""What can be shown of a video before it is made: how long it will be, and its first seconds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from .errors import BadInput
from .progress import ignore
from .request import VideoRequest
from .run import Run
from .script.script import UNSPACED, Language, Line
from .script.sentences import count_words
from .stages import file_hash

#: Seconds of a preview.
SHORTEST, LONGEST = 0.2, 60.0

#: How much more is spoken than is shown, in parts of it: estimates of the pace are a fifth off, and what is said in one go sounds best.
MARGIN, LONG = 1.3, 2.2

#: Letters of an average spoken English word, and letters that take as long as one figure; fitted to hibari and Coqui.
LETTERS_PER_WORD, LETTERS_PER_FIGURE = 4.55, 5


def estimate_seconds(request: VideoRequest) -> float:
    """How long the video will be, without loading any model: exact for recordings whose header tells it and for silence.

    A written script is as long as it was asked to be, give or take a fifth. Raises `StudioError` for an unknown voice or recording.
    """
    from .speech import find_voice
    from .speech.audio_file import check_audio

    if request.scenes:
        return sum(estimate_seconds(part) for part in request.parts())
    if request.audio is not None:
        return check_audio(request.audio)
    if not request.given_text:
        return request.seconds
    language = request.spoken_language
    voice = find_voice(request.voice, language=language, commercial=request.commercial)
    return _words(request.given_text, language) / (voice.words_per_second * request.speed)


def _words(text: str, language: Language) -> float:
    """Spoken length in average words: an English word takes the longer the more letters it has, and a figure is said in words."""
    if language in UNSPACED:
        return count_words(text, language)
    return sum(LETTERS_PER_FIGURE if char.isdigit() else char.isalpha() for char in text) / LETTERS_PER_WORD


def opening(run: Run, request: VideoRequest, seconds: float) -> VideoRequest:
    """A request for what is heard in the first ``seconds`` of ``request``, said in the same way; of scenes, the first.

    Raises `BadInput` where a script must be written first, and for a length that no preview has.
    """
    if not SHORTEST <= seconds <= LONGEST:
        raise BadInput(f"A preview of {seconds:g} s cannot be made: ask for {SHORTEST} to {LONGEST:g} s.")
    if request.scenes:
        return opening(run, request.parts()[0].model_copy(update={"title": request.title}), seconds)
    if request.prompt:
        raise BadInput("A preview needs the words that are spoken: have the script written first, and give its lines.", field="prompt")
    if request.audio is not None:
        return request.model_copy(update={"audio": _first_sound(run, request.audio, seconds), "text": ""})
    if request.listen:
        return request
    return request.model_copy(update={"text": "", "lines": _first_lines(request, seconds), "language": request.spoken_language})


def _first_lines(request: VideoRequest, seconds: float) -> tuple[Line, ...]:
    """The sentences that are begun within ``seconds``; the last one without its end where that is far."""
    from .script import script_from_lines, script_from_text

    language = request.spoken_language
    script = script_from_text(request.text, language) if request.text else script_from_lines(request.lines, language)
    lines: list[Line] = []
    spoken = 0.0
    for line in script.lines:
        if spoken > MARGIN * seconds:
            break
        lasts = estimate_seconds(request.model_copy(update={"text": line.text, "lines": (), "language": language}))
        if spoken + lasts > LONG * seconds:
            line = replace(line, text=_begun(line.text, (LONG * seconds - spoken) / lasts))
        lines.append(line)
        spoken += lasts
    return tuple(lines)


def _begun(text: str, part: float) -> str:
    """About so much of the beginning of a sentence, in whole words."""
    end = max(1, round(len(text) * part))
    space = text.find(" ", end)
    return text[:end] if " " not in text else text[:space] if space > 0 else text


def _first_sound(run: Run, recording: Path, seconds: float) -> Path:
    """The beginning of a recording, as a file of its own."""
    from .speech.audio_file import cut_audio

    def make(folder: Path) -> None:
        cut_audio(recording, folder / "opening.wav", MARGIN * seconds, run.cancel)

    inputs = {"opening": file_hash(recording), "seconds": seconds}
    path, _ = run.stage("opening", inputs, make, lambda folder: folder / "opening.wav", ignore)
    return path

"""How a video came about, in pictures: the sound with its words and mouth shapes, frames, times of the stages, and drafts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from ..script import Attempt, Script
from ..speech import Speech
from .desk import VideoOf
from .timeline import timeline
from .words import Language, safe, say


def details_html(video: VideoOf, language: Language) -> str:
    """All that is known of a finished video; what was cleaned away since is left out."""
    assert video.result is not None
    folder = video.result.folder
    report = _json(folder / "report.json")
    parts = [
        _section("details.frames", f'<img class="sheet" src="studio/videos/{video.job.id}/sheet.jpg" alt="" loading="lazy">', language),
        _sound(video, language),
        _times(report, language),
        _drafts(folder, report, language),
        _settings(video, language),
    ]
    return f'<section class="details"><h2>{say(language, "details.title")}</h2>{"".join(parts)}</section>'


def _section(name: str, content: str, language: Language) -> str:
    hint = say(language, f"{name}.hint")
    return f'<section><h3>{say(language, name)}</h3><p class="calm">{hint}</p>{content}</section>' if content else ""


def _sound(video: VideoOf, language: Language) -> str:
    """The waveform; with words and mouth shapes for results that kept them."""
    assert video.result is not None
    wav = video.result.folder / "speech.wav"
    if not wav.is_file():
        return ""
    kept = video.result.folder / "speech.json"
    speech = TypeAdapter(Speech).validate_json(kept.read_bytes()) if kept.is_file() else None
    return _section("details.sound", timeline(wav, speech), language)


def _times(report: dict[str, Any], language: Language) -> str:
    stages: dict[str, Any] = report.get("stages", {})
    longest = max((float(made["seconds"]) for made in stages.values()), default=0.0) or 1.0
    rows = "".join(_time(stage, made, longest, language) for stage, made in stages.items())
    return _section("details.times", f'<table class="times">{rows}</table>', language) if rows else ""


def _time(stage: str, made: dict[str, Any], longest: float, language: Language) -> str:
    part = 100 * float(made["seconds"]) / longest
    took = say(language, "details.reused") if made["reused"] else f"{made['seconds']:.1f} s"
    return (
        f'<tr><th scope="row">{say(language, f"stage.{stage}")}</th>'
        f'<td class="time-bar"><i style="width:{part:.1f}%"></i></td><td class="number">{took}</td></tr>'
    )


def _drafts(folder: Path, report: dict[str, Any], language: Language) -> str:
    """Every draft of the writer with its score and faults; nothing for words that a person wrote."""
    path = folder / "script.json"
    script = TypeAdapter(Script).validate_json(path.read_bytes()) if path.is_file() else Script(())
    if not script.attempts:
        words = safe(script.text)
        return _section("details.words", f"<blockquote>{words}</blockquote>", language) if words else ""
    items = "".join(_draft(index, attempt, index == script.winner, language) for index, attempt in enumerate(script.attempts))
    unbacked = "".join(f"<li>{safe(line)}</li>" for line in report.get("script", {}).get("unbacked", ()))
    warning = f'<p class="calm">{say(language, "details.unbacked")}</p><ul>{unbacked}</ul>' if unbacked else ""
    return _section("details.drafts", f'<ol class="drafts">{items}</ol>{warning}', language)


def _draft(index: int, attempt: Attempt, won: bool, language: Language) -> str:
    facts = f"{say(language, 'script.words', count=attempt.words)} · {say(language, 'details.score', score=f'{attempt.score:.1f}')}"
    return (
        f'<li class="{"won" if won else ""}"><header><b>{say(language, "details.draft", number=index + 1)}</b><span>{facts}</span></header>'
        f"<p>{safe(attempt.repaired)}</p><small>{safe('; '.join(attempt.faults))}</small></li>"
    )


def _settings(video: VideoOf, language: Language) -> str:
    """What was asked for, without the paths of this machine."""
    asked = video.job.request.model_dump(mode="json", exclude_defaults=True)
    for name in ("avatar", "audio"):
        if "/" in str(asked.get(name, "")):
            asked[name] = Path(asked[name]).name
    return _section("details.settings", f"<pre>{safe(json.dumps(asked, ensure_ascii=False, indent=1))}</pre>", language)


def _json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_bytes()) if path.is_file() else {}
    return found

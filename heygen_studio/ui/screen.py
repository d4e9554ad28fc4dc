"""What the screen beside the controls shows of a job, as HTML: a still, the stages at work, the video, or what went wrong."""

from __future__ import annotations

from urllib.parse import quote

from ..progress import Stage
from ..service.jobs import Job
from .border import OWN
from .desk import VideoOf
from .form import ASPECTS
from .parts import error_box
from .words import LANGUAGES, Language, safe, say, sentence

#: The stages in the order in which they run.
RUNNING_ORDER: tuple[Stage, ...] = ("portrait", "script", "speech", "motion", "video")


def still(picture: str, aspect: str, caption: str) -> str:
    """The chosen face in the chosen shape. ``picture`` is an address, ``caption`` safe HTML."""
    return f'<div class="screen still" {_ratio(*ASPECTS[aspect])}><img src="{picture}" alt=""><p class="screen-caption">{caption}</p></div>'


def example(place: str, spoken: str, language: Language) -> str:
    """A finished video that came along."""
    return (
        f'<div class="screen done" {_ratio(1, 1)}><video controls autoplay playsinline poster="{place}.jpg" src="{place}.mp4">'
        f'<track kind="captions" src="{place}.vtt" srclang="{spoken}" label="{say(language, f"language.{spoken}")}" default></video></div>'
        f'<p class="facts">{say(language, "example.shown")}</p>'
    )


def previewed(name: str, aspect: str, language: Language) -> str:
    """The first seconds, which play at once."""
    player = f'<video controls autoplay playsinline src="studio/previews/{name}.mp4"></video>'
    return f'<div class="screen done" {_ratio(*ASPECTS[aspect])}>{player}</div><p class="facts">{say(language, "preview.done")}</p>'


def at_work(job: Job, ahead: int, seconds_left: float | None, language: Language) -> str:
    """The stages of a job that waits or is rendered."""
    request = job.request
    position = RUNNING_ORDER.index(job.stage) if job.stage in RUNNING_ORDER else -1
    steps = "".join(_step(stage, index, position, job, language) for index, stage in enumerate(RUNNING_ORDER) if _needed(stage, job))
    if job.state == "queued":
        state = say(language, "render.waiting") if not ahead else say(language, "render.queued", count=ahead)
    elif job.stage == "weights":
        state = say(language, "render.weights", part=f"{job.fraction:.0%}")
    elif seconds_left is not None:
        state = say(language, "render.left", time=clock(seconds_left))
    else:
        state = say(language, "render.running")
    return (
        f'<div class="screen work" {_ratio(request.width, request.height)} role="status" aria-live="polite" data-job="{job.id}">'
        f'<div class="work-inner"><h3>{state}</h3><ol class="stages">{steps}</ol>'
        f'<p class="calm">{say(language, "render.close")}</p></div></div>'
    )


def _needed(stage: Stage, job: Job) -> bool:
    return stage != "script" or bool(job.request.prompt)


def _step(stage: Stage, index: int, position: int, job: Job, language: Language) -> str:
    state = "done" if index < position else "now" if index == position else "next"
    part = job.fraction if state == "now" else 1.0 if state == "done" else 0.0
    shown = f"{part:.0%}" if state == "now" else "✓" if state == "done" else ""
    return (
        f'<li class="{state}"><span class="stage-name">{say(language, f"stage.{stage}")}</span><span class="stage-part">{shown}</span>'
        f'<span class="bar" role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow="{part * 100:.0f}" '
        f'aria-label="{say(language, f"stage.{stage}")}"><i style="width:{part:.1%}"></i></span></li>'
    )


def finished(video: VideoOf, language: Language) -> str:
    """The player, and under it the facts and the downloads."""
    return player(video, language) + downloads(video, language)


def player(video: VideoOf, language: Language) -> str:
    """The video with its captions track."""
    assert video.result is not None
    place, asked = f"studio/videos/{video.job.id}", video.job.request
    spoken = asked.spoken_language
    named = say(language, f"language.{spoken}") if spoken in LANGUAGES else spoken
    return (
        f'<div class="screen done" {_ratio(video.result.width, video.result.height)}>'
        f'<video controls playsinline preload="metadata" poster="{place}/thumbnail.jpg" aria-label="{safe(video.title)}">'
        f'<source src="{place}/video.mp4" type="video/mp4">'
        f'<track kind="captions" src="{place}/captions.vtt" srclang="{spoken}" label="{named}" default>'
        f"</video></div>"
    )


def downloads(video: VideoOf, language: Language) -> str:
    """What the video is, and its files."""
    assert video.result is not None
    place, name = f"studio/videos/{video.job.id}", quote(file_title(video))
    links = "".join(
        f'<a class="fetch" href="{place}/{file}?name={name}" download>{say(language, f"download.{kind}")}</a>'
        for kind, file in (("mp4", "video.mp4"), ("srt", "captions.srt"), ("wav", "speech.wav"))
        if (video.result.folder / file).is_file()
    )
    facts = f"{clock(video.result.duration)} · {video.result.width}×{video.result.height} · {video.result.size / 1e6:.1f} MB"
    return f'<p class="facts">{facts}</p><nav class="downloads">{links}</nav>'


def failed(job: Job, error: Exception, language: Language) -> str:
    """Why there is no video, and what to do."""
    return (
        f'<div class="screen broken" {_ratio(job.request.width, job.request.height)}><div class="work-inner">'
        f"<h3>{say(language, 'render.failed')}</h3>{error_box(safe(sentence(error, language)))}"  # type: ignore[arg-type]
        f'<p class="calm">{say(language, "render.failed.next")}</p></div></div>'
    )


def cancelled(job: Job, language: Language) -> str:
    return (
        f'<div class="screen broken" {_ratio(job.request.width, job.request.height)} role="status"><div class="work-inner">'
        f'<h3>{say(language, "render.cancelled")}</h3><p class="calm">{say(language, "render.cancelled.next")}</p></div></div>'
    )


def picture_of(avatar: str) -> str:
    """The address of the picture of an avatar as the form names it."""
    return f"studio/photos/{avatar.removeprefix(OWN)}" if avatar.startswith(OWN) else f"studio/assets/avatars/{avatar}.jpg"


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds + 0.5) // 60}:{int(seconds + 0.5) % 60:02}"


def file_title(video: VideoOf) -> str:
    """A name for downloads: the title without what file systems refuse."""
    name = "".join(c if c.isalnum() or c in " -_" else "" for c in video.title)
    return "-".join(name.split())[:60] or "video"


def _ratio(width: int, height: int) -> str:
    return f'style="--across:{width};--down:{height}"'

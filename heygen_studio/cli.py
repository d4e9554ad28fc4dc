"""The command line: a thin client of `heygen_studio.Studio`."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from . import cli_library, cli_server
from .errors import AgreementNeeded, BadInput, StudioError
from .input_file import read_text
from .memory import hand_back_large_blocks
from .progress import Cancelled
from .request import VideoRequest
from .terminal import Bars, agrees, out, print_rows
from .video.sizes import parse_size
from .video.video import Video

#: Exit codes: bad input or a missing piece; cancelled by the user (as shells count SIGINT).
BAD_INPUT, CANCELLED = 2, 130
#: Bytes of a text file that are read: more than any text that is allowed.
LONGEST_TEXT_FILE = 1_000_000

app = typer.Typer(
    name="heygen-studio",
    help="From a text prompt to a finished MP4 in which a digital human speaks it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
#: Base of what typer raises for a wrong option; typer carries its own copy of click in some versions.
UsageError: Any = typer.BadParameter.__base__


def main() -> None:
    """Run the command line. Errors are one sentence on stderr and exit code 2."""
    hand_back_large_blocks()
    try:
        code = _run()
    except StudioError as error:
        print(error, file=sys.stderr)
        code = BAD_INPUT
    except UsageError as error:
        print(error.format_message(), file=sys.stderr)
        code = BAD_INPUT
    except (Cancelled, typer.Abort, KeyboardInterrupt):
        print("Cancelled; nothing was left half-written.", file=sys.stderr, flush=True)
        os._exit(CANCELLED)  # a native call that still runs in its thread would abort a closing interpreter
    sys.exit(code)


def _run() -> Any:
    """Run the command, and again from where it stopped if the user agrees to the licence that it needs."""
    while True:
        try:
            return app(standalone_mode=False)
        except AgreementNeeded as error:
            if not agrees(error.name):
                raise


@app.command()
def render(
    prompt: Annotated[str | None, typer.Argument(help="What the video is about; a script is written from it.")] = None,
    text_file: Annotated[Path | None, typer.Option(help="Speak exactly the text of this UTF-8 file.")] = None,
    audio: Annotated[Path | None, typer.Option(help="Drive the face with this recording.")] = None,
    scenes: Annotated[
        Path | None, typer.Option(help="A .yaml, .jsonl or .csv file with the scenes of the video, one a row; see the README.")
    ] = None,
    listen: Annotated[bool, typer.Option("--listen", help="Make a silent loop of a listener, to be played on and on.")] = False,
    role: Annotated[
        str, typer.Option(help="Who speaks: presenter, news_anchor, tour_guide, teacher, ... ('heygen-studio roles').")
    ] = "presenter",
    tone: Annotated[str, typer.Option(help="How it should sound, e.g. 'calm and precise'.")] = "",
    audience: Annotated[str, typer.Option(help="Whom it is for.")] = "",
    language: Annotated[str | None, typer.Option(help="en or zh, found from the words when not given; others for a cloned voice.")] = None,
    fact: Annotated[list[str] | None, typer.Option(help="A fact the script must use; may be given several times.")] = None,
    ban: Annotated[list[str] | None, typer.Option(help="A word the script must not use; may be given several times.")] = None,
    seconds: Annotated[float, typer.Option(help="Wished length of a written script, or length of a listening loop.")] = 20.0,
    max_words: Annotated[int | None, typer.Option(help="Never more words than this.")] = None,
    writer: Annotated[str | None, typer.Option(help="Script engine: gguf:…, hub:owner/model or openai:model.")] = None,
    avatar: Annotated[
        str, typer.Option(help="A stock portrait, the path of a photo or of a video to be dubbed, or 'text:a friendly teacher'.")
    ] = "hopper",
    voice: Annotated[str | None, typer.Option(help="A voice id (see 'heygen-studio voices'), or xtts:recording.wav to clone one.")] = None,
    speed: Annotated[float, typer.Option(help="Speed of the voice, 0.5 to 1.5.")] = 1.0,
    size: Annotated[
        str, typer.Option(help="WIDTHxHEIGHT in pixels, or by name: '720p 16:9', '1080p 9:16', '1:1', '4:5', '5:4'.")
    ] = "512x512",
    background: Annotated[
        str, typer.Option(help="Behind the person: a colour (#1e90ff), blur, or the path of a picture; the photo's own when not given.")
    ] = "",
    scale: Annotated[float, typer.Option(help="Size of the person's part of the picture: 1 for all of it, 0.5 for half.")] = 1.0,
    offset_x: Annotated[float, typer.Option(help="Move that part to the right, by parts of the picture's width; negative: left.")] = 0.0,
    offset_y: Annotated[float, typer.Option(help="Move it down, by parts of the picture's height; negative: up.")] = 0.0,
    circle: Annotated[
        str, typer.Option(help="Cut it out round: 'photo' with the photo's own background in the circle, or a colour (#1e90ff).")
    ] = "",
    fps: Annotated[float, typer.Option(help="Frames a second.")] = 25.0,
    seed: Annotated[int, typer.Option(help="Same seed, same video.")] = 0,
    style: Annotated[str, typer.Option(help="How much head and brows move: still, natural or lively.")] = "natural",
    head_motion: Annotated[bool, typer.Option(help="Move the head, or hold it still while the face speaks.")] = True,
    expression: Annotated[str, typer.Option(help="neutral, warm, happy, serious, concerned or excited; auto follows the script.")] = "auto",
    expression_strength: Annotated[float, typer.Option(help="How much of it shows, 0 to 1.")] = 1.0,
    engine: Annotated[str, typer.Option(help="Renderer: mesh (any machine); wav2lip or musetalk (GPU; also for videos).")] = "mesh",
    captions: Annotated[bool, typer.Option("--captions", help="Draw the captions onto the picture too.")] = False,
    caption_position: Annotated[str, typer.Option(help="Where: bottom or top.")] = "bottom",
    caption_size: Annotated[float, typer.Option(help="Size of their letters, in parts of the video's shorter side.")] = 0.045,
    title: Annotated[str, typer.Option(help="Title in the file's metadata.")] = "",
    commercial: Annotated[bool, typer.Option("--commercial", help="Use only what paid work may use.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to put the MP4; captions go beside it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")] = False,
) -> None:
    """Make a video from a prompt, a text, a recording or scenes, or of a listener."""
    from .service.rows import read_scenes
    from .studio import Studio

    width, height = parse_size(size)
    request = VideoRequest.model_validate(
        {
            "prompt": prompt or "",
            "text": _words(text_file) if text_file else "",
            "audio": audio,
            "scenes": read_scenes(scenes) if scenes else (),
            "listen": listen,
            "role": role,
            "tone": tone,
            "audience": audience,
            "language": language,
            "facts": tuple(fact or ()),
            "banned_words": tuple(ban or ()),
            "seconds": seconds,
            "max_words": max_words,
            "writer": writer,
            "avatar": avatar,
            "voice": voice,
            "speed": speed,
            "width": width,
            "height": height,
            "background": background,
            "scale": scale,
            "offset_x": offset_x,
            "offset_y": offset_y,
            "circle": circle,
            "fps": fps,
            "seed": seed,
            "style": style,
            "head_motion": head_motion,
            "expression": expression,
            "expression_strength": expression_strength,
            "engine": engine,
            "captions": captions,
            "caption_position": caption_position,
            "caption_size": caption_size,
            "title": title,
            "commercial": commercial,
        }
    )
    with Bars() as bars:
        video = Studio().render(request, output=output, on_event=bars.show, cancel=bars.cancel)
    if as_json:
        print(json.dumps(_result(video), ensure_ascii=False, indent=1))
    else:
        _print_result(video)


@app.command()
def paint(
    prompt: Annotated[str, typer.Argument(help="Whom to paint: 'a friendly teacher in her forties'. English.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to put the best face (PNG); others go beside it as NAME-2, ...")],
    seed: Annotated[int, typer.Option(min=0, max=2**31, help="Other seeds give other faces.")] = 0,
    model: Annotated[str | None, typer.Option(help="A text-to-image model of diffusers: owner/name of the hub, or a folder.")] = None,
    commercial: Annotated[bool, typer.Option("--commercial", help="Refuse a model that paid work may not use.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Paint up to four faces from a description, to be used with --avatar. The best one comes first."""
    from .output import check_output
    from .portrait.candidates import copy_candidates
    from .studio import Studio

    check_output(output, ".png")
    with Bars() as bars:
        found = Studio().paint_avatar(prompt, seed=seed, model=model, commercial=commercial, on_event=bars.show, cancel=bars.cancel)
    rows = [{**asdict(face), "image": str(face.image)} for face in copy_candidates(found, output)]
    print_rows(rows, ("image", "seed", "width", "yaw", "score"), as_json)


@app.command()
def batch(
    jobs: Annotated[
        Path, typer.Argument(help="A .csv, .jsonl or .yaml file: one video a row, fields as in a request, and its output's name.")
    ],
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for the videos, their captions and the report.")],
    resume: Annotated[bool, typer.Option("--resume", help="Skip rows whose output was made from the same request.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Render nothing if any row cannot be used.")] = False,
    workers: Annotated[
        int | None, typer.Option(help="Videos made at the same time: 1 if not given; on a cluster one for each GPU or core.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(help="Render on the Ray cluster at this address, or 'auto' for the one that this machine is in.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON on stdout.")] = False,
) -> None:
    """Make a video of every row of a file. Exit code 0: all are there; 1: some failed; 2: none could be made, or the file is bad."""
    from .service.batch import run_batch
    from .service.rows import read_rows
    from .studio import Studio

    rows = read_rows(jobs)
    with Bars() as bars:
        report = run_batch(
            Studio(),
            rows,
            out_folder,
            workers=workers,
            cluster=cluster,
            resume=resume,
            strict=strict,
            on_row=lambda row: bars.advance("rows", len(rows), f"row {row.row}: {row.state}"),
            cancel=bars.cancel,
        )
    if as_json:
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
    else:
        table = [{**vars(row), "what": f"{row.field}: {row.error}" if row.field else row.error} for row in report.rows]
        print_rows(table, ("row", "output", "state", "duration", "what"), as_json)
    if bars.cancel.cancelled:
        raise Cancelled
    raise typer.Exit(report.exit_code)


app.command()(cli_server.serve)
app.command()(cli_server.worker)
app.add_typer(cli_server.keys, name="keys")
app.add_typer(cli_server.owners, name="owners")
app.add_typer(cli_library.library, name="library")


@app.command()
def roles(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """List the roles a script can be written for."""
    from .script.roles import ROLES

    rows = [{"name": name, "label": role.label["en"], "mood": role.mood, "pace": role.pace} for name, role in ROLES.items()]
    print_rows(rows, ("name", "label", "mood", "pace"), as_json)


@app.command()
def voices(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """List the voices."""
    from .speech import voices as catalogue

    rows = [asdict(voice) for voice in catalogue()]
    print_rows(rows, ("id", "label", "language", "gender", "licence", "commercial"), as_json)


@app.command()
def avatars(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """List the stock portraits. Any photo works too: give its path."""
    from .portrait import avatars as catalogue

    print_rows([asdict(avatar) for avatar in catalogue()], ("id", "label", "licence", "credit"), as_json)


@app.command()
def weights(
    fetch: Annotated[list[str] | None, typer.Option(help="Download this file now; 'default' for all that a first video needs.")] = None,
    agree: Annotated[list[str] | None, typer.Option(help="Agree to the licence of this model, and have that recorded.")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """List the model files with their licences, fetch some of them, or agree to a licence that asks for it."""
    from .weights import DEFAULTS, WEIGHTS, agreements, local_path
    from .weights import fetch as fetch_weight

    for name in agree or ():
        licence = agreements.licence_of(name)
        agreements.record(name)
        print(f"Recorded: you agree to the {licence.name} for {name}. {licence.says} ({licence.url})", file=sys.stderr)
    with Bars() as bars:
        for wanted in fetch or ():
            for name in DEFAULTS if wanted == "default" else (wanted,):
                if name not in WEIGHTS:
                    raise BadInput(f"There is no weight {name!r}: the names are {', '.join(WEIGHTS)}.")
                fetch_weight(name, on_event=bars.show, cancel=bars.cancel)
    rows = [
        {
            "name": weight.name,
            "purpose": weight.purpose,
            "licence": weight.licence,
            "commercial": weight.commercial,
            "agreement": ("given" if agreements.given(weight.name) else "needed") if weight.agreement else "",
            "MB": round(weight.size / 1e6, 1),
            "present": local_path(weight) is not None,
        }
        for weight in WEIGHTS.values()
    ]
    print_rows(rows, ("name", "purpose", "licence", "commercial", "agreement", "MB", "present"), as_json)


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Check this machine and say what is missing."""
    from .doctor import examine

    findings = examine()
    print_rows([asdict(finding) for finding in findings], ("check", "ok", "found"), as_json)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def _words(path: Path) -> str:
    """What is to be spoken, from a text file."""
    text = read_text(path, "text file", LONGEST_TEXT_FILE, "a text file")
    if not text.strip():
        raise BadInput(f"The text file {path} is empty: write into it what should be spoken.")
    return text


def _result(video: Video) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Path) else value for name, value in vars(video).items()}


def _print_result(video: Video) -> None:
    table = Table("stage", "seconds", "")
    stages = video.report["stages"]
    for stage, made in stages.items():
        table.add_row(stage, f"{made['seconds']:.2f}", "made before" if made["reused"] else "")
    table.add_row("total", f"{sum(made['seconds'] for made in stages.values()):.2f}", "")
    out.print(table)
    for note in video.report["notes"]:
        out.print(f"Note: {note}", markup=False)
    if video.report["script"]["text"]:
        out.print(video.report["script"]["text"], markup=False, highlight=False)
    print(f"{video.path} ({video.duration:.1f} s, {video.width}x{video.height}, {video.fps:g} fps)")

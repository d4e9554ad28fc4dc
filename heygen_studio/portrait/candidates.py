"""Painted faces: which of them can be made to speak, and which is the best."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from ..errors import BadInput, EngineUnavailable, OutputError
from ..progress import Cancel, Event, OnEvent
from ..stages import new_file
from ..weights import fetch
from .checks import EYES_SHUT, MAX_PITCH, MAX_ROLL, MAX_YAW, SHUT
from .headpose import face_width, head_pose
from .landmarks import FaceTracker
from .mouth import mouth_hidden
from .painter import Painter, Picture
from .portrait import Image

#: Raised whenever the same words and seed would paint or choose another face.
VERSION = 1

#: Faces that a user chooses from, and how many more seeds are tried to get them.
WANTED, FURTHER = 4, 4

#: A painted face can be asked for again, so it has to be better than a photo: degrees, and pixels from cheek to cheek.
PAINTED_YAW, PAINTED_WIDTH = 20, 180

#: Places of the blendshape jawOpen.
JAW_OPEN = 25


@dataclass(frozen=True)
class Candidate:
    """A painted face that can speak.

    image: a PNG whose text chunks say what it is; seed: paints it again; width: of the face in pixels; yaw: in degrees; score: 0 to 1,
    higher for a straight face with shut lips and open eyes.
    """

    image: Path
    seed: int
    width: float
    yaw: float
    score: float


def paint_candidates(painter: Painter, prompt: str, seed: int, folder: Path, on_event: OnEvent, cancel: Cancel) -> list[Candidate]:
    """Paint until `WANTED` faces can speak, or all seeds are used; the best comes first. Their pictures are left in ``folder``.

    Raises `EngineUnavailable`, with what was wrong with the pictures, if no face can speak.
    """
    tracker = FaceTracker(fetch("face-landmarker", on_event=on_event, cancel=cancel))
    found: list[Candidate] = []
    faults: Counter[str] = Counter()
    total = WANTED + FURTHER
    on_event(Event("portrait", 0, total, f"loading the painter {painter.model}"))
    for number in range(total):
        note = f"painting face {len(found) + 1} of {WANTED}"

        def on_step(part: float, number: int = number, note: str = note) -> None:
            on_event(Event("portrait", number + min(part, 0.99), total, note))

        picture = painter.paint(prompt, seed + number, on_step, cancel)
        try:
            if picture.blocked:
                raise BadInput("the model's own safety check has blackened it")
            width, yaw, score = judge(tracker, picture.image)
        except BadInput as fault:
            faults[str(fault)] += 1
            continue
        path = folder / f"{seed + number}.png"
        _save(picture, path, prompt, seed + number, painter.model)
        found.append(Candidate(path, seed + number, round(width, 1), round(yaw, 1), round(score, 3)))
        if len(found) == WANTED:
            break
    if not found:
        why = "; ".join(f"{count}x {fault}" for fault, count in faults.most_common())
        raise EngineUnavailable(
            f"None of the {total} pictures that {painter.model} painted of {prompt[:60]!r} shows a face that can speak ({why}): describe "
            f"one person in other words, or take another seed or model.",
            field="avatar",
        )
    return sorted(found, key=lambda candidate: -candidate.score)


def judge(tracker: FaceTracker, image: Image) -> tuple[float, float, float]:
    """Width in pixels, yaw in degrees and score of the one face in a painted picture. Raises `BadInput` with what is wrong with it."""
    faces = tracker.detect(image, small=False)
    if not faces:
        raise BadInput("there is no face")
    if len(faces) > 1:
        raise BadInput("there is more than one face")
    points, _ = tracker.mesh(image, faces[0])
    width, pose = face_width(points), head_pose(points)
    if width < PAINTED_WIDTH:
        raise BadInput(f"the face is less than {PAINTED_WIDTH} pixels wide")
    if abs(pose.yaw) >= PAINTED_YAW or abs(pose.pitch) > MAX_PITCH or abs(pose.roll) > MAX_ROLL:
        raise BadInput("the head is turned away")
    if mouth_hidden(tracker.face_mesh, image, points):
        raise BadInput("the mouth cannot be made out")
    shapes = tracker.blendshapes(points)
    turn = max(abs(pose.yaw) / MAX_YAW, abs(pose.pitch) / MAX_PITCH, abs(pose.roll) / MAX_ROLL)
    shut = min(1.0, float(min(shapes[list(EYES_SHUT)])) / SHUT)
    return width, pose.yaw, (1 - turn) * (1 - 0.5 * shut) * (1 - 0.5 * min(1.0, float(shapes[JAW_OPEN]) * 2))


def save_candidates(candidates: list[Candidate], prompt: str, model: str, path: Path) -> None:
    """Write the record of a painting beside its pictures."""
    rows = [{**asdict(candidate), "image": candidate.image.name} for candidate in candidates]
    path.write_text(json.dumps({"prompt": prompt, "model": model, "candidates": rows}, indent=1, ensure_ascii=False), encoding="utf-8")


def load_candidates(path: Path) -> tuple[Candidate, ...]:
    """The candidates of a record. Raises ValueError, KeyError, TypeError or OSError if it or a picture is damaged."""
    rows = json.loads(path.read_text(encoding="utf-8"))["candidates"]
    candidates = tuple(Candidate(**{**row, "image": path.parent / Path(row["image"]).name}) for row in rows)
    for candidate in candidates:
        with Pillow.open(candidate.image) as picture:
            picture.verify()
    if not candidates:
        raise ValueError(f"{path} holds no candidates")
    return candidates


def copy_candidates(candidates: Sequence[Candidate], output: Path) -> list[Candidate]:
    """Copy the pictures to ``output`` and, beside it, name-2.png and so on. Raises `OutputError`."""
    copies = []
    for number, candidate in enumerate(candidates, 1):
        target = output if number == 1 else output.with_name(f"{output.stem}-{number}.png")
        try:
            with new_file(target) as part:
                shutil.copyfile(candidate.image, part)
        except OSError as error:
            raise OutputError(f"The picture {target} cannot be written ({error.strerror}): choose another folder.") from error
        copies.append(replace(candidate, image=target))
    return copies


def _save(picture: Picture, path: Path, prompt: str, seed: int, model: str) -> None:
    about = PngInfo()
    tags = {"Software": "HeyGen Studio", "Comment": "AI-generated", "Description": prompt, "Model": model, "Seed": str(seed)}
    for name, value in tags.items():
        about.add_itxt(name, value)
    Pillow.fromarray(picture.image).save(path, pnginfo=about)

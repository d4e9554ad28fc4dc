"""prompt -> faces to choose from: painted once, checked, and kept."""

from __future__ import annotations

from pathlib import Path

from ..errors import BadInput
from ..progress import Cancel, OnEvent
from ..stages import StageStore, Turns, drop, key
from ..weights import refuse_commercial
from .candidates import VERSION, Candidate, load_candidates, paint_candidates, save_candidates
from .painter import FRAME, LONGEST, DiffusersPainter, licence_of


def check_words(prompt: str, model: str, commercial: bool) -> None:
    """Refuse what cannot be painted, without loading any model. Raises `BadInput`."""
    words = prompt.strip()
    if not words:
        raise BadInput("Nothing says whom to paint: describe a person, such as text:a friendly teacher in her forties.", field="avatar")
    if len(words) > LONGEST:
        raise BadInput(
            f"The description of the face has {len(words)} characters, and the painter reads {LONGEST} at most: shorten it.", field="avatar"
        )
    if commercial:
        painter = licence_of(model)
        refuse_commercial(f"The painter {painter.name}", painter, "name another model in HEYGEN_STUDIO_PAINTER", field="avatar")


def paint(
    prompt: str,
    *,
    seed: int,
    commercial: bool,
    model: str,
    store: StageStore,
    turns: Turns,
    on_event: OnEvent,
    cancel: Cancel,
) -> tuple[Candidate, ...]:
    """Up to four faces of ``prompt`` that can speak, the best first; those of before if the same was painted before.

    Raises `BadInput` (words, licence), `EngineUnavailable` (no diffusers, no memory, no usable face), `WeightsError`, `Cancelled`.
    """
    prompt = " ".join(prompt.split())
    check_words(prompt, model, commercial)

    def make(folder: Path) -> None:
        painter = DiffusersPainter(model, on_event, cancel)
        found = paint_candidates(painter, prompt, seed, folder, on_event, cancel)
        save_candidates(found, prompt, model, folder / "candidates.json")

    work = key(version=VERSION, prompt=prompt, frame=FRAME, model=model, seed=seed)
    with turns.take(work, cancel):
        folder, reused = store.folder("painting", work, make)
        try:
            return load_candidates(folder / "candidates.json")
        except (OSError, ValueError, KeyError, TypeError):
            if not reused:
                raise
            drop(folder)
            folder, _ = store.folder("painting", work, make)
            return load_candidates(folder / "candidates.json")

"""Rows of a batch from a CSV, JSON Lines or YAML file: read and checked before anything is rendered."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..errors import BadInput, StudioError
from ..input_file import read_text
from ..request import Scene, VideoRequest, scene_error
from ..video.sizes import parse_size
from .check import check
from .files import map_scene, seen_from, with_paths_from
from .template import fill, variables

#: Limits of one file.
MAX_BYTES, MAX_ROWS = 20_000_000, 10_000
#: The fields in which ``{column}`` stands for the row's value.
TEMPLATES = ("text", "prompt", "title")
#: The fields that hold several values; in a CSV cell they are separated by this sign.
LISTS, SEPARATOR = ("facts", "banned_words"), "|"
#: The fields that hold objects, of which a CSV cell can hold none.
NESTED = ("lines", "scenes")
#: A column that stands for width and height: "720p 9:16".
SIZE = "size"
#: Bytes of an output's name, so that the names of its temporary files fit the usual 255 bytes.
LONGEST_NAME = 200
#: What separates the cells of a CSV: spreadsheets write what is usual in their country.
DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Row:
    """One line of a batch. number: counted from 1, as people count (a CSV's heading does not count).

    Either ``request`` and ``output`` (a file name) are there, or ``error`` says in one sentence why not and ``field`` where.
    """

    number: int
    output: str
    request: VideoRequest | None
    field: str = ""
    error: str = ""


def read_rows(path: Path, resolve: Callable[[VideoRequest], VideoRequest] | None = None) -> list[Row]:
    """The rows of a .csv, .jsonl or .yaml file. Paths in it (avatar, audio) are relative to its folder.

    resolve: what the files that a row names really are, for rows of people who must not name paths of this machine.
    Rows that cannot be used come with their error. Raises `BadInput` if the file as a whole cannot be read.
    """
    folder = path.absolute().parent
    return list(_checked(_read_cells(path), resolve or (lambda request: with_paths_from(request, folder))))


def read_scenes(path: Path) -> tuple[Scene, ...]:
    """The scenes of one video from a .csv, .jsonl or .yaml file, one a row; paths in it are relative to its folder.

    Raises `BadInput`, which names the first scene that cannot be used.
    """
    folder = path.absolute().parent
    scenes = []
    for number, cells in enumerate(_read_cells(path)):
        try:
            if isinstance(cells, _BadRow):
                raise BadInput(cells.reason, field=cells.field)
            given = _split({name: value for name, value in cells.items() if value not in ("", None, [])})
            scenes.append(map_scene(Scene.model_validate(given), lambda file: seen_from(folder, file)))
        except BadInput as error:
            raise scene_error(error, number) from None
    return tuple(scenes)


def _read_cells(path: Path) -> list[_Cells]:
    kind = path.suffix.lower()
    if kind not in _READERS:
        raise BadInput(f"The file {path} is not of a known kind: give a .csv, .jsonl, .yaml or .yml file.")
    text = read_text(path, "batch", MAX_BYTES, "a CSV, JSON Lines or YAML file")
    cells = list(_READERS[kind](text, path))
    if not cells:
        raise BadInput(f"The file {path} has no rows: write one for each video or scene.")
    if len(cells) > MAX_ROWS:
        raise BadInput(f"The file {path} has {len(cells):,} rows, and at most {MAX_ROWS:,} are allowed: split it.")
    return cells


class _BadRow(Exception):
    """A row that cannot be used: the field and the reason."""

    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason


#: What a reader yields: the row's cells, or why they cannot be read.
_Cells = dict[str, Any] | _BadRow


def _read_csv(text: str, path: Path) -> Iterator[_Cells]:
    text, delimiter = _delimited(text)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        heading = _without_end([name.strip() for name in next(lines, [])])
        twice = [name or "(no name)" for name, count in Counter(heading).items() if count > 1 or not name]
        if twice:
            raise BadInput(f"The heading of {path} names {twice[0]!r} more than once or leaves a name out: give every column its own name.")
        for cells in map(_without_end, lines):
            if not cells:
                continue
            if len(cells) > len(heading):
                yield _BadRow(
                    "", f"it has {len(cells)} cells, but the heading has {len(heading)}: put quotes around cells with {delimiter!r}."
                )
            else:
                yield dict(zip(heading, cells, strict=False))
    except csv.Error as error:
        raise BadInput(f"The batch {path} is not a CSV file that can be read (near line {lines.line_num}): {error}.") from error


def _delimited(text: str) -> tuple[str, str]:
    """The lines of a CSV and what separates their cells: what a first line "sep=;" says, or else what the heading uses most."""
    first, _, rest = text.partition("\n")
    if re.fullmatch(f"sep=[{DELIMITERS}]", first.strip('\r "')):
        return rest, first.strip('\r "')[-1]
    return text, max(DELIMITERS, key=first.count)


def _without_end(cells: list[str]) -> list[str]:
    """The cells without the empty ones at the end, which spreadsheets add."""
    filled = [number for number, cell in enumerate(cells, 1) if cell.strip()]
    return cells[: max(filled, default=0)]


def _read_jsonl(text: str, path: Path) -> Iterator[_Cells]:
    for line in re.split(r"\r?\n", text):  # not splitlines: JSON strings may hold other line separators
        if not line.strip():
            continue
        try:
            yield _mapping(json.loads(line))
        except json.JSONDecodeError as error:
            yield _BadRow("", f"it is not JSON (at character {error.colno}: {error.msg}): write one object in one line.")
        except RecursionError:
            yield _BadRow("", "it is nested too deeply: write one flat object in one line.")


class _PlainLoader(yaml.BaseLoader):
    """Every scalar stays the text it is: "No" is no boolean, 9:30 no number. No aliases, with which a few lines can mean gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.composer.ComposerError(problem=f"*{event.anchor} is an alias: write its value out", problem_mark=event.start_mark)
        return super().compose_node(parent, index)


def _read_yaml(text: str, path: Path) -> Iterator[_Cells]:
    try:
        rows = yaml.load(text, _PlainLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        where = getattr(error, "problem_mark", None)
        line = f" (line {where.line + 1})" if where else ""
        raise BadInput(
            f"The batch {path} is not YAML that can be read{line}: {getattr(error, 'problem', None) or 'it is malformed'}."
        ) from error
    if not isinstance(rows, list):
        raise BadInput(f"The batch {path} is not a list: write one item ('- text: ...') for each video.")
    for row in rows:
        cells = _mapping(row)
        yield {n: None if v in ("null", "~") else v for n, v in cells.items()} if isinstance(cells, dict) else cells


_READERS = {".csv": _read_csv, ".jsonl": _read_jsonl, ".yaml": _read_yaml, ".yml": _read_yaml}


def _mapping(row: Any) -> _Cells:
    """An object that is flat but for the fields that hold others, or what is wrong with it."""
    if not isinstance(row, dict):
        return _BadRow("", "it is not an object with fields: write the fields of a request with their values.")
    for name, value in row.items():
        if name in NESTED:
            continue
        items = value if isinstance(value, list) else [value]
        if not isinstance(name, str) or any(isinstance(item, dict | list) for item in items):
            return _BadRow(str(name)[:60], "it is nested, which no field takes: write a single value or a list of values.")
    return row


def _checked(rows: list[_Cells], resolve: Callable[[VideoRequest], VideoRequest]) -> Iterator[Row]:
    given = [{n: v for n, v in cells.items() if v not in ("", None, [])} if isinstance(cells, dict) else cells for cells in rows]
    used = {name for cells in given if isinstance(cells, dict) for name in _used(cells)}
    digits = len(str(len(rows)))
    taken: dict[str, int] = {}
    for number, cells in enumerate(given, 1):
        output = f"{number:0{digits}}.mp4"
        try:
            if isinstance(cells, _BadRow):
                raise cells
            output = _output(cells.get("output", output))
            if (other := taken.setdefault(output.casefold(), number)) != number:
                raise _BadRow("output", f"{output!r} is the output of row {other} already: give every row its own name.")
            yield Row(number, output, _request(cells, used, resolve))
        except _BadRow as bad:
            yield Row(number, output, None, bad.field, bad.reason)


def _used(cells: dict[str, Any]) -> set[str]:
    """The columns that the row's templates name; none for a malformed template, which is refused later."""
    names: set[str] = set()

    def note(template: str) -> str:
        with suppress(BadInput):
            names.update(variables(template))
        return template

    _with_templates(cells, note)
    return names


def _with_templates(cells: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """The cells with every template in them, also in scenes and lines, passed through ``change``."""
    changed = {name: change(value) if name in TEMPLATES and isinstance(value, str) else value for name, value in cells.items()}
    for name in NESTED:
        if isinstance(items := cells.get(name), list):
            changed[name] = [_with_templates(item, change) if isinstance(item, dict) else item for item in items]
    return changed


def _split(cells: dict[str, Any]) -> dict[str, Any]:
    """The cells with the lists that stand in one cell of a CSV taken apart."""
    apart = {
        name: tuple(item.strip() for item in value.split(SEPARATOR) if item.strip())
        for name, value in cells.items()
        if name in LISTS and isinstance(value, str)
    }
    return {**cells, **apart}


def _output(name: Any) -> str:
    text = unicodedata.normalize("NFC", str(name).strip())
    if not text.lower().endswith(".mp4"):
        text += ".mp4"
    if not text.isprintable() or re.search(r'^\.|[/\\:*?"<>|]', text) or len(text.encode()) > LONGEST_NAME:
        raise _BadRow("output", f"{str(name)[:60]!r} cannot be a file's name: write a plain name of at most {LONGEST_NAME} bytes.")
    return text


def _request(cells: dict[str, Any], used: set[str], resolve: Callable[[VideoRequest], VideoRequest]) -> VideoRequest:
    fields = VideoRequest.model_fields
    unknown = [name for name in cells if name not in fields and name not in ("output", SIZE) and name not in used]
    if unknown:
        raise _BadRow(unknown[0], f"no field has this name and no text uses {{{unknown[0]}}}: correct the name or remove the column.")
    wanted = {name: value for name, value in cells.items() if name in fields}
    values = {name: str(value) for name, value in cells.items() if name not in (*TEMPLATES, *NESTED)}
    for name in (*TEMPLATES, *NESTED):
        if name in wanted:
            try:
                wanted.update(_with_templates({name: wanted[name]}, lambda template: fill(template, values)))
            except BadInput as error:
                raise _BadRow(name, str(error)) from None
    wanted = _split(wanted)
    try:
        if SIZE in cells and SIZE not in used:
            wanted["width"], wanted["height"] = parse_size(str(cells[SIZE]))
        request = resolve(VideoRequest.model_validate(wanted))
        check(request)
    except StudioError as error:
        raise _BadRow(error.field, str(error)) from None
    return request

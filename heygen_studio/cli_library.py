"""The commands around the results: library list, export, delete and prune."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from .errors import BadInput
from .terminal import print_rows

library = typer.Typer(help="The results of this data folder: list, export, delete and retention.", no_args_is_help=True)


@library.command("list")
def list_results(
    search: Annotated[str, typer.Option(help="Words that must all stand in the title or the text.")] = "",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """List the results, the newest first."""
    from .service.library import Library, as_row
    from .settings import settings

    rows = [as_row(result) for result in Library(settings()).results(search)]
    for row in rows:
        row["made"] = datetime.fromtimestamp(row["created"]).astimezone().isoformat(" ", "minutes")
    print_rows(rows, ("id", "title", "made", "duration", "size", "fault"), as_json)


@library.command()
def export(id: Annotated[str, typer.Argument()], target: Annotated[Path, typer.Argument(help="The zip to write.")]) -> None:
    """Write all files of a result into a zip."""
    from .service.library import Library
    from .settings import settings

    Library(settings()).export(id, target)


@library.command()
def delete(id: Annotated[str, typer.Argument()]) -> None:
    """Delete a result for good, with the finished stages that only it was made from."""
    from .service.library import Library
    from .settings import settings

    Library(settings()).delete(id)


@library.command()
def prune(
    keep_days: Annotated[float | None, typer.Option(help="Remove what is older.")] = None,
    max_mb: Annotated[
        float | None, typer.Option(help="Then remove finished stages, and then the oldest results, down to this size.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Remove old results and finished stages."""
    from .service.library import Library
    from .settings import settings

    if keep_days is None and max_mb is None:
        raise BadInput("Nothing says what may go: give --keep-days, --max-mb or both.")
    pruned = Library(settings()).prune(keep_days=keep_days, max_bytes=None if max_mb is None else max_mb * 1e6)
    print_rows([vars(pruned)], ("results", "stages", "kept_in_use", "size"), as_json)

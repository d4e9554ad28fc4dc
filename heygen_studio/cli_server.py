"""The commands around the server: serve, worker, keys, owners."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from .terminal import print_rows

owners = typer.Typer(help="All that is kept of one owner: a holder of keys, or a visitor of the web app.", no_args_is_help=True)
keys = typer.Typer(help="The keys with which programs use the HTTP API.", no_args_is_help=True)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all of this machine's.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 for any that is free.")] = 7860,
    workers: Annotated[int, typer.Option(min=0, max=64, help="Videos made at the same time; 0 if `worker` runs elsewhere.")] = 1,
    web: Annotated[bool, typer.Option("--web/--api-only", help="Serve the web app too.")] = True,
) -> None:
    """Serve the web app and the HTTP API, and make the videos that they are asked for. SIGTERM or Ctrl-C parks them."""
    from .service.logs import set_up_logs
    from .service.serve import serve as run
    from .settings import settings

    set_up_logs(settings().log_json)
    run(settings(), host=host, port=port, workers=workers, web=web)


def worker(
    until_idle: Annotated[bool, typer.Option("--until-idle", help="End when no job waits.")] = False,
    attached: Annotated[bool, typer.Option("--attached", help="End when standard input does.")] = False,
) -> None:
    """Render the queued jobs of the data folder, one after the other. SIGTERM parks the job at hand."""
    from .service.logs import set_up_logs
    from .service.worker import run_worker
    from .settings import settings

    set_up_logs(settings().log_json)
    finished = run_worker(settings(), until_idle=until_idle, attached=attached)
    if not attached:
        print(f"{finished} jobs were finished.", file=sys.stderr, flush=True)
    os._exit(0)  # a native call of a parked render may still run in its thread and would abort a closing interpreter


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    owner: Annotated[str | None, typer.Option(help="Whose videos it opens; absent: those of the key's name.")] = None,
) -> None:
    """Make a key and print it. It is shown only now."""
    from .service.api.keys import Keys
    from .settings import settings

    key, text = Keys(settings()).create(name, owner)
    print(f"The key {key.id} opens the videos of {key.owner}. Keep it: it is not shown again.", file=sys.stderr)
    print(text)


@keys.command("list")
def list_keys(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """List the keys."""
    from .service.api.keys import Keys
    from .settings import settings

    print_rows([_row(key) for key in Keys(settings()).list()], ("id", "name", "owner", "made", "revoked"), as_json)


@keys.command("revoke")
def revoke_key(id: Annotated[str, typer.Argument(help="The id of the key, see `keys list`.")]) -> None:
    """Make a key useless from now on."""
    from .service.api.keys import Keys
    from .settings import settings

    Keys(settings()).revoke(id)


@owners.command("export")
def export_owner(
    owner: Annotated[str, typer.Argument(help="Whose data.")], target: Annotated[Path, typer.Argument(help="The zip to write.")]
) -> None:
    """Write all that is kept of an owner into a zip: jobs, results, previews and uploads."""
    from .service.jobs import Jobs
    from .service.owner import export_owner as export
    from .service.uploads import Uploads
    from .settings import settings

    export(owner, target, settings(), Jobs(settings()), Uploads(settings()))


@owners.command("delete")
def delete_owner(owner: Annotated[str, typer.Argument(help="Whose data.")]) -> None:
    """Remove all that is kept of an owner for good: jobs, results, previews, uploads and webhooks. Their keys stay, see `keys revoke`."""
    from .service.api.account import delete_all
    from .service.api.services import open_services
    from .settings import settings

    jobs = delete_all(owner, open_services(settings()))
    print(f"{jobs} jobs and all that belonged to them were removed.", file=sys.stderr)


def _row(key: Any) -> dict[str, Any]:
    return {**vars(key), "made": _day(key.created), "revoked": _day(key.revoked) if key.revoked else ""}


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().isoformat(" ", "minutes")

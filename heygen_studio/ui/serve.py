"""Launch the web app: who may come in, how much they may send, and the workers that render what they ask for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.middleware import Middleware

from ..errors import BadInput
from ..service.serve import Crew
from ..settings import Settings
from .assets import ASSETS
from .build import build
from .desk import Desk
from .early_script import EarlyScript
from .files import routes
from .header import HEAD
from .theme import theme
from .visitors import Visitors
from .words import i18n

if TYPE_CHECKING:
    import gradio as gr

#: Events that may wait; a visitor more is told to come back later.
MOST_WAITING = 200


def launch(where: Settings, **options: Any) -> None:
    """Open the web app and wait until it is closed, with ``where.renderers`` workers beside it.

    It is seen from this machine alone unless GRADIO_SERVER_NAME says otherwise. options: for Gradio's own ``launch``.
    Raises `BadInput` for a login setting that cannot be used, `OutputError` if the data folder cannot.
    """
    blocks, desk = open_app(where)
    wanted = {**launch_options(desk), **options}
    crew = Crew(where, where.renderers)
    crew.start()
    try:
        blocks.launch(**wanted)
    finally:
        crew.stop()


def open_app(where: Settings) -> tuple[gr.Blocks, Desk]:
    """The pages with their queue, and the services behind them. Raises `OutputError` if the data folder cannot be used."""
    for name, value in _gradio_settings(where).items():
        os.environ.setdefault(name, value)
    desk = Desk(where)
    blocks = build(desk)
    blocks.queue(max_size=MOST_WAITING, default_concurrency_limit=8)
    desk.warm_up()
    return blocks, desk


def _gradio_settings(where: Settings) -> dict[str, str]:
    """What Gradio reads from the environment alone."""
    return {
        "GRADIO_TEMP_DIR": str(where.data / "browser"),  # uploads stay where the rest is, not in a shared /tmp
        "GRADIO_ANALYTICS_ENABLED": "False",
        # It sums up the times of all its events after every single one, for a page that nobody is shown.
        "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000",
        "GRADIO_ANALYTICS_MAX_EVENTS": "100",
    }


def launch_options(desk: Desk) -> dict[str, Any]:
    """What ``launch`` and ``mount_gradio_app`` are told alike."""
    return {
        "theme": theme(),
        "css": _css(),
        "i18n": i18n(),
        "auth": logins(desk.settings.login) or None,
        "favicon_path": str(ASSETS / "theme" / "icon.png"),
        "footer_links": [],
        "run_history": False,  # it would keep faces and voices in the browser, where the next person finds them
        "allowed_paths": [],
        "max_file_size": desk.settings.upload_mb * 1_000_000,
        "show_error": False,
        "app_kwargs": {"routes": routes(desk), "middleware": [Middleware(Visitors), Middleware(EarlyScript, script=HEAD)]},
    }


def logins(setting: str) -> list[tuple[str, str]]:
    """Names and passwords from ``HEYGEN_STUDIO_LOGIN``. Raises `BadInput` for one that is not "name:password"."""
    pairs = [tuple(pair.strip().partition(":")[::2]) for pair in setting.split(",") if pair.strip()]
    if any(not name or not password for name, password in pairs):
        raise BadInput('The environment variable HEYGEN_STUDIO_LOGIN cannot be used: write "name:password", several with commas between.')
    return pairs  # type: ignore[return-value]


def _css() -> str:
    return (Path(ASSETS) / "theme" / "studio.css").read_text(encoding="utf-8")

"""The page on which the API can be read and tried. FastAPI's own takes its scripts from the internet; these come along."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

PAGE, SCRIPTS = "/api/docs", "/api/docs/files"


def add_docs(app: FastAPI) -> None:
    """Serve Swagger UI for the document of ``app`` at `PAGE`."""
    app.mount(SCRIPTS, StaticFiles(directory=str(files("fastapi_offline") / "static")))

    @app.get(PAGE, include_in_schema=False)
    def page() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=app.openapi_url or "",
            title=app.title,
            swagger_js_url=f"{SCRIPTS}/swagger-ui-bundle.js",
            swagger_css_url=f"{SCRIPTS}/swagger-ui.css",
            swagger_favicon_url=f"{SCRIPTS}/favicon.png",
        )

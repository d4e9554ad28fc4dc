"""The page on which the API can be tried works on a machine without the internet."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.testclient import TestClient


def test_the_page_takes_everything_from_this_server(app: FastAPI) -> None:
    client = TestClient(app)  # without a key
    page = client.get("/api/docs")
    assert page.status_code == 200
    named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(named) == 3
    for address in named:
        assert not urlsplit(address).netloc
        assert client.get(address).status_code == 200

"""What a visitor may ask for."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from heygen_studio import BadInput, VideoRequest
from heygen_studio.service.uploads import CONSENT, Uploads
from heygen_studio.settings import settings
from heygen_studio.ui.border import permitted


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(replace(settings(), data=tmp_path))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"avatar": "/etc/passwd"}, "avatar"),
        ({"avatar": "../../me.jpg"}, "avatar"),
        ({"avatar": "own:0123456789abcdef0123456789abcdef"}, "avatar"),
        ({"background": "/etc/passwd.png"}, "background"),
        ({"audio": "/etc/passwd", "text": ""}, "audio"),
        ({"voice": "coqui:/models/theirs.pth"}, "voice"),
        ({"text": "", "scenes": [{"text": "Hello.", "voice": "coqui:/models/theirs.pth"}]}, "scenes.0.voice"),
        ({"writer": "gguf:/models/theirs.gguf"}, "writer"),
    ],
)
def test_paths_and_models_of_this_machine_are_refused(fields: dict[str, Any], field: str, uploads: Uploads) -> None:
    with pytest.raises(BadInput) as error:
        permitted(VideoRequest.model_validate({"text": "Hello.", **fields}), uploads, "ann")
    assert error.value.field == field


def test_an_upload_is_found_by_its_owner_alone(uploads: Uploads, face: Path) -> None:
    kept = uploads.add(io.BytesIO(face.read_bytes()), owner="ann", name="ann.jpg", consent=CONSENT, kind="photo")
    for name in (f"own:{kept.id}", "ann.jpg", "ann"):
        request = VideoRequest(text="Hello.", avatar=name)
        assert permitted(request, uploads, "ann").avatar == str(kept.file)
        with pytest.raises(BadInput):
            permitted(request, uploads, "bob")

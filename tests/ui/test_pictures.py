"""The pictures that explain a video."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from heygen_studio import BadInput
from heygen_studio.ui.details import details_html
from heygen_studio.ui.serve import logins

from .conftest import Running, secret_of


def test_the_contact_sheet_shows_ten_moments_of_the_video(studio: Running, anns_video: str) -> None:
    sheet = np.asarray(Image.open(io.BytesIO(studio.get("ann", f"videos/{anns_video}/sheet.jpg").content)))
    pictures = [sheet[row * 246 : row * 246 + 240, column * 246 : column * 246 + 240] for row in range(2) for column in range(5)]
    assert all(picture.std() > 20 for picture in pictures)  # faces, not an empty place
    assert any(np.abs(pictures[0].astype(int) - other).mean() > 1 for other in pictures[1:])  # of different moments


def test_the_details_draw_the_sound_with_its_words_and_never_show_a_path(studio: Running, anns_video: str) -> None:
    import hashlib

    owner = "visitor-" + hashlib.sha256(secret_of("ann").encode()).hexdigest()[:40]
    page = details_html(studio.desk.video(anns_video, owner), "en")
    assert 'class="wave"' in page and page.count('class="shape"') > 10
    assert all(f">{word}</text>" in page for word in ("Good", "morning", "everybody"))
    assert str(studio.where.data) not in page


def test_logins_are_read_from_one_setting() -> None:
    assert logins("") == []
    assert logins("ann:se:cret, bob:x") == [("ann", "se:cret"), ("bob", "x")]
    for wrong in ("ann", "ann:", ":secret"):
        with pytest.raises(BadInput, match="HEYGEN_STUDIO_LOGIN"):
            logins(wrong)

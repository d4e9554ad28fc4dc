from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heygen_studio.frames.mesh.light import LUMA
from heygen_studio.frames.mesh.rig import prepare_rig
from heygen_studio.frames.mesh.tone import read_tone

from ..conftest import Face

SEPIA = np.array([1.08, 0.98, 0.8])


@pytest.mark.parametrize(("tint", "off"), [(np.ones(3), 1), (SEPIA, 6)], ids=["black and white", "sepia"])
def test_the_mouth_of_a_photo_without_colours_has_none(astronaut, tint, off):
    grey = astronaut.portrait.image @ LUMA
    portrait = replace(astronaut.portrait, image=np.clip(grey[..., None] * tint, 0, 255).astype(np.uint8))
    face = Face(portrait, prepare_rig(portrait))
    for frame in face.draw("aa", "th", "pbm"):
        mouth = frame[face.box((13, 14, 78, 308), 4)].astype(float)
        assert np.abs(mouth - np.minimum((mouth @ LUMA / (tint @ LUMA))[..., None] * tint, 255)).max() <= off


def test_photos_in_colour_keep_theirs(face):
    assert read_tone(face.portrait.image, face.portrait.landmarks) is None

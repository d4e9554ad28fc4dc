from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from heygen_studio.frames.mesh.engine import MeshEngine
from heygen_studio.frames.mesh.rig import FrameDrawer
from heygen_studio.frames.mesh.rig_store import load_rig, rig_key, save_rig
from heygen_studio.portrait import load_portrait, save_portrait

from ..conftest import motion


def test_a_rig_from_disk_draws_the_same_frames(face, tmp_path):
    key = rig_key(face.portrait)
    save_rig(tmp_path, key, face.rig)
    started = time.process_time()
    again = load_rig(tmp_path, key)
    assert time.process_time() - started < 0.25  # seconds; a tenth of that on a machine at rest
    moves = motion("aa", "th", blink=[0, 0.6], pose=[[2, 3, 1], [-2, 1, 0]], slant=2.0, smile=0.5)
    drawers = FrameDrawer(face.rig), FrameDrawer(again)
    for row in range(2):
        one, other = (drawer.draw(moves, row) for drawer in drawers)
        assert np.array_equal(one, other)
    assert again.deformer.mesh is again.mesh


def test_the_key_follows_the_portrait(hopper, astronaut):
    portrait = hopper.portrait
    brighter = replace(portrait, image=np.minimum(portrait.image, 254) + 1)
    assert len({rig_key(p) for p in (portrait, brighter, astronaut.portrait, replace(portrait, magnification=3.0))}) == 4
    assert rig_key(portrait) == rig_key(replace(portrait, image=portrait.image.copy()))


def test_missing_damaged_and_forged_files_are_prepared_anew(hopper, tmp_path):
    assert load_rig(tmp_path, "none") is None
    (tmp_path / "rig-cut.npz").write_bytes(b"PK\x03\x04 cut short")
    assert load_rig(tmp_path, "cut") is None
    forged = '{"module": "subprocess", "class": "Popen", "number": 0, "fields": {"args": "true"}}'
    np.savez(tmp_path / "rig-forged.npz", tree=np.array(forged))
    assert load_rig(tmp_path, "forged") is None


def test_a_portrait_keeps_one_rig_and_a_place_that_takes_none_stops_nobody(hopper, tmp_path):
    for key in ("a", "b"):
        save_rig(tmp_path, key, hopper.rig)
    assert [path.name for path in tmp_path.iterdir()] == ["rig-b.npz"]
    save_rig(tmp_path / "deleted", "a", hopper.rig)
    assert not (tmp_path / "deleted").exists()


def test_a_face_is_kept_nowhere_but_beside_its_portrait(hopper, tmp_path):
    save_portrait(hopper.portrait, tmp_path / "portrait.npz")
    portrait = load_portrait(tmp_path / "portrait.npz")
    rig = MeshEngine().rig(portrait)
    (kept,) = tmp_path.glob("rig-*.npz")
    before = kept.stat().st_mtime_ns
    assert MeshEngine().rig(portrait).mesh.texture.tobytes() == rig.mesh.texture.tobytes()
    assert kept.stat().st_mtime_ns == before  # read, not made again

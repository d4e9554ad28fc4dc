from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from heygen_studio.frames.mesh import rig_store
from heygen_studio.frames.mesh.rig import FrameDrawer
from heygen_studio.frames.mesh.rig_store import load_rig, rig_key, save_rig

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
    (tmp_path / "cut.npz").write_bytes(b"PK\x03\x04 cut short")
    assert load_rig(tmp_path, "cut") is None
    forged = '{"module": "subprocess", "class": "Popen", "number": 0, "fields": {"args": "true"}}'
    np.savez(tmp_path / "forged.npz", tree=np.array(forged))
    assert load_rig(tmp_path, "forged") is None


def test_only_the_newest_rigs_stay_and_a_disk_that_takes_none_stops_nobody(hopper, tmp_path, monkeypatch):
    monkeypatch.setattr(rig_store, "KEPT", 2)
    for key in ("a", "b", "c"):
        save_rig(tmp_path / "rigs", key, hopper.rig)
    assert len(list((tmp_path / "rigs").iterdir())) == 2
    (tmp_path / "file").write_text("")
    save_rig(tmp_path / "file", "a", hopper.rig)

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

import heygen_studio
from heygen_studio.frames.mesh.warp import TEXELS, Band, MeshWarp, fine_texture, lay_over, rasterise, sample


def test_every_second_texel_is_a_pixel_of_the_photo():
    photo = np.random.default_rng(0).integers(0, 256, (20, 30, 4)).astype(np.float32)
    photo[..., 3] = 255
    assert np.array_equal(fine_texture(photo, ())[::TEXELS, ::TEXELS], photo.astype(np.uint8))


@pytest.mark.parametrize("grain", [0.5, 1.2])
def test_skin_is_as_sharp_between_its_pixels_as_on_them(grain):
    """Fine as canvas or coarse as pores."""
    noise = cv2.GaussianBlur(np.random.default_rng(0).standard_normal((90, 90)).astype(np.float32), (0, 0), grain)
    photo = np.repeat((128 + 12 * noise / noise.std())[..., None], 4, axis=2)
    photo[..., 3] = 255
    skin = np.array([[10.0, 10.0], [80.0, 10.0], [80.0, 80.0], [10.0, 80.0]])
    texture = fine_texture(photo, (skin,))
    rows, columns = np.mgrid[15:75, 15:75].astype(np.float32) * TEXELS

    def detail(shift):
        seen = sample(texture, columns + np.float32(shift[0] * TEXELS), rows + np.float32(shift[1] * TEXELS))[..., 0].astype(np.float32)
        return np.abs(seen - cv2.GaussianBlur(seen, (0, 0), 2)).mean()

    shifted = [detail(shift) for shift in np.random.default_rng(1).uniform(0, 1, (20, 2))]
    assert np.mean(shifted) == pytest.approx(detail((0, 0)), rel=0.05)


def test_neighbouring_triangles_leave_no_crack():
    corners = np.array([[-1.0, -1.0], [31.3, -1.0], [-1.0, 21.7], [31.3, 21.7], [14.2, 9.1]])
    triangles = np.array([[0, 1, 4], [1, 3, 4], [3, 2, 4], [2, 0, 4]], np.int32)
    across, down = np.full((2, 20, 30), np.nan, np.float32)
    rasterise(corners, corners, triangles, across, down)
    columns, rows = np.meshgrid(np.arange(30), np.arange(20))
    assert np.allclose(across, columns, atol=1e-3) and np.allclose(down, rows, atol=1e-3)


def test_a_mesh_at_rest_shows_the_texture_itself():
    photo = np.random.default_rng(1).integers(0, 256, (40, 60, 4)).astype(np.float32)
    photo[..., 3] = 255
    corners = np.array([[-8.0, -8.0], [68.0, -8.0], [-8.0, 48.0], [68.0, 48.0]])
    triangles = np.array([[0, 1, 2], [1, 3, 2]], np.int32)
    frame, background = np.zeros((40, 60, 3), np.uint8), np.full((40, 60, 3), 9, np.uint8)
    boxes = ((6, 4, 55, 17), (3, 17, 48, 37))
    bands = tuple(Band(box, np.arange(2), np.arange(4), slow=False) for box in boxes)
    MeshWarp(bands, triangles).draw(frame, background, corners, corners * TEXELS, fine_texture(photo, ()))
    for x0, y0, x1, y1 in boxes:
        assert np.array_equal(frame[y0:y1, x0:x1], photo[y0:y1, x0:x1, :3].astype(np.uint8))


def test_over_is_exact_where_the_layer_is_solid_or_empty():
    layer = np.zeros((2, 2, 4), np.uint8)
    layer[0] = [10, 20, 30, 255]
    frame, background = np.zeros((2, 2, 3), np.uint8), np.full((2, 2, 3), 77, np.uint8)
    lay_over(frame, layer, background)
    assert (frame[0] == [10, 20, 30]).all() and (frame[1] == 77).all()


@pytest.mark.skipif(os.name != "posix", reason="folder permissions")
def test_a_read_only_installation_still_renders(tmp_path):
    """numba's cache must find another folder, or none."""
    package = tmp_path / "heygen_studio"
    shutil.copytree(Path(heygen_studio.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    folders = [package, *(p for p in package.rglob("*") if p.is_dir())]
    for folder in folders:
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    code = (
        "import numpy as np; from heygen_studio.frames.mesh.warp import lay_over; f = np.zeros((1, 1, 3), np.uint8);"
        "lay_over(f, np.full((1, 1, 4), 255, np.uint8), f.copy()); print(f.ravel())"
    )
    home = tmp_path / "home"
    home.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "HOME": str(home), "XDG_CACHE_HOME": str(home)}
    try:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=tmp_path)
    finally:
        for folder in folders:
            folder.chmod(stat.S_IRWXU)
    assert done.stdout.strip() == "[255 255 255]", done.stderr

"""Reading photos: every kind that people have, and a clear sentence for what is none."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from heygen_studio.errors import BadInput
from heygen_studio.portrait.photo import BACKDROP, read_photo


@pytest.fixture(scope="module")
def colours() -> np.ndarray:
    """A smooth picture with different corners, so that turns and mix-ups of channels show."""
    y, x = np.mgrid[0:90, 0:120]
    return np.stack([x * 2, y * 2, 200 - x], -1).astype(np.uint8)


def difference(a: np.ndarray, b: np.ndarray) -> float:
    assert a.shape == b.shape
    assert a.dtype == np.uint8
    return float(np.abs(a.astype(float) - b).mean())


@pytest.mark.parametrize(
    ("name", "options", "tolerance"),
    [
        ("a.png", {}, 0),
        ("a.bmp", {}, 0),
        ("a.tiff", {}, 0),
        ("a.jpg", {"quality": 95}, 2),
        ("a.webp", {"lossless": True}, 0.5),
        ("a.gif", {}, 12),
        ("misnamed.jpg", {"format": "PNG"}, 0),
    ],
)
def test_formats(tmp_path: Path, colours: np.ndarray, name: str, options: dict, tolerance: float) -> None:
    Image.fromarray(colours).save(tmp_path / name, **options)
    assert difference(read_photo(tmp_path / name), colours) <= tolerance


@pytest.mark.parametrize(("mode", "tolerance"), [("P", 12), ("RGBA", 0), ("CMYK", 2)])
def test_colour_modes(tmp_path: Path, colours: np.ndarray, mode: str, tolerance: float) -> None:
    path = tmp_path / ("a.tiff" if mode == "CMYK" else "a.png")
    image = Image.fromarray(colours)
    (image.quantize() if mode == "P" else image.convert(mode)).save(path)
    assert difference(read_photo(path), colours) <= tolerance


def test_cmyk_jpeg(tmp_path: Path, colours: np.ndarray) -> None:
    Image.fromarray(colours).convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    assert difference(read_photo(tmp_path / "a.jpg"), colours) < 4


@pytest.mark.parametrize("mode", ["L", "LA", "1"])
def test_grey_modes_become_grey_rgb(tmp_path: Path, colours: np.ndarray, mode: str) -> None:
    grey = Image.fromarray(colours).convert("L")
    grey.convert(mode).save(tmp_path / "a.png")
    photo = read_photo(tmp_path / "a.png")
    assert (photo == photo[..., :1]).all()
    expected = np.asarray(grey.convert(mode).convert("RGB"))
    assert difference(photo, expected) == 0


def test_16_bit_grey_keeps_its_brightness(tmp_path: Path, colours: np.ndarray) -> None:
    grey = colours[..., 0]
    Image.fromarray(grey.astype(np.uint16) * 257).save(tmp_path / "a.png")
    assert difference(read_photo(tmp_path / "a.png"), np.repeat(grey[..., None], 3, 2)) <= 1


def test_16_bit_rgb(tmp_path: Path, colours: np.ndarray) -> None:
    """Pillow writes no such PNG, so it is put together by hand."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width = colours.shape[:2]
    rows = b"".join(b"\0" + (row.astype(">u2") * 257).astype(">u2").tobytes() for row in colours)
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    (tmp_path / "a.png").write_bytes(png)
    assert difference(read_photo(tmp_path / "a.png"), colours) <= 1


def test_floating_point_tiff(tmp_path: Path, colours: np.ndarray) -> None:
    grey = colours[..., 0]
    Image.fromarray(grey.astype(np.float32) / 255).save(tmp_path / "a.tiff")
    assert difference(read_photo(tmp_path / "a.tiff"), np.repeat(grey[..., None], 3, 2)) <= 1


def test_transparent_parts_become_the_backdrop_not_black(tmp_path: Path, colours: np.ndarray) -> None:
    alpha = np.full((*colours.shape[:2], 1), 255, np.uint8)
    alpha[:, :60] = 0
    Image.fromarray(np.concatenate([colours, alpha], -1)).save(tmp_path / "a.png")
    photo = read_photo(tmp_path / "a.png")
    assert (photo[:, :60] == BACKDROP).all()
    assert difference(photo[:, 60:], colours[:, 60:]) == 0


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(tmp_path: Path, colours: np.ndarray, orientation: int) -> None:
    # How a camera held that way stores the upright picture.
    stored = {
        1: colours,
        2: colours[:, ::-1],
        3: colours[::-1, ::-1],
        4: colours[::-1],
        5: colours.transpose(1, 0, 2),
        6: np.rot90(colours),
        7: colours.transpose(1, 0, 2)[::-1, ::-1],
        8: np.rot90(colours, 3),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(stored)).save(tmp_path / "a.png", exif=exif)
    assert difference(read_photo(tmp_path / "a.png"), colours) == 0


def test_icc_profile_is_applied_and_a_broken_one_ignored(tmp_path: Path, colours: np.ndarray) -> None:
    image = Image.fromarray(colours)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image.save(tmp_path / "srgb.png", icc_profile=srgb)
    assert difference(read_photo(tmp_path / "srgb.png"), colours) < 1.5
    lab = ImageCms.profileToProfile(image, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB")
    assert lab is not None
    lab.save(tmp_path / "lab.tiff", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes())
    assert difference(read_photo(tmp_path / "lab.tiff"), colours) < 6
    image.save(tmp_path / "broken.png", icc_profile=b"not a profile")
    assert difference(read_photo(tmp_path / "broken.png"), colours) == 0


def refusal(path: Path) -> str:
    with pytest.raises(BadInput) as caught:
        read_photo(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_missing(tmp_path: Path) -> None:
    assert "no photo at" in refusal(tmp_path / "nowhere.jpg")


def test_folder(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)


def test_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    assert "empty.jpg is empty" in refusal(tmp_path / "empty.jpg")


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tiff", "a.bmp", "a.gif"])
@pytest.mark.parametrize("part", [0.1, 0.6, 0.95])
def test_truncated(tmp_path: Path, name: str, part: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / name)
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[: int(len(data) * part)])
    message = refusal(tmp_path / name)
    assert name in message
    assert "damaged" in message or "no picture that can be read" in message or "RIFF" in message


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (20_000, 100), (12_000, 12_000)])
def test_too_many_pixels_are_refused_before_decoding(tmp_path: Path, width: int, height: int) -> None:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    ihdr = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    idat = struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    (tmp_path / "huge.png").write_bytes(b"\x89PNG\r\n\x1a\n" + ihdr + idat)
    message = refusal(tmp_path / "huge.png")
    assert "huge.png has" in message
    assert "save a smaller copy" in message


def test_too_few_pixels(tmp_path: Path) -> None:
    Image.new("RGB", (40, 500)).save(tmp_path / "thin.png")
    assert "only 40 x 500 pixels" in refusal(tmp_path / "thin.png")


def test_too_many_bytes(tmp_path: Path) -> None:
    with open(tmp_path / "a.bmp", "wb") as file:
        file.truncate(60_000_000)
    assert "60 MB; at most 50 MB" in refusal(tmp_path / "a.bmp")


@pytest.mark.parametrize(
    ("start", "named"),
    [
        (b"%PDF-1.7", "a PDF document"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "a PostScript file"),
        (b"\0\0\0\x18ftypheic", "a HEIC photo"),
        (b"\0\0\0\x18ftypisom", "an MP4 or MOV video"),
        (b"PK\x03\x04", "a zip archive"),
        (b"<svg xmlns=''/>", "no picture that can be read"),
    ],
)
def test_other_files_are_refused_by_name(tmp_path: Path, start: bytes, named: str) -> None:
    (tmp_path / "photo.jpg").write_bytes(start + b" " * 500)
    message = refusal(tmp_path / "photo.jpg")
    assert named in message
    assert "JPEG, PNG" in message

"""Reading a photo that a stranger may have sent: everything is checked before anything is decoded."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from PIL import ImageCms, ImageOps, UnidentifiedImageError

from ..errors import BadInput
from .portrait import Image

MAX_BYTES = 50_000_000
MAX_SIDE = 16_000
MAX_PIXELS = 100_000_000
MIN_SIDE = 64

#: Rows of a photo that are copied at once.
STRIP = 256

#: Colour behind a photo with transparent parts: the middle grey of a studio wall.
BACKDROP = (128, 128, 128)

#: Pillow's readers that run in its own process and parse only pictures (EPS, for one, would call Ghostscript).
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "AVIF", "JPEG2000", "PPM", "TGA")
READABLE = "JPEG, PNG, WebP, AVIF, TIFF, BMP or GIF"

#: What the first bytes say of files that people take for photos.
_SIGNATURES = (
    (0, b"%PDF", "a PDF document"),
    (0, b"%!PS", "a PostScript file"),
    (0, b"8BPS", "a Photoshop file"),
    (0, b"PK\x03\x04", "a zip archive or an office document"),
    (0, b"\x1aE\xdf\xa3", "a Matroska or WebM video"),
    (0, b"RIFF", "a RIFF file (a sound or a video)"),
    (0, b"gimp xcf", "a GIMP file"),
    (0, b"\x00\x00\x01\x00", "an icon"),
    (4, b"ftyphei", "a HEIC photo"),
    (4, b"ftyphev", "a HEIC photo"),
    (4, b"ftypmif1", "a HEIF photo"),
    (4, b"ftypavif", "an AVIF photo"),
    (4, b"ftyp", "an MP4 or MOV video"),
)

_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, MemoryError, IndexError)


def read_photo(path: Path) -> Image:
    """The photo as uint8 sRGB [H, W, 3], upright as its EXIF says, without transparency.

    Raises `BadInput` if the file is missing, empty, too large, of an unknown format, truncated, or of an impossible size.
    """
    image = _opened(path)
    try:
        image.load()
        # The orientation also lives in XMP and PNG chunks that are complete only after loading.
        ImageOps.exif_transpose(image, in_place=True)
        return _pixels(_to_rgb(image))
    except _BROKEN as error:
        raise BadInput(f"The photo {path.name} is damaged or cut off ({error}): export or download it again.") from error


def _pixels(image: Pillow.Image) -> Image:
    """The picture as an array. Pillow would hold a large one three times meanwhile; in strips, it is held twice."""
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for top in range(0, image.height, STRIP):
        bottom = min(top + STRIP, image.height)
        pixels[top:bottom] = np.asarray(image.crop((0, top, image.width, bottom)))
    return pixels


def check_photo(path: Path) -> None:
    """Raise `BadInput` as `read_photo` does for what its size and its first bytes show."""
    _opened(path).close()


def _opened(path: Path) -> Pillow.Image:
    """The photo with its header read and checked, and its pixels not yet."""
    image = _open(path, _read_bytes(path))
    check_size(path, *image.size)
    return image


def _read_bytes(path: Path) -> bytes:
    if path.is_dir():
        raise BadInput(f"{path} is a folder: give the path of a photo.")
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise BadInput(f"{path} is not an ordinary file: give the path of a photo.")
        if size == 0:
            raise BadInput(f"The photo {path.name} is empty (0 bytes): export or download it again.")
        if size > MAX_BYTES:
            limit = f"at most {MAX_BYTES / 1e6:.0f} MB are read"
            raise BadInput(f"The photo {path.name} has {size / 1e6:.0f} MB; {limit}: save a smaller copy.")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise BadInput(f"There is no photo at {path}: check the path.") from error
    except OSError as error:
        raise BadInput(f"The photo {path} cannot be read ({error.strerror}): check its permissions.") from error


def _open(path: Path, data: bytes) -> Pillow.Image:
    """Read the header only."""
    Pillow.init()
    try:
        return Pillow.open(io.BytesIO(data), formats=[name for name in FORMATS if name in Pillow.OPEN])
    except Pillow.DecompressionBombError as error:
        raise BadInput(f"The photo {path.name} has far more than {MAX_PIXELS / 1e6:.0f} million pixels: save a smaller copy.") from error
    except UnidentifiedImageError as error:
        kind = next((name for at, start, name in _SIGNATURES if data[at : at + len(start)] == start), None)
        if kind is None:
            ending = f"a file ending in {path.suffix}" if path.suffix else "a file without an ending"
            kind = f"{ending} whose content is no picture that can be read"
        raise BadInput(f"{path.name} is {kind}: give a {READABLE} photo.") from error
    except _BROKEN as error:
        raise BadInput(f"The photo {path.name} is damaged ({error}): export or download it again.") from error


def check_size(path: Path, width: int, height: int) -> None:
    """Raise `BadInput` for a photo of a size that is not read."""
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise BadInput(
            f"The photo {path.name} has {width} x {height} pixels; at most {MAX_SIDE} a side and {MAX_PIXELS / 1e6:.0f} million "
            f"altogether are read: save a smaller copy (2000 pixels a side are plenty)."
        )
    if min(width, height) < MIN_SIDE:
        raise BadInput(f"The photo {path.name} has only {width} x {height} pixels; at least {MIN_SIDE} a side are needed.")


def _to_rgb(image: Pillow.Image) -> Pillow.Image:
    """To 8-bit sRGB; transparent parts become the backdrop."""
    image = _to_eight_bits(image)
    if image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif image.mode in ("L", "RGB") and "transparency" in image.info:
        image = image.convert("RGBA")
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA", "PA", "La", "RGBa") else None
    colour = _to_srgb(image)
    if alpha is None:
        return colour
    backdrop = Pillow.new("RGB", colour.size, BACKDROP)
    backdrop.paste(colour, mask=alpha)
    return backdrop


def _to_eight_bits(image: Pillow.Image) -> Pillow.Image:
    """Grey of 16 or 32 bits or floating point to 8 bits; other modes as they are.

    Integers keep their scale (65,535 is white) unless they exceed it; floating point is taken as 0..1 if it fits, else stretched.
    """
    if not (image.mode.startswith("I") or image.mode == "F"):
        return image
    values = np.nan_to_num(np.asarray(image, np.float32))
    white = 1.0 if image.mode == "F" else 65535.0
    low, high = float(values.min()), float(values.max())
    if low < 0 or high > white:
        values, white = values - low, max(high - low, 1e-6)
    return Pillow.fromarray(np.round(values * (255 / white)).astype(np.uint8))


def _to_srgb(image: Pillow.Image) -> Pillow.Image:
    """Through the embedded ICC profile where there is a usable one."""
    profile = image.info.get("icc_profile")
    opaque = {"LA": "L", "La": "L", "RGBA": "RGB", "RGBa": "RGB", "PA": "RGB"}.get(image.mode)
    base = image.convert(opaque) if opaque else image
    if profile and base.mode in ("RGB", "CMYK", "L", "LAB"):
        try:
            converted = ImageCms.profileToProfile(base, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB")
            if converted is not None:
                return converted
        except ImageCms.PyCMSError:  # a broken profile, or one for another colour space: the plain numbers are the best guess
            return base.convert("RGB")
    return base if base.mode == "RGB" else base.convert("RGB")

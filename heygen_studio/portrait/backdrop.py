"""What stands behind the person: the photo's own background, a blur of it, a colour or a picture."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import replace
from pathlib import Path

from ..errors import BadInput
from .portrait import Image, Portrait

#: Raised whenever the cut-out changes, so that portraits of an older version are made again.
VERSION = 1

#: The photo's own background, out of focus.
BLUR = "blur"


def backdrop_file(spec: str) -> Path | None:
    """The path that ``spec`` is, if it is one: not "" (the photo's own background), "blur" or a colour ("#1e90ff")."""
    return None if spec in ("", BLUR) or spec.startswith("#") else Path(spec).expanduser()


def check_backdrop(spec: str) -> None:
    """Raise `BadInput` if ``spec`` is no background, or a picture that cannot be read."""
    path = backdrop_file(spec)
    if (path is not None and not os.path.exists(path)) or (spec.startswith("#") and _colour(spec) is None):
        raise BadInput(f"There is no background {spec!r}: give a colour such as #1e90ff, the word blur, or the path of a picture.")
    if path is not None:
        from .photo import check_photo

        check_photo(path)


def backdrop_key(spec: str) -> str:
    """The hash of all that a background depends on. Raises `BadInput` if it cannot be used."""
    check_backdrop(spec)
    path = backdrop_file(spec)
    content = spec.lower().encode() if path is None else path.read_bytes()
    return hashlib.sha256(b"backdrop %d\n" % VERSION + content).hexdigest()


def with_backdrop(portrait: Portrait, spec: str) -> Portrait:
    """The person of ``portrait`` before the background ``spec``, which fills the picture and is never distorted.

    Raises `BadInput` if the background cannot be used.
    """
    import numpy as np

    from .cutout import cut_out

    check_backdrop(spec)
    if not spec:
        return portrait
    colours, share = cut_out(portrait)
    behind = _picture(portrait, spec)
    image = behind + (255 * colours - behind) * share[..., None]
    return replace(portrait, image=np.clip(np.round(image), 0, 255).astype(np.uint8), matte=share, backdrop=behind)


def _colour(spec: str) -> tuple[int, int, int] | None:
    """Red, green and blue of "#rrggbb" or "#rgb"."""
    if not re.fullmatch("#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", spec):
        return None
    digits = spec[1:] if len(spec) == 7 else "".join(2 * digit for digit in spec[1:])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def _picture(portrait: Portrait, spec: str) -> Image:
    """The background at the size of the video."""
    import numpy as np
    from PIL import Image as Pillow
    from PIL import ImageOps

    from .framing import background_blur
    from .photo import read_photo

    if spec == BLUR:
        return np.clip(np.round(background_blur(portrait.image, portrait.matte)), 0, 255).astype(np.uint8)
    if colour := _colour(spec):
        return np.full_like(portrait.image, colour)
    photo = Pillow.fromarray(read_photo(Path(spec).expanduser()))
    return np.array(ImageOps.fit(photo, portrait.size, Pillow.Resampling.LANCZOS))

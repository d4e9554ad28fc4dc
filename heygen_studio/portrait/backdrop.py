"""What stands behind the person: the photo's own background, a blur of it, a colour or a picture."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import BadInput
from ..input_file import user_path
from .portrait import Image, Portrait

if TYPE_CHECKING:
    import numpy.typing as npt

#: Raised whenever the cut-out changes, so that portraits of an older version are made again.
VERSION = 2

#: The photo's own background, out of focus.
BLUR = "blur"
#: The photo's own background, in a circle.
PHOTO = "photo"


def backdrop_file(spec: str) -> Path | None:
    """The path that ``spec`` is, if it is one: not "" (the photo's own background), "blur" or a colour ("#1e90ff")."""
    return None if spec in ("", BLUR) or spec.startswith("#") else user_path(spec)


def check_backdrop(spec: str) -> None:
    """Raise `BadInput` if ``spec`` is no background, or a picture that cannot be read."""
    path = backdrop_file(spec)
    if (path is not None and not os.path.exists(path)) or (spec.startswith("#") and _colour(spec) is None):
        raise BadInput(f"There is no background {spec!r}: give a colour such as #1e90ff, the word blur, or the path of a picture.")
    if path is not None:
        from .photo import check_photo

        check_photo(path)


def check_circle(spec: str) -> None:
    """Raise `BadInput` if ``spec`` says nothing that can be in a circle: "" (there is none), "photo" or a colour."""
    if spec not in ("", PHOTO) and _colour(spec) is None:
        raise BadInput(f"The circle cannot show {spec[:80]!r}: say photo, or give a colour such as #1e90ff.", field="circle")


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
    check_backdrop(spec)
    return before(portrait, scenery(portrait, spec, portrait.size)) if spec else portrait


def before(portrait: Portrait, behind: Image) -> Portrait:
    """The person of ``portrait`` before a picture of the same size."""
    import numpy as np

    from .cutout import cut_out

    colours, share = cut_out(portrait)
    image = behind + (255 * colours - behind) * share[..., None]
    return replace(portrait, image=np.clip(np.round(image), 0, 255).astype(np.uint8), matte=share, backdrop=behind)


def _colour(spec: str) -> tuple[int, int, int] | None:
    """Red, green and blue of "#rrggbb" or "#rgb"."""
    if not re.fullmatch("#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", spec):
        return None
    digits = spec[1:] if len(spec) == 7 else "".join(2 * digit for digit in spec[1:])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def scenery(portrait: Portrait, spec: str, size: tuple[int, int]) -> Image:
    """The background ``spec`` at a ``size`` (width, height); "" as "blur". It fills the picture and is never distorted."""
    import numpy as np
    from PIL import Image as Pillow
    from PIL import ImageOps

    from .blur import background_blur
    from .photo import read_photo

    def fitted(picture: Pillow.Image) -> npt.NDArray[Any]:
        return np.array(picture if picture.size == size else ImageOps.fit(picture, size, Pillow.Resampling.LANCZOS))

    if spec in ("", BLUR):
        image, matte = fitted(Pillow.fromarray(portrait.image)), fitted(Pillow.fromarray(portrait.matte))
        return np.clip(np.round(background_blur(image, np.clip(matte, 0, 1))), 0, 255).astype(np.uint8)
    if colour := _colour(spec):
        return np.full((size[1], size[0], 3), colour, np.uint8)
    return fitted(Pillow.fromarray(read_photo(user_path(spec))))

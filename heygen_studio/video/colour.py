"""How the numbers of a video's pixels become colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: ffmpeg's names of the values that H.264 can carry and ffmpeg can convert.
_MATRICES = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 9: "bt2020nc"}
_PRIMARIES = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 9: "bt2020"}
_TRANSFERS = {1: "bt709", 6: "smpte170m", 13: "iec61966-2-1", 14: "bt2020-10", 15: "bt2020-12", 16: "smpte2084", 18: "arib-std-b67"}
_FULL_RANGE = 2

#: Where a file does not say, players take pictures from this height on as BT.709 and lower ones as BT.601.
HIGH_DEFINITION = 720


@dataclass(frozen=True)
class Colour:
    """ffmpeg's names: matrix from RGB to YUV, range ("tv": 16-235, "pc": 0-255), primaries, and transfer (gamma)."""

    matrix: str = "bt709"
    range: str = "tv"
    primaries: str = "bt709"
    transfer: str = "bt709"

    @property
    def converter(self) -> str:
        """The matrix as the filter "scale" calls it."""
        return {"bt470bg": "bt470", "bt2020nc": "bt2020"}.get(self.matrix, self.matrix)


BT709 = Colour()


def colour_of(codec: Any, frame: Any) -> Colour:
    """The colour of a decoded frame of PyAV, completed as players complete it."""
    usual = "bt709" if frame.height >= HIGH_DEFINITION or frame.format.is_rgb else "smpte170m"
    matrix = _MATRICES.get(int(frame.colorspace), usual)
    full = int(frame.color_range) == _FULL_RANGE or frame.format.name.startswith("yuvj")
    return Colour(
        matrix,
        "pc" if full and not frame.format.is_rgb else "tv",
        _PRIMARIES.get(int(codec.color_primaries), "bt2020" if matrix == "bt2020nc" else matrix),
        _TRANSFERS.get(int(codec.color_trc), "bt2020-10" if matrix == "bt2020nc" else "smpte170m" if matrix == "bt470bg" else matrix),
    )

"""Captions drawn onto the frames: white letters on a dark, translucent box, above the lower or below the upper edge."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from ..portrait.portrait import Image
from ..progress import Cancel, OnEvent, ignore
from ..weights import fetch
from .captions import Cue

#: In sizes of the letters: distance of the rows, room in the box around them, and its rounding.
LEADING, PADDING, CORNER = 1.3, 0.4, 0.3

#: Parts of the video: how wide rows may be, and how far the box stays from the edge.
WIDEST, MARGIN = 0.86, 0.04

#: Opacity of the box, and weight of the letters on the scale of the fonts' axis.
BOX, WEIGHT = 150, 600

Position = Literal["bottom", "top"]
_HAN_AND_KANA = re.compile("[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
#: What a row may begin with: a character of unspaced writing with the marks that must follow it, or a word.
_UNIT = re.compile(rf"{_HAN_AND_KANA.pattern}[，。！？；：、）」』》”’…]*\s*|[^\s{_HAN_AND_KANA.pattern[1:-1]}]+\s*|\s+")


@dataclass(frozen=True)
class Fonts:
    """Files of the fonts; ``han`` only where it is needed."""

    latin: Path
    han: Path | None


@dataclass(frozen=True)
class _Stamp:
    """A drawn caption: where it lies, its colour times its opacity (of 256), uint16 [h, w, 3], and the frame's, alike."""

    top: int
    left: int
    colour: npt.NDArray[np.uint16]
    rest: npt.NDArray[np.uint16]


def fonts_for(cues: Sequence[Cue], *, on_event: OnEvent = ignore, cancel: Cancel | None = None) -> Fonts:
    """The fonts that the captions need. Raises `WeightsError`, `Cancelled`."""
    needs_han = any(_HAN_AND_KANA.search(row) for cue in cues for row in cue.rows)
    latin = fetch("noto-sans", on_event=on_event, cancel=cancel)
    return Fonts(latin, fetch("noto-sans-sc", on_event=on_event, cancel=cancel) if needs_han else None)


class CaptionPainter:
    """Draws captions onto frames of ``size`` (width, height). letters: their size as a part of the shorter side."""

    def __init__(self, fonts: Fonts, size: tuple[int, int], letters: float, position: Position) -> None:
        self._fonts, self._size, self._position = fonts, size, position
        self._letters = max(8, round(letters * min(size)))

    def painted(self, frames: Iterator[Image], cues: Sequence[Cue], fps: Fraction) -> Iterator[Image]:
        """The frames, those in which a cue is shown as copies with it. cues: in time order; only one is in memory, drawn once."""
        coming = iter(cues)
        cue = next(coming, None)
        stamp: _Stamp | None = None
        for number, frame in enumerate(frames):
            time = (number + 0.5) / fps
            while cue is not None and cue.end <= time:
                cue, stamp = next(coming, None), None
            if cue is not None and cue.start <= time:
                stamp = stamp or self._draw(cue)
                frame = _stamped(frame, stamp)
            yield frame

    def rows(self, cue: Cue) -> list[str]:
        """The text of a cue in rows that fit into the video and are about equally long."""
        text = " ".join(cue.rows) if not all(_HAN_AND_KANA.search(row) for row in cue.rows) else "".join(cue.rows)
        font = self._font(text)
        widest = WIDEST * self._size[0]
        rows = _filled(text, font, widest)
        for part in np.arange(1 / len(rows) if rows else 1, 1, 0.05):
            narrower = _filled(text, font, part * widest)
            if len(narrower) == len(rows):
                return narrower
        return rows

    def _font(self, text: str) -> ImageFont.FreeTypeFont:
        is_han = self._fonts.han is not None and _HAN_AND_KANA.search(text) is not None
        return _open_font(self._fonts.han if is_han and self._fonts.han else self._fonts.latin, self._letters)

    def _draw(self, cue: Cue) -> _Stamp:
        rows = self.rows(cue)
        font = self._font("".join(cue.rows))
        step, pad = round(LEADING * self._letters), round(PADDING * self._letters)
        lengths = [math.ceil(font.getlength(row)) for row in rows]
        width = min(self._size[0], max(lengths) + 2 * pad)
        height = min(self._size[1], step * len(rows) + pad)
        picture = Pillow.new("RGBA", (width, height), (0, 0, 0, 0))
        draw = ImageDraw.Draw(picture)
        draw.rounded_rectangle((0, 0, width - 1, height - 1), round(CORNER * self._letters), fill=(0, 0, 0, BOX))
        for number, row in enumerate(rows):
            middle = pad / 2 + step * (number + 0.5)
            draw.text((width / 2, middle + 0.35 * self._letters), row, font=font, fill=(255, 255, 255, 255), anchor="ms")
        margin = round(MARGIN * self._size[1])
        top = margin if self._position == "top" else self._size[1] - margin - height
        pixels = np.asarray(picture, np.uint16)
        opacity = (pixels[..., 3:] * 256 + 127) // 255  # of 256, a division by which is a shift
        return _Stamp(max(0, top), (self._size[0] - width) // 2, pixels[..., :3] * opacity, np.repeat(256 - opacity, 3, axis=2))


@lru_cache(maxsize=8)
def _open_font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(path, size)
    axes = [(axis["name"], axis["default"] or 0) for axis in font.get_variation_axes()]
    font.set_variation_by_axes([WEIGHT if name == b"Weight" else usual for name, usual in axes])
    return font


def _filled(text: str, font: ImageFont.FreeTypeFont, widest: float) -> list[str]:
    """The text in rows, each as full as ``widest`` pixels allow; a word that is wider is cut."""
    rows: list[str] = []
    row = ""
    for unit in _UNIT.findall(text.strip()):
        if row and font.getlength((row + unit).rstrip()) > widest:
            rows.append(row.rstrip())
            row = ""
        row += unit
        while font.getlength(row.rstrip()) > widest and len(row.rstrip()) > 1:
            fitting = _fitting(row, font, widest)
            rows.append(row[:fitting])
            row = row[fitting:]
    return [*rows, row.rstrip()] if row.strip() else rows


def _fitting(row: str, font: ImageFont.FreeTypeFont, widest: float) -> int:
    """How many characters of a row are no wider than ``widest`` pixels; at least one."""
    return max(1, bisect_right(range(len(row)), widest, key=lambda count: font.getlength(row[:count])) - 1)


def _stamped(frame: Image, stamp: _Stamp) -> Image:
    """A copy of the frame with the caption; only its rows are computed."""
    frame = frame.copy()  # the renderer may draw over parts of its own only
    height, width = stamp.rest.shape[:2]
    part = frame[stamp.top : stamp.top + height, stamp.left : stamp.left + width]
    part[...] = (part * stamp.rest + stamp.colour + 128) >> 8
    return frame

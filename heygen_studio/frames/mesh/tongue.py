"""The tongue: a soft sheet behind the lower teeth; its tip rises for l, n, d, t and comes between the teeth for th."""

from __future__ import annotations

import cv2
import numpy as np

from .arrays import Points
from .light import Light
from .lips import Lips
from .sheet import Sheet, grid_triangles, premultiplied

ROWS, COLUMNS = 6, 9
HALF_WIDTH_MM, HALF_LENGTH_MM = 17.0, 9.5
FLESH = np.array([196.0, 92.0, 92.0])
#: From this tongue value on the tip comes forward between the teeth.
BETWEEN_TEETH = 0.88


def tongue_sheet(lips: Lips, light: Light) -> Sheet:
    """A tongue whose points are relative to its middle, at rest, in head mm."""
    height, width = 22 * 8, 40 * 8
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    alpha = np.clip((1 - np.abs(x) ** 2.4 - np.abs(y) ** 2.6) * 4, 0, 1)
    grain = cv2.GaussianBlur(np.random.default_rng(3).standard_normal((height, width)).astype(np.float32), (0, 0), 2.2)
    groove = 0.07 * np.exp(-((x / 0.07) ** 2)) * np.clip(1 - y * y, 0, 1)
    shade = 0.62 + 0.40 * np.clip((y + 1) / 1.3, 0, 1) - groove - 0.3 * np.abs(x) ** 3 - 0.30 * np.clip(y - 0.6, 0, 1)
    colour = FLESH * (shade * (1 + 0.02 * grain / grain.std()))[..., None]
    colour += (22 * np.exp(-(((np.abs(x) - 0.3) / 0.2) ** 2) - ((y - 0.2) / 0.3) ** 2))[..., None]
    texture = np.clip(premultiplied(colour * light.tint * 1.02, alpha) + 0.5, 0, 255).astype(np.uint8)
    v, u = np.meshgrid(np.linspace(-1, 1, ROWS), np.linspace(-1, 1, COLUMNS), indexing="ij")
    sideways = u * HALF_WIDTH_MM
    points = np.stack(
        [sideways, v * HALF_LENGTH_MM + 2.2 * u * u + lips.tilt[0] * sideways, 6 - 7 * v + 5 * u * u + lips.arch[0] * sideways], axis=-1
    )
    texels = np.stack([(u + 1) / 2 * (width - 1), (v + 1) / 2 * (height - 1)], axis=-1)
    return Sheet(texture, points.reshape(-1, 3), texels.reshape(-1, 2), grid_triangles(ROWS, COLUMNS))


def tongue_points(sheet: Sheet, rest: Points, raised: float) -> Points:
    """Head mm [n, 3] with the tip ``raised`` 0-1 (see `BETWEEN_TEETH`); ``rest``: [3] its middle at rest."""
    up = np.clip(raised / BETWEEN_TEETH, 0, 1)
    forward = np.clip((raised - BETWEEN_TEETH) / (1 - BETWEEN_TEETH), 0, 1)
    return sheet.points + rest + np.array([0.0, 0.5 - 4.5 * up + 0.6 * forward, -5.0 * up - 4.0 * forward])

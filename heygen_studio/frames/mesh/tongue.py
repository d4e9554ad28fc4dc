"""The tongue: a soft sheet behind the lower teeth, and its tip, which rises for l, n, d, t and comes between the teeth for th."""

from __future__ import annotations

import cv2
import numpy as np

from .arrays import Points
from .lips import Lips
from .sheet import Sheet, grid_triangles, premultiplied

ROWS, COLUMNS = 6, 9
HALF_WIDTH_MM, HALF_LENGTH_MM = 17.0, 9.5
FLESH = np.array([196.0, 98.0, 96.0])
TIP_HALF_WIDTH_MM, TIP_HALF_HEIGHT_MM = 12.0, 3.4
#: The tip shows from the first tongue value on; from the second on it comes forward over the edge of the upper teeth.
TIP_RISES, BETWEEN_TEETH = 0.3, 0.74


def tongue_sheet(lips: Lips, flesh: Points) -> Sheet:
    """A tongue of RGB ``flesh`` whose points are relative to its middle, at rest, in head mm."""
    height, width = 22 * 8, 40 * 8
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    alpha = np.clip((1 - np.abs(x) ** 2.4 - np.abs(y) ** 2.6) * 4, 0, 1)
    grain = cv2.GaussianBlur(np.random.default_rng(3).standard_normal((height, width)).astype(np.float32), (0, 0), 2.2)
    groove = 0.07 * np.exp(-((x / 0.07) ** 2)) * np.clip(1 - y * y, 0, 1)
    shade = 0.62 + 0.40 * np.clip((y + 1) / 1.3, 0, 1) - groove - 0.3 * np.abs(x) ** 3 - 0.30 * np.clip(y - 0.6, 0, 1)
    colour = flesh * (shade * (1 + 0.02 * grain / grain.std()))[..., None]
    colour += (22 * np.exp(-(((np.abs(x) - 0.3) / 0.2) ** 2) - ((y - 0.2) / 0.3) ** 2))[..., None]
    texture = np.clip(premultiplied(colour, alpha) + 0.5, 0, 255).astype(np.uint8)
    v, u = np.meshgrid(np.linspace(-1, 1, ROWS), np.linspace(-1, 1, COLUMNS), indexing="ij")
    sideways = u * HALF_WIDTH_MM
    points = np.stack(
        [sideways, v * HALF_LENGTH_MM + 2.2 * u * u + lips.tilt[0] * sideways, 6 - 7 * v + 5 * u * u + lips.arch[0] * sideways], axis=-1
    )
    texels = np.stack([(u + 1) / 2 * (width - 1), (v + 1) / 2 * (height - 1)], axis=-1)
    return Sheet(texture, points.reshape(-1, 3), texels.reshape(-1, 2), grid_triangles(ROWS, COLUMNS))


def tip_sheet(lips: Lips, flesh: Points) -> Sheet:
    """The tongue's tip, its points relative to its middle, in head mm: a rounded pad, light on top."""
    height, width = 64, 160
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    alpha = np.clip((1 - np.abs(x) ** 2.2 - np.abs(y) ** 2.2) * 1.4, 0, 1)
    shade = 1.08 - 0.22 * x**2 - 0.28 * np.clip(y, 0, 1) - 0.10 * np.exp(-((x / 0.06) ** 2)) * np.clip(-y, 0, 1)
    colour = 0.92 * flesh * shade[..., None] + (20 * np.exp(-(((np.abs(x) - 0.22) / 0.16) ** 2) - ((y + 0.15) / 0.22) ** 2))[..., None]
    texture = np.clip(premultiplied(colour, alpha) + 0.5, 0, 255).astype(np.uint8)
    v, u = np.meshgrid(np.linspace(-1, 1, ROWS), np.linspace(-1, 1, COLUMNS), indexing="ij")
    sideways = u * TIP_HALF_WIDTH_MM
    depth = lips.arch[0] * sideways + max(lips.arch[1], 0.012) * sideways**2
    points = np.stack([sideways, v * TIP_HALF_HEIGHT_MM + lips.tilt[0] * sideways, depth], axis=-1).reshape(-1, 3)
    texels = np.stack([(u + 1) / 2 * (width - 1), (v + 1) / 2 * (height - 1)], axis=-1).reshape(-1, 2)
    return Sheet(texture, points, texels, grid_triangles(ROWS, COLUMNS))


def tongue_points(sheet: Sheet, rest: Points, raised: float) -> Points:
    """Head mm [n, 3] of the tongue; ``rest``: [3] its middle at rest; ``raised`` 0-1."""
    up = np.clip(raised / BETWEEN_TEETH, 0, 1)
    return sheet.points + rest + np.array([0.0, 0.5 - 3.0 * up, -4.0 * up])


def tip_points(sheet: Sheet, teeth_edge: Points, raised: float) -> Points:
    """Head mm [n, 3] of the tip under the upper teeth's edge [3], fixed to the skull; ``raised`` 0-1."""
    up = np.clip((raised - TIP_RISES) / (0.75 - TIP_RISES), 0, 1)
    forward = np.clip((raised - BETWEEN_TEETH) / (1 - BETWEEN_TEETH), 0, 1)
    return sheet.points + teeth_edge + np.array([0.0, 5.0 - 2.6 * up - 0.2 * forward, 3.0 - 3.5 * forward])

"""The triangle mesh: face landmarks, rebuilt lips, a little grid in each eye and a coarse one around the face."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.spatial import Delaunay

from .arrays import Index, Points
from .head_frame import HeadFrame
from .lips import COLUMNS, RINGS, Lips
from .topology import EYES, FACE_OVAL, JAW_LINE, LANDMARKS, LOWER_LIP_RINGS, UPPER_LIP_RINGS

#: The chin's outline lies within this distance outside the face's oval, mm, and moves with the jaw; the neck begins at that one.
OUTLINE_MM, NECK_MM = 3.0, 5.5
#: The eyeball's skin moves less and less within this distance of the lids, mm.
EYE_RIM_MM = 2.2


@dataclass(frozen=True)
class EyeGrid:
    """The eyeball's own vertices: ``vertices`` indices, ``follow`` [n], 1 at the iris and 0 at the lids. hidden: by a dark lens; it neither
    looks about nor blinks."""

    vertices: Index
    follow: Points
    hidden: bool


@dataclass(frozen=True)
class FaceMesh:
    """Vertices are [N, 3] head mm, as in the photo; the last ``len(twin_of)`` are twins of inner lip vertices that colour the hole.

    texture: [N, 2] photo pixels of each vertex; triangles: [M, 3], far ones first; skin: [M] False for the mouth's hole.
    landmark: vertex of each face-mesh landmark that is one (not lips, not irises); upper, lower: [4, 21] vertices of the lips;
    grid: vertices outside the face, among them outline: [17] around the chin, beside the landmarks `JAW_LINE`; neck: [M] True for the
    triangles between the outline and the neck: a chin that drops slides over them. moving: number of vertices before the twins.
    """

    vertices: Points
    texture: Points
    triangles: Index
    skin: npt.NDArray[np.bool_]
    landmark: dict[int, int]
    upper: Index
    lower: Index
    eyes: tuple[EyeGrid, EyeGrid]
    grid: Index
    outline: Index
    neck: npt.NDArray[np.bool_]
    twin_of: Index

    @property
    def moving(self) -> int:
        return len(self.vertices) - len(self.twin_of)


def build_mesh(
    size: tuple[int, int], landmarks: npt.ArrayLike, head: HeadFrame, lips: Lips, hidden_eyes: tuple[bool, bool] = (False, False)
) -> FaceMesh:
    """The mesh of a portrait of ``size`` (width, height) with [478, 3] landmarks in pixels."""
    pixels = np.asarray(landmarks, float)
    points = head.to_head(pixels)
    replaced = {i for ring in UPPER_LIP_RINGS + LOWER_LIP_RINGS for i in ring}
    irises = {i for eye in EYES for i in (eye.iris, *eye.iris_edge)}
    kept = [i for i in range(LANDMARKS) if i not in replaced and i not in irises]

    first = len(kept)
    upper = np.arange(RINGS * COLUMNS, dtype=np.int32).reshape(RINGS, COLUMNS) + first
    lower = np.empty_like(upper)
    inner_columns = COLUMNS - 2
    lower[:, 1:-1] = np.arange(RINGS * inner_columns).reshape(RINGS, inner_columns) + first + RINGS * COLUMNS
    lower[:, [0, -1]] = upper[:, [0, -1]]

    parts = [points[kept], lips.source_upper.reshape(-1, 3), lips.source_lower[:, 1:-1].reshape(-1, 3)]
    eyes = []
    for eye, hidden in zip(EYES, hidden_eyes, strict=True):
        inside, follow = _eye_grid(pixels, eye.opening, eye.iris, eye.iris_edge, EYE_RIM_MM * head.px_per_mm)
        start = sum(map(len, parts))
        eyes.append(EyeGrid(np.arange(start, start + len(inside), dtype=np.int32), follow * (not hidden), hidden))
        parts.append(head.to_head(inside))
    outline, neck = (_outside_jaw(pixels, distance * head.px_per_mm) for distance in (OUTLINE_MM, NECK_MM))
    around = _outer_grid(size, pixels, neck)
    first_outside = sum(map(len, parts))
    vertices = np.vstack([*parts, head.to_head(np.vstack([outline, neck, around]))])
    grid = np.arange(first_outside, len(vertices), dtype=np.int32)

    triangles, hole = _triangulate(vertices, upper, lower, head)
    twin_of, twin_texture, triangles = _twins(vertices, upper, lower, triangles, hole, head, lips.opened)
    outside = np.isin(triangles, grid[len(outline) :])
    slides = np.asarray(outside.any(axis=1) & np.isin(triangles, grid[: len(outline)]).any(axis=1))
    # What lies outside the face is drawn first, then what the chin slides over; the mouth's hole last.
    order = np.where(hole, 3e6, np.where(~outside.any(axis=1), 2e6, np.where(slides, 1e6, 0)))
    depth = head.to_image(vertices)[:, 2]
    far_first = np.argsort(order - depth[np.minimum(triangles, len(vertices) - 1)].mean(axis=1), kind="stable")
    return FaceMesh(
        vertices=np.vstack([vertices, vertices[twin_of]]),
        texture=np.vstack([head.to_image(vertices)[:, :2], twin_texture]),
        triangles=np.ascontiguousarray(triangles[far_first], dtype=np.int32),
        skin=~hole[far_first],
        landmark={landmark: vertex for vertex, landmark in enumerate(kept)},
        upper=upper, lower=lower, eyes=(eyes[0], eyes[1]), grid=grid,
        outline=grid[: len(outline)], neck=slides[far_first], twin_of=twin_of,
    )  # fmt: skip


def grid_step(size: tuple[int, int]) -> float:
    """Pixels between the vertices outside the face."""
    return max(10.0, min(size) / 32)


def inside_polygon(polygon: npt.ArrayLike, points: npt.ArrayLike) -> Points:
    """Signed distance [n] of points [n, 2] to a polygon [k, 2]: positive inside."""
    contour = np.asarray(polygon, np.float32).reshape(-1, 1, 2)
    return np.array([cv2.pointPolygonTest(contour, (float(x), float(y)), True) for x, y in np.asarray(points)])


def _eye_grid(pixels: Points, opening: tuple[int, ...], iris: int, iris_edge: tuple[int, ...], soft: float) -> tuple[Points, Points]:
    rim = pixels[list(opening)]
    low, high = rim[:, :2].min(axis=0), rim[:, :2].max(axis=0)
    step = max((high[0] - low[0]) / 12, 1.0)
    columns, rows = np.arange(low[0], high[0], step), np.arange(low[1], high[1], step)
    cells = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
    from_rim = inside_polygon(rim[:, :2], cells)
    cells, from_rim = cells[from_rim > 0.4 * step], from_rim[from_rim > 0.4 * step]
    centre = pixels[iris, :2]
    radius = np.linalg.norm(pixels[list(iris_edge), :2] - centre, axis=1).mean()
    follow = np.exp(-((np.linalg.norm(cells - centre, axis=1) / (1.35 * radius)) ** 4))
    return np.column_stack([cells, np.full(len(cells), rim[:, 2].mean())]), follow * np.clip(from_rim / soft, 0, 1)


def _outside_jaw(pixels: Points, distance: float) -> Points:
    """[17, 3] pixels: the points of the jaw line moved so far out of the face."""
    oval = pixels[list(FACE_OVAL)]
    along = np.roll(oval, -1, axis=0)[:, :2] - np.roll(oval, 1, axis=0)[:, :2]
    out = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.maximum(np.linalg.norm(along, axis=1), 1e-6)[:, None]
    jaw = [FACE_OVAL.index(i) for i in JAW_LINE]
    centre = oval[:, :2].mean(axis=0)
    sign = np.sign(((oval[jaw, :2] - centre) * out[jaw]).sum())
    return np.column_stack([oval[jaw, :2] + sign * distance * out[jaw], oval[jaw, 2]])


def _outer_grid(size: tuple[int, int], pixels: Points, neck: Points) -> Points:
    """A coarse grid outside the face and its ``neck`` [17, 3], and past the border; its depth continues that of the face's oval."""
    width, height = size
    step = grid_step(size)
    xs, ys = (np.arange(-2 * step, extent + 2 * step + 1, step) for extent in (width, height))
    cells = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    oval = pixels[list(FACE_OVAL)]
    rim = oval.copy()
    rim[[FACE_OVAL.index(i) for i in JAW_LINE]] = neck
    cells = cells[inside_polygon(rim[:, :2], cells) < -0.45 * step]
    near = 1 / (np.linalg.norm(cells[:, None] - oval[None, :, :2], axis=2) ** 3 + 1)
    return np.column_stack([cells, near @ oval[:, 2] / near.sum(axis=1)])


def _triangulate(vertices: Points, upper: Index, lower: Index, head: HeadFrame) -> tuple[Index, npt.NDArray[np.bool_]]:
    """Triangles [M, 3] and which of them span the mouth's opening.

    The lips are strips between their rings, or closed lips would be sewn together; all else is Delaunay's.
    """
    flat = head.to_image(vertices)[:, :2]
    within = np.zeros(len(vertices), bool)
    within[np.concatenate([upper[1:].ravel(), lower[1:, 1:-1].ravel()])] = True
    within[upper[0]] = False
    skin = np.flatnonzero(~within)
    around = skin[Delaunay(flat[skin]).simplices]
    rim = np.concatenate([upper[0], lower[0, 1:-1][::-1]])
    # A triangle in the lips' outline goes, unless it hangs on the skin around (then the lips are drawn over it).
    among_lips = (inside_polygon(flat[rim], flat[around].mean(axis=1)) > 0) & np.isin(around, rim).all(axis=1)
    strips = np.vstack([_strips(upper), _strips(lower[::-1])])
    hole = _strips(np.stack([upper[-1], lower[-1]]))
    triangles = np.vstack([around[~among_lips], strips, hole])
    is_hole = np.arange(len(triangles)) >= len(triangles) - len(hole)
    return triangles.astype(np.int32), is_hole


def _strips(rings: Index) -> Index:
    """The triangles between neighbouring rows [rows, columns] of vertices, without the empty ones at shared corners."""
    a, b, c, d = rings[:-1, :-1], rings[:-1, 1:], rings[1:, :-1], rings[1:, 1:]
    both = np.concatenate([np.stack([a, b, d], axis=-1).reshape(-1, 3), np.stack([a, d, c], axis=-1).reshape(-1, 3)])
    distinct = (both[:, 0] != both[:, 1]) & (both[:, 1] != both[:, 2]) & (both[:, 0] != both[:, 2])
    return both[distinct]


def _twins(
    vertices: Points, upper: Index, lower: Index, triangles: Index, hole: npt.NDArray[np.bool_], head: HeadFrame, opened: bool
) -> tuple[Index, Points, Index]:
    """Give the hole its own copies of the inner lip vertices.

    They show the photo's seam; in an open-mouthed photo, which has none, the lower lip beside its edge.
    """
    image = head.to_image(vertices)[:, :2]
    colour = 0.25 * image[lower[-1]] + 0.75 * image[lower[-2]] if opened else image[lower[-1]]
    twin_of = np.unique(np.concatenate([upper[-1], lower[-1]]))
    column = {int(v): c for ring in (upper[-1], lower[-1]) for c, v in enumerate(ring)}
    renamed = {int(v): len(vertices) + k for k, v in enumerate(twin_of)}
    triangles = triangles.copy()
    triangles[hole] = np.vectorize(lambda v: renamed.get(int(v), int(v)), otypes=[np.int32])(triangles[hole])
    return twin_of, colour[[column[int(v)] for v in twin_of]], triangles

"""A portrait prepared for rendering: everything that is worked out once."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import cv2
import numpy as np

from ...motion.motion import Motion
from ...portrait.portrait import Image, Portrait
from .arrays import Index, Plane, Points, Texture
from .background import split_layers
from .deform import Deformer, fit_deformer
from .eyes import Eyelid, make_eyelids
from .glasses import dark_lenses, has_rims
from .head_frame import head_frame
from .jaw import Jaw, find_jaw
from .light import read_light
from .lips import find_lips, opening, smile_released
from .mesh import FaceMesh, build_mesh
from .mouth import MouthInterior, make_mouth
from .pose import Poser, make_poser
from .smile import Folds, smile_folds, without_dark_corners
from .softness import apparent_magnification
from .teeth import own_teeth
from .tone import read_tone
from .topology import FACE_OVAL, SKIN_PATCHES
from .warp import TEXELS, Band, MeshWarp, draw_detail, fine_texture

#: The person's outline in the photo is taken to reach this much further than the widest motion carries it, pixels.
REACH_MARGIN_PX = 4
#: The widest motion: degrees of pitch, yaw and roll, and mm right and down; see `motion.head`.
WIDEST_DEGREES, WIDEST_MM = (4.0, 6.0, 3.0), (2.1, 1.3)
#: The moving part of the frame is drawn in bands of this height, pixels; less alpha than this (0-255) is nobody.
BAND, VISIBLE = 64, 4
#: A chin never comes lower than this below where the photo has it, mm.
CHIN_DROPS_MM = 18.0
#: The lips are drawn at the frame's own size, at twice that where the photo's mouth is open (its seam joins what lay apart).
LIPS_MARGIN_MM, OPENED_SCALE = 6.0, 2
#: Triangles this close to the lips' middle in the photo may come to lie in the lips' box, mm; of lips wider than that, as much more as they
#: are wider.
LIPS_REACH_MM, USUAL_WIDTH_MM = 52.0, 51.0

#: The folds of a smile go in so many steps.
SOFTNESS_STEPS = 32


@dataclass(frozen=True)
class FaceRig:
    """All that does not change from frame to frame."""

    photo: Image
    background: Image
    texture: Texture
    folds: Folds | None
    texels: Points
    mesh: FaceMesh
    deformer: Deformer
    poser: Poser
    jaw: Jaw
    mouth: MouthInterior
    eyelids: tuple[Eyelid, ...]
    bands: tuple[Band, ...]
    lip_triangles: Index


def prepare_rig(portrait: Portrait) -> FaceRig:
    """Work out a portrait's rig (about a second)."""
    landmarks = portrait.landmarks
    head = head_frame(landmarks)
    light = read_light(portrait.image, landmarks)
    lips = find_lips(portrait.image, landmarks, head)
    own = own_teeth(portrait.image, lips, light, head)
    if own is not None:
        lips = find_lips(portrait.image, landmarks, head, own.edge_y)
    jaw = find_jaw(head.to_head(landmarks), lips.source_gap, lips.source_width)
    mesh = build_mesh(portrait.size, landmarks, head, lips, dark_lenses(portrait.image, landmarks))
    poser = make_poser(mesh, head, portrait.size, portrait.photographed)
    tone = read_tone(portrait.image, landmarks)
    rims = has_rims(portrait.image, landmarks)
    magnification = max(portrait.magnification, apparent_magnification(portrait.image, landmarks))
    mended = without_dark_corners(portrait.image, lips, head)
    layers = split_layers(mended, portrait.matte, landmarks[list(FACE_OVAL), :2], portrait.backdrop)
    texture = fine_texture(layers.foreground, [landmarks[list(patch), :2] for patch in SKIN_PATCHES])
    return FaceRig(
        photo=portrait.image,
        background=layers.background,
        texture=texture,
        folds=smile_folds(texture, landmarks, lips, head),
        texels=np.ascontiguousarray(mesh.texture * TEXELS),
        mesh=mesh,
        deformer=fit_deformer(mesh, lips, jaw, head, rims=rims),
        poser=poser,
        jaw=jaw,
        mouth=make_mouth(portrait.image, lips, jaw, head, light, own, tone, magnification),
        eyelids=make_eyelids(portrait.image, mesh, head, magnification, tone, rims=rims),
        bands=_bands(mesh, layers.foreground[..., 3], _reach(mesh, poser), head.px_per_mm),
        lip_triangles=_near(
            mesh, head.to_image(lips.seam)[:2], head.px_per_mm * (LIPS_REACH_MM + max(lips.source_width - USUAL_WIDTH_MM, 0))
        ),
    )


class FrameDrawer:
    """Draws the frames of one video; it owns the buffers, so each thread has its own."""

    def __init__(self, rig: FaceRig) -> None:
        self._rig = rig
        self._warp = MeshWarp(rig.bands, rig.mesh.triangles)
        self._frame = rig.photo.copy()
        self._texture = rig.texture if rig.folds is None else rig.texture.copy()
        self._softened = 0.0

    def draw(self, motion: Motion, row: int) -> Image:
        """Frame ``row`` of the motion; the array is drawn over by the next call."""
        rig, mouth = self._rig, motion.mouth[row].astype(float)
        blink = float(np.clip(motion.blink[row], 0, 1))
        brow, slant, lids, smile = (float(track[row]) for track in (motion.brow, motion.slant, motion.lids, motion.smile))
        deformed = rig.deformer.vertices(mouth, brow=brow, slant=slant, lids=lids, blink=blink, gaze=motion.gaze[row], smile=smile)
        pose = rig.poser.pose(motion.pose[row], motion.shift[row])
        pixels = rig.poser.to_image(deformed, pose, float(motion.breath[row]))
        softened = round(smile_released(mouth, smile) * SOFTNESS_STEPS) / SOFTNESS_STEPS
        if rig.folds is not None and softened != self._softened:
            rig.folds.soften(self._texture, softened)
            self._softened = softened
        self._warp.draw(self._frame, rig.background, pixels, rig.texels, self._texture)
        self._draw_lips(pixels)
        for eyelid in rig.eyelids:
            eyelid.paint(self._frame, pixels, blink)
        gap = opening(deformed[rig.mesh.upper], deformed[rig.mesh.lower])
        upper, lower = pixels[rig.mesh.upper[-1]], pixels[rig.mesh.lower[-1]]
        rig.mouth.paint(self._frame, upper, lower, pose, rig.jaw.opening(mouth), gap, mouth)
        return self._frame

    def _draw_lips(self, pixels: Points) -> None:
        rig = self._rig
        lips = pixels[np.concatenate([rig.mesh.upper.ravel(), rig.mesh.lower.ravel()])]
        margin = LIPS_MARGIN_MM * rig.mouth.head.px_per_mm
        size = np.array(self._frame.shape[1::-1])
        x0, y0 = np.clip(np.floor(lips.min(axis=0) - margin), 0, size).astype(int)
        x1, y1 = np.clip(np.ceil(lips.max(axis=0) + margin), 0, size).astype(int)
        if x1 > x0 and y1 > y0:
            scale = OPENED_SCALE if rig.mouth.lips.opened else 1
            draw_detail(self._frame, rig.background, (x0, y0, x1, y1), scale, pixels, rig.texels, rig.lip_triangles, self._texture)


def _near(mesh: FaceMesh, middle: Points, reach: float) -> Index:
    """The triangles with a corner within ``reach`` of ``middle`` in the photo, pixels, in their order."""
    close = np.linalg.norm(mesh.texture - middle, axis=1) < reach
    return np.ascontiguousarray(mesh.triangles[close[mesh.triangles].any(axis=1)])


def _reach(mesh: FaceMesh, poser: Poser) -> int:
    """Pixels that the widest motion carries any vertex."""
    farthest = 0.0
    for signs in itertools.product((-1, 1), repeat=4):
        pose = poser.pose(np.array(WIDEST_DEGREES) * signs[:3], np.array(WIDEST_MM) * signs[3])
        farthest = max(farthest, float(np.abs(poser.to_image(mesh.vertices, pose, 1.0) - mesh.texture)[: mesh.moving].max()))
    return math.ceil(farthest) + REACH_MARGIN_PX


def _bands(mesh: FaceMesh, alpha: Plane, reach: int, px_per_mm: float) -> tuple[Band, ...]:
    """Bands that hold what the person can come to cover, ``reach`` pixels away; those below the face are slow."""
    height = alpha.shape[0]
    near = cv2.dilate((alpha > VISIBLE).astype(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    face = np.setdiff1d(np.arange(mesh.moving), mesh.grid)
    chin = min(height, int(mesh.texture[face, 1].max() + CHIN_DROPS_MM * px_per_mm))
    corners = mesh.texture[mesh.triangles]
    low, high = corners.min(axis=1), corners.max(axis=1)

    def touching(left: int, top: int, right: int, bottom: int, margin: int) -> Index:
        across = (high[:, 0] > left - margin) & (low[:, 0] < right + margin)
        return np.flatnonzero(across & (high[:, 1] > top - margin) & (low[:, 1] < bottom + margin))

    bands = []
    for begin, end, slow in ((0, chin, False), (chin, height, True)):
        for top in range(begin, end, BAND):
            bottom = min(top + BAND, end)
            columns = np.flatnonzero(near[top:bottom].any(axis=0))
            if len(columns):
                box = (int(columns[0]), top, int(columns[-1]) + 1, bottom)
                shown = mesh.triangles[touching(*box, margin=2)]
                bands.append(Band(box, touching(*box, margin=reach), np.unique(shown), slow))
    return tuple(bands)

from __future__ import annotations

import cv2
import numpy as np

from heygen_studio.frames.mesh.light import LUMA, read_light
from heygen_studio.frames.mesh.teeth import dental_arch, own_teeth


def test_a_toothy_smile_lends_its_own_teeth(astronaut, hopper):
    own = astronaut.rig.mouth.own
    assert own is not None and hopper.rig.mouth.own is None
    skin = read_light(astronaut.portrait.image, astronaut.portrait.landmarks).skin
    assert own.enamel @ LUMA > 0.8 * (skin @ LUMA)
    assert own.enamel[0] / own.enamel[1] < skin[0] / skin[1]  # less red than the skin


def test_painted_lips_are_not_teeth(astronaut):
    """The same mouth with its teeth painted red has none to lend."""
    portrait, rig = astronaut.portrait, astronaut.rig
    image = portrait.image.copy()
    rows, columns = astronaut.box((13, 14, 78, 308), 2)
    image[rows, columns] = (image[rows, columns] * [0.9, 0.45, 0.45]).astype(np.uint8)
    assert own_teeth(image, rig.mouth.lips, read_light(portrait.image, portrait.landmarks), rig.mouth.head) is None


def smile_with(face, change):
    """The photo with what shows between its lips changed."""
    image, lips = face.portrait.image.astype(float), face.rig.mouth.lips
    rim = face.rig.mouth.head.to_image(np.vstack([lips.source_upper[-1], lips.source_lower[-1, ::-1]]))[:, :2]
    opening = cv2.fillPoly(np.zeros(image.shape[:2], np.uint8), [rim.round().astype(np.int32)], 1)[..., None]
    return np.clip(image + opening * (change(image) - image), 0, 255).astype(np.uint8)


def test_teeth_in_the_shade_of_the_lips_are_still_teeth(astronaut):
    """As dim and yellow as those of most photos."""
    rig = astronaut.rig
    dim = smile_with(astronaut, lambda image: image * [0.85, 0.72, 0.6])
    own = own_teeth(dim, rig.mouth.lips, read_light(dim, astronaut.portrait.landmarks), rig.mouth.head)
    assert own is not None and own.sheet is not None
    assert np.allclose(own.enamel, rig.mouth.own.enamel * [0.85, 0.72, 0.6], atol=8)


def test_lower_teeth_alone_are_not_taken_for_upper_ones(astronaut):
    """Dark under the upper lip, enamel below it: the mouth of one who shouts."""
    rig, rows = astronaut.rig, np.arange(astronaut.portrait.size[1])[:, None, None]
    edge = np.percentile(rig.mouth.head.to_image(rig.mouth.lips.source_upper[-1])[:, 1], 90)
    dark = smile_with(astronaut, lambda image: np.where(rows < edge + 2, image * 0.15, image))
    assert own_teeth(dark, rig.mouth.lips, read_light(dark, astronaut.portrait.landmarks), rig.mouth.head) is None


def test_drawn_teeth_are_lit_like_the_face(hopper):
    rig = hopper.rig
    light = read_light(hopper.portrait.image, hopper.portrait.landmarks)
    dark = type(light)(light.skin * 0.4, light.tint * 0.4, light.level * 0.4)

    def brightness(light):
        texture = dental_arch(rig.mouth.lips, light, rig.mouth.head, 0.6, upper=True).texture
        return texture[texture[..., 3] > 250][:, :3].mean()

    assert brightness(dark) < 0.5 * brightness(light)


def test_the_arch_bends_back(face):
    points = face.rig.mouth.upper.points.reshape(5, 33, 3)
    assert points[0, 0, 2] > points[0, 16, 2] + 5 and points[0, -1, 2] > points[0, 16, 2] + 5

"""Speech -> Motion: what the mouth, the head, the eyes and the brows do in every frame."""

from heygen_studio.motion.make import Style, make_motion
from heygen_studio.motion.motion import Motion
from heygen_studio.motion.store import load_motion, save_motion

__all__ = ["Motion", "Style", "load_motion", "make_motion", "save_motion"]

"""Speech -> Motion: what the mouth, the head, the eyes and the brows do in every frame; and what it does while it listens."""

from .listening import listening_motion
from .make import Style, make_motion
from .motion import Motion
from .store import load_motion, save_motion

__all__ = ["Motion", "Style", "listening_motion", "load_motion", "make_motion", "save_motion"]

"""The mesh renderer as a `FrameEngine`."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator

from ...motion.motion import Motion
from ...portrait.portrait import Image, Portrait
from ...progress import Cancel, interruptible
from ...speech.speech import Speech
from .rig import FaceRig, FrameDrawer, prepare_rig
from .rig_store import load_rig, rig_key, save_rig

#: Prepared portraits kept in memory.
RIGS_KEPT = 3


class MeshEngine:
    """Renders on one CPU core; thread-safe. Prepared portraits are remembered by their content."""

    def __init__(self) -> None:
        self._rigs: OrderedDict[str, FaceRig] = OrderedDict()
        self._lock = threading.Lock()

    def frames(self, portrait: Portrait, motion: Motion, *, speech: Speech | None = None, cancel: Cancel | None = None) -> Iterator[Image]:
        """See `FrameEngine.frames`; the mouth follows the motion, so that the sound is not needed."""
        cancel = cancel or Cancel()
        drawer = FrameDrawer(interruptible(lambda: self.rig(portrait), cancel))
        for row in range(len(motion)):
            cancel.check()
            yield drawer.draw(motion, row)

    def rig(self, portrait: Portrait) -> FaceRig:
        """The prepared portrait: of before, from memory or from disk, or made now."""
        key, folder = rig_key(portrait), portrait.folder
        with self._lock:
            if key not in self._rigs:
                rig = None if folder is None else load_rig(folder, key)
                if rig is None:
                    rig = prepare_rig(portrait)
                    if folder is not None:
                        save_rig(folder, key, rig)
                self._rigs[key] = rig
            self._rigs.move_to_end(key)
            while len(self._rigs) > RIGS_KEPT:
                self._rigs.popitem(last=False)
            return self._rigs[key]

"""Names for the arrays that the renderer hands around (OpenCV's stubs know no element types)."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

#: float64 [..., 2 or 3]: positions in head millimetres or pixels, and float weights of them.
Points = npt.NDArray[Any]
#: float32 [h, w] or [h, w, c].
Plane = npt.NDArray[Any]
#: uint8 premultiplied RGBA [h, w, 4].
Texture = npt.NDArray[Any]
#: uint8 RGB [h, w, 3] that OpenCV made.
Pixels = npt.NDArray[Any]
#: int32 indices of vertices.
Index = npt.NDArray[Any]

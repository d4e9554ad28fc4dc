"""Memory of pictures goes back to the system as soon as they are gone."""

from __future__ import annotations

import ctypes
import platform

#: glibc's number for the size from which a block is a mapping of its own, and that size: single frames are smaller, what a portrait is
#: prepared from is larger.
_M_MMAP_THRESHOLD, LARGE = -3, 4 << 20


def hand_back_large_blocks() -> None:
    """Keep glibc, in this process, from raising the size from which freed blocks go back to the system at once.

    It raises it to the largest block that was ever freed, and a program that works on pictures then holds a tenth more memory than it
    uses. Other C libraries are left alone.
    """
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE)

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

MEASURE = """
import re
import sys

import numpy as np

from heygen_studio.memory import hand_back_large_blocks


def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024


if sys.argv[1] == "handed back":
    hand_back_large_blocks()
first = np.ones(24 << 20, np.uint8)  # freed, it raises the size that glibc keeps
del first
pictures, kept, before = [], [], resident()
for _ in range(8):
    pictures.append(np.ones(8 << 20, np.uint8))
    kept.append(np.ones(100_000, np.uint8))
pictures.clear()
print(resident() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have habits of their own")
def test_memory_of_pictures_goes_back_to_the_system() -> None:
    held, handed_back = (
        float(subprocess.run([sys.executable, "-c", MEASURE, how], capture_output=True, text=True, check=True).stdout)
        for how in ("held", "handed back")
    )
    assert handed_back < 5 < 40 < held  # MB

"""Importing the package is light."""

from __future__ import annotations

import subprocess
import sys


def test_import_loads_neither_torch_nor_web_frameworks_nor_opencv() -> None:
    code = "import sys, heygen_studio; print([m for m in ('torch', 'gradio', 'fastapi', 'cv2', 'transformers', 'TTS') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"

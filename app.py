"""The web app, here and as a Hugging Face Space: builds the pages and launches them."""

import contextlib

with contextlib.suppress(ImportError):
    import spaces  # noqa: F401  # on ZeroGPU it has to come before torch

from heygen_studio.settings import settings
from heygen_studio.ui.serve import launch

if __name__ == "__main__":
    launch(settings())

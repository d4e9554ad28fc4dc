"""The web app, here and as a Hugging Face Space: builds the pages and launches them."""

import contextlib
import sys

with contextlib.suppress(ImportError):
    import spaces  # noqa: F401  # on ZeroGPU it has to come before torch

from heygen_studio.errors import StudioError
from heygen_studio.settings import settings
from heygen_studio.ui.serve import launch

if __name__ == "__main__":
    try:
        launch(settings())
    except StudioError as error:
        sys.exit(str(error))

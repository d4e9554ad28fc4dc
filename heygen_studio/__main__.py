"""``python -m heygen_studio`` is the command ``heygen-studio``."""

from .cli import main

main()

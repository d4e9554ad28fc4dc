"""Runs the program that downloads: its progress is what arrives on the disk, and a cancel kills it."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..progress import POLL_S, Cancel, Event, OnEvent
from .weight import Weight


def run_client(
    weight: Weight,
    command: Sequence[str],
    work: Path,
    on_event: OnEvent,
    cancel: Cancel,
    environment: Mapping[str, str] | None = None,
) -> tuple[int, str, str]:
    """Exit code, output and errors of ``command``, which downloads ``weight`` into the folder ``work``."""
    errors, output = work / "errors.txt", work / "output.txt"
    # Whatever the client lays aside for a while belongs into the folder too: it is counted, and it goes with it.
    env = {**os.environ, "TMPDIR": str(work), "TEMP": str(work), "TMP": str(work), **(environment or {})}
    with open(errors, "wb") as err, open(output, "wb") as out:
        client = subprocess.Popen(list(command), stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env)
        try:
            while client.poll() is None:
                cancel.check()
                on_event(Event("weights", min(_bytes_in(work), weight.download), weight.download, weight.name))
                threading.Event().wait(4 * POLL_S)
        finally:
            if client.poll() is None:
                client.kill()
            client.wait()
    return client.returncode, output.read_text("utf-8", "replace"), errors.read_text("utf-8", "replace")


def _bytes_in(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(parent, name)).st_size
            except FileNotFoundError:  # clients move their temporary files while we look
                continue
    return total

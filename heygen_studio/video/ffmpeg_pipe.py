"""One ffmpeg process that is fed through its standard input and can always be stopped."""

from __future__ import annotations

import contextlib
import queue
import signal
import subprocess
import threading
from pathlib import Path
from types import TracebackType

import imageio_ffmpeg

from ..errors import EngineUnavailable, OutputError, StudioError
from ..progress import POLL_S, Cancel

#: Blocks that may wait for ffmpeg. Two are enough to let the caller work while ffmpeg reads, and little memory even at 4K.
WAITING_BLOCKS = 2

#: ffmpeg's first messages are kept for the error: the first names the cause, the others are its consequences.
MESSAGE_LINES = 20


def ffmpeg_program() -> str:
    """Path of the ffmpeg binary that imageio-ffmpeg carries. Raises `EngineUnavailable`."""
    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise EngineUnavailable(
            "No ffmpeg program was found: reinstall the package imageio-ffmpeg or set IMAGEIO_FFMPEG_EXE to one."
        ) from error


class FfmpegPipe:
    """A running ffmpeg that reads what `write` gives it. Leaving the ``with`` block ends it in every case.

    A thread does the blocking writes, so that the caller can prepare the next block and see a cancel while ffmpeg
    is busy. ``command`` is an argument list (no shell); ``output`` is only named in errors.
    """

    def __init__(self, command: list[str], output: Path) -> None:
        self._output = output
        try:
            # Its own session: Ctrl-C in a terminal reaches only us, and we decide how ffmpeg ends.
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
            )
        except OSError as error:
            raise EngineUnavailable(f"The ffmpeg program {command[0]} cannot be started: {error.strerror}.") from error
        self._blocks: queue.Queue[bytes | None] = queue.Queue(WAITING_BLOCKS)
        self._messages: list[str] = []
        self._feeder = threading.Thread(target=self._feed, name="ffmpeg-feeder", daemon=True)
        self._listener = threading.Thread(target=self._listen, name="ffmpeg-listener", daemon=True)
        self._feeder.start()
        self._listener.start()

    def __enter__(self) -> FfmpegPipe:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        while self._feeder.is_alive():  # it may be waiting for a block that will never come
            with contextlib.suppress(queue.Full):
                self._blocks.put(None, timeout=POLL_S)
            self._feeder.join(POLL_S)
        self._listener.join()
        if self._process.stderr:
            self._process.stderr.close()

    def write(self, block: bytes, cancel: Cancel) -> None:
        """Hand over one block. Raises `Cancelled`, or a `StudioError` that says why ffmpeg stopped."""
        while True:
            cancel.check()
            if not self._feeder.is_alive():
                self._wait(cancel)
                raise self._failure()
            try:
                self._blocks.put(block, timeout=POLL_S)
                return
            except queue.Full:
                continue

    def finish(self, cancel: Cancel) -> None:
        """End the input and wait until ffmpeg has written everything. Raises as `write` does."""
        while self._feeder.is_alive():
            cancel.check()
            try:
                self._blocks.put(None, timeout=POLL_S)
                break
            except queue.Full:
                continue
        self._wait(cancel)
        if self._process.returncode != 0:
            raise self._failure()

    def _wait(self, cancel: Cancel) -> None:
        while True:
            cancel.check()
            try:
                self._process.wait(POLL_S)
                return
            except subprocess.TimeoutExpired:
                continue

    def _feed(self) -> None:
        # A broken pipe means that ffmpeg has gone; its exit code and messages say why.
        with contextlib.suppress(BrokenPipeError):
            assert self._process.stdin is not None
            with self._process.stdin as pipe:
                while (block := self._blocks.get()) is not None:
                    pipe.write(block)

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if len(self._messages) < MESSAGE_LINES:
                self._messages.append(line.decode("utf-8", "replace").strip())

    def _failure(self) -> StudioError:
        """Why ffmpeg ended, in one sentence."""
        self._listener.join()
        code, folder = self._process.returncode, self._output.parent
        said = " ".join(self._messages)
        if "No space left on device" in said or "Disk quota exceeded" in said:
            return OutputError(f"The disk is full: {folder} has no room for the video; free some space or choose another folder.")
        if code == -signal.SIGXFSZ or "File too large" in said:
            return OutputError(f"The video grew over the largest file size allowed in {folder}; raise the limit or make a shorter video.")
        if code < 0:
            return OutputError(f"ffmpeg was killed by {signal.Signals(-code).name} while it wrote {self._output}; try again.")
        cause = self._messages[0] if self._messages else f"it ended with code {code}"
        return OutputError(f"ffmpeg could not write {self._output}: {cause.rstrip('.')}.")

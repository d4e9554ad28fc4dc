"""Where results go: what is checked before the work begins, and what is said when the system refuses to write."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from .errors import OutputError, StudioError
from .stages import new_file
from .video.video import Video

#: Bytes of video, speech and captions per second of output that must be free before a render starts.
BYTES_PER_SECOND = 1_500_000


def check_output(output: Path, ending: str = ".mp4") -> None:
    """Refuse an output that could not be written, before any work is done."""
    if output.suffix.lower() != ending:
        raise OutputError(f"The output {output} does not end in {ending}: name a file that does.")
    folder = output.absolute().parent
    try:
        if output.is_dir():
            raise OutputError(f"The output {output} is a folder: name a file in it.")
        if not folder.is_dir():
            raise OutputError(f"The folder {folder} of the output does not exist: create it or choose another.")
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise OutputError(f"The output {output} cannot be written ({error.strerror}): choose another folder or name.") from error


def check_data(data: Path) -> None:
    """Make the data folder, or raise `OutputError`."""
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The data folder {data} cannot be made ({error.strerror}): set HEYGEN_STUDIO_DATA to another.") from error


def check_space(data: Path, seconds: float) -> None:
    """Raise `OutputError` unless a video of so many seconds fits on the disk."""
    free, needed = shutil.disk_usage(data).free, int(seconds * BYTES_PER_SECOND)
    if free < needed:
        raise OutputError(
            f"Only {free / 1e6:.0f} MB are free in {data}, and this video may need {needed / 1e6:.0f} MB: make room and run again."
        )


def hand_out(video: Video, output: Path) -> Video:
    """Copy the video and its captions to where the user wants them, each under a temporary name first.

    Raises `OutputError` if that place has gone since `check_output` saw it.
    """
    handed = replace(video, path=output, srt=output.with_suffix(".srt"), vtt=output.with_suffix(".vtt"))
    for source, target in ((video.path, handed.path), (video.srt, handed.srt), (video.vtt, handed.vtt)):
        try:
            with new_file(target) as part:
                shutil.copyfile(source, part)
        except FileNotFoundError as error:
            raise OutputError(f"The folder of the output {output} has gone meanwhile: create it and run again.") from error
    return handed


@contextmanager
def clear_errors(data: Path) -> Iterator[None]:
    """Turn what the operating system says about writing into one sentence."""
    sentences = {
        errno.ENOSPC: "The disk is full",
        errno.EDQUOT: "The disk quota is used up",
        errno.EFBIG: "The file is larger than this system allows",
        errno.EACCES: "Writing is not permitted",
        errno.EPERM: "Writing is not permitted",
        errno.EROFS: "The file system is read-only",
        errno.ENOTDIR: "A file stands where a folder is needed",
    }
    try:
        yield
    except StudioError:
        raise
    except OSError as error:
        if error.errno not in sentences:
            raise
        where = error.filename or data
        raise OutputError(f"{sentences[error.errno]} ({where}): make room or choose another place, and run again.") from error

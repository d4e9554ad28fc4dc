"""What is known of a model file: where it comes from, how large it is, and what it may be used for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wheels:
    """Members of wheels on the Python package index, joined in order.

    parts: (requirement, member) pairs; linux_cp311: the wheel exists only as a compiled one, so name its platform (the
    member is plain data and serves every platform).
    """

    parts: tuple[tuple[str, str], ...]
    linux_cp311: bool = False


@dataclass(frozen=True)
class NpmTarball:
    """The whole tarball of a package on the npm registry."""

    package: str


@dataclass(frozen=True)
class Installed:
    """A member of a Python package that is an ordinary dependency."""

    module: str
    member: str


@dataclass(frozen=True)
class HubFile:
    """One file of a hub repository.

    sha256: "" for small text files whose hash is nowhere published; then the file must have the hash that the hub itself
    reports for it at the pinned revision.
    """

    path: str
    sha256: str = ""


@dataclass(frozen=True)
class Hub:
    """Files of one repository of the Hugging Face hub; they keep their places in it, as `from_pretrained` expects them.

    revision: the commit, or "main" where no commit is known: then the one that was there at the first download is kept.
    """

    repository: str
    files: tuple[HubFile, ...]
    revision: str = "main"


@dataclass(frozen=True)
class Weight:
    """One file, or one folder of them.

    file: its name; of a `Hub` source the path within the repository, "" for the repository's own folder. sha256: of the one
    file of a package; a hub's files carry theirs. size: bytes; download: bytes that travel to get it; commercial: whether
    paid work may use it; agreement: name of the licence that the user has to agree to first, see `agreements`.
    """

    name: str
    file: str
    purpose: str
    source: Wheels | NpmTarball | Installed | Hub
    sha256: str
    size: int
    download: int
    licence: str
    commercial: bool = True
    agreement: str = ""

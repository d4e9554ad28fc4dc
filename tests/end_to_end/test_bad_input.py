"""What a user can get wrong: one clear sentence, exit code 2, and nothing is left behind or lost."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image
from small_films import Cli, leftovers

from heygen_studio.weights import fetch

Refused = Callable[..., str]

FAST = ("--voice", "hibari:heart", "--size", "256x256", "-o", "film.mp4")


@pytest.fixture(scope="session", autouse=True)
def fetched() -> None:
    """What every render needs is here: the first download tells its licence, which is no error's sentence."""
    for name in ("portrait-hopper", "face-landmarker", "selfie-matte"):
        fetch(name)


@pytest.fixture
def refused(cli: Cli, tmp_path: Path) -> Refused:
    """Run the command line, check how it fails, and return its sentence."""

    def run(*arguments: str | Path, **more: object) -> str:
        here, data = tmp_path / "here", tmp_path / "data"
        before = contents(here)
        started = time.monotonic()
        said = cli(*arguments, **more)
        assert said.returncode == 2, said
        assert said.stdout == ""
        assert "Traceback" not in said.stderr
        sentence = said.stderr.rstrip("\n")
        assert sentence.count("\n") == 0, said.stderr
        assert 20 < len(sentence) < 500
        assert sentence[-1] in ".)?"
        assert contents(here) == before
        assert leftovers(data) == []
        assert not (data / "library").exists() or list((data / "library").iterdir()) == []
        assert time.monotonic() - started < 30
        return sentence

    return run


def contents(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_size for path in folder.rglob("*")}


@pytest.fixture
def here(tmp_path: Path, cli: Cli) -> Path:
    folder = tmp_path / "here"
    (folder / "hello.txt").write_text("Hello.")
    return folder


# ---------------------------------------------------------------- words


@pytest.mark.parametrize("prompt", ["", "   \n"])
def test_empty_prompt(refused: Refused, prompt: str) -> None:
    assert "empty" in refused("render", prompt)


def test_nothing_asked(refused: Refused) -> None:
    assert "nothing to say" in refused("render")


def test_prompt_of_50_000_characters(refused: Refused) -> None:
    assert "50,000 characters" in refused("render", "x" * 50_000)


def test_text_of_50_000_characters(refused: Refused, here: Path) -> None:
    (here / "long.txt").write_text("word " * 10_000)
    assert "50,000 characters" in refused("render", "--text-file", "long.txt")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("Müller sagt grüß Gott".encode("latin-1"), "UTF-8"),
        ("你好，世界".encode("gbk"), "UTF-8"),
        ("hello".encode("utf-16-le"), "zero bytes"),
        (bytes(range(256)) * 4, "UTF-8"),
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (None, "No such file"),
    ],
)
def test_text_files(refused: Refused, here: Path, content: bytes | None, word: str) -> None:
    if content is not None:
        (here / "script.txt").write_bytes(content)
    assert word in refused("render", "--text-file", "script.txt", *FAST)


def test_a_text_file_without_end(refused: Refused) -> None:
    assert "larger than 1 MB" in refused("render", "--text-file", "/dev/zero", *FAST)


@pytest.mark.parametrize("text", ["...", "🙂🙂", "-- ??"])
def test_a_text_without_words(refused: Refused, here: Path, text: str) -> None:
    (here / "script.txt").write_text(text, encoding="utf-8")
    assert "nothing that can be spoken" in refused("render", "--text-file", "script.txt", *FAST)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--voice", "nobody"), "nobody"),
        (("--voice", "coqui:nobody"), "nobody"),
        (("--avatar", "nobody"), "nobody"),
        (("--avatar", "~nobody-here/me.jpg"), "~nobody-here"),
        (("--background", "~nobody-here/wall.png"), "~nobody-here"),
        (("--voice", f"xtts:{'n' * 300}.wav"), "nnn"),
        (("--size", "511x512"), "511"),
        (("--size", "64x64"), "64"),
        (("--size", "huge"), "huge"),
        (("--fps", "0"), "fps"),
        (("--fps", "nan"), "fps"),
        (("--speed", "9"), "speed"),
        (("--seed", "-1"), "seed"),
        (("--language", "tlh"), "language"),
        (("--style", "wild"), "style"),
    ],
)
def test_options(refused: Refused, here: Path, options: tuple[str, ...], word: str) -> None:
    assert word in refused("render", "--text-file", "hello.txt", *FAST, *options)


def test_an_option_that_does_not_exist(cli: Cli) -> None:
    said = cli("render", "Hello", "--wat")
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith("No such option: --wat")
    assert said.stderr.count("\n") == 1


def test_unknown_role(refused: Refused) -> None:
    assert "wizard" in refused("render", "Say hello", "--role", "wizard", *FAST)


def test_prompt_and_text(refused: Refused, here: Path) -> None:
    assert "both" in refused("render", "Say hello", "--text-file", "hello.txt")


# ---------------------------------------------------------------- images


def draw(path: Path, kind: str) -> None:
    photo = fetch("portrait-hopper").read_bytes()
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "truncated":
        path.write_bytes(photo[: len(photo) // 3])
    elif kind == "text":
        path.write_text("I am not a picture.")
    elif kind == "huge":
        Image.new("1", (20_000, 20_000)).save(path, "PNG")
    elif kind == "faceless":
        Image.fromarray(np.random.default_rng(0).integers(0, 255, (400, 400, 3), np.uint8)).save(path, "PNG")
    elif kind == "folder":
        path.mkdir()


def test_a_photo_without_end(refused: Refused, here: Path) -> None:
    assert "/dev/zero" in refused("render", "--text-file", "hello.txt", *FAST, "--avatar", "/dev/zero")


@pytest.mark.parametrize("kind", ["missing", "empty", "truncated", "text", "huge", "faceless", "folder"])
def test_images(refused: Refused, here: Path, kind: str) -> None:
    draw(here / "face.img", kind)
    assert "face.img" in refused("render", "--text-file", "hello.txt", "--avatar", "./face.img", *FAST)


# ---------------------------------------------------------------- recordings


def record(path: Path, kind: str) -> None:
    if kind == "silent":
        soundfile.write(path, np.zeros(48_000), 24_000, format="WAV")
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "corrupt":
        path.write_bytes(b"RIFF\xff\xff\xff\x7fWAVEfmt " + np.random.default_rng(0).bytes(5_000))
    elif kind == "text":
        path.write_text("I am not a recording.")
    elif kind == "long":  # three hours that take no room on the disk: the samples are a hole in the file
        soundfile.write(path, np.zeros(1), 8_000, format="WAV", subtype="PCM_16")
        header, size = path.read_bytes()[:44], 2 * 8_000 * 3 * 3600
        with open(path, "wb") as file:
            file.write(header[:4] + (size + 36).to_bytes(4, "little") + header[8:40] + size.to_bytes(4, "little"))
            file.truncate(44 + size)


@pytest.mark.parametrize("kind", ["missing", "silent", "empty", "corrupt", "text", "long"])
def test_recordings(refused: Refused, here: Path, kind: str) -> None:
    record(here / "take.wav", kind)
    assert "take.wav" in refused("render", "--audio", "take.wav", *FAST[2:])


# ---------------------------------------------------------------- places


@pytest.mark.parametrize(
    ("output", "word"),
    [
        ("missing/film.mp4", "missing"),
        ("film.avi", ".mp4"),
        ("folder.mp4", "folder"),
        ("hello.txt/film.mp4", "hello.txt"),
        ("/proc/film.mp4", "/proc"),
        ("x" * 300 + ".mp4", "xxx"),
    ],
)
def test_outputs(refused: Refused, here: Path, output: str, word: str) -> None:
    (here / "folder.mp4").mkdir()
    assert word in refused("render", "--text-file", "hello.txt", *FAST[:-1], output)


def test_an_older_file_survives_what_goes_wrong(refused: Refused, here: Path) -> None:
    (here / "film.mp4").write_bytes(b"older")
    refused("render", "--text-file", "hello.txt", *FAST, "--avatar", "nobody")
    assert (here / "film.mp4").read_bytes() == b"older"


#: Run the rest of the command line with a limit, in bytes, to the size of every file it writes.
LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
os.execv(sys.argv[2], sys.argv[2:])
"""


@pytest.mark.parametrize("limit", [1_000, 40_000, 120_000])
def test_a_disk_that_fills_up(refused: Refused, here: Path, limit: int) -> None:
    """The limit stops the render in one stage or another, as a full disk would."""
    (here / "long.txt").write_text("Here are some sentences to fill the disk with. There are three of them. Here is the last one.")
    before = [sys.executable, "-c", LIMITED, str(limit)]
    refused("render", "--text-file", "long.txt", *FAST[:2], "--size", "512x512", *FAST[4:], before=before)


def test_a_full_disk(refused: Refused, here: Path, tmp_path: Path) -> None:
    if not shutil.which("unshare") or subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode:
        pytest.skip("a small disk cannot be made here")
    (tmp_path / "data").mkdir()
    mount = f'mount -t tmpfs -o size=500k tmpfs {shlex.quote(str(tmp_path / "data"))} && exec "$@"'
    assert "MB" in refused("render", "--text-file", "hello.txt", *FAST, before=["unshare", "-rm", "sh", "-c", mount, "sh"])


def test_a_data_folder_that_cannot_be_made(refused: Refused, here: Path) -> None:
    refused("render", "--text-file", "hello.txt", *FAST, HEYGEN_STUDIO_DATA="/proc/nowhere")
    refused("render", "--text-file", "hello.txt", *FAST, HEYGEN_STUDIO_DATA=str(here / "hello.txt"))


# ---------------------------------------------------------------- weights


@pytest.mark.slow
def test_no_network_for_a_hub_model(refused: Refused) -> None:
    offline = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HUB_CACHE": "hub", "HTTPS_PROXY": "", "HTTP_PROXY": ""}
    sentence = refused("render", "Say hello", "--writer", "hub:Qwen/Qwen2.5-0.5B-Instruct", *FAST, **offline)
    assert "Qwen/Qwen2.5-0.5B-Instruct" in sentence


@pytest.mark.parametrize("name", ["face-landmarker", "portrait-hopper", "hibari-heart"])
def test_a_weight_with_a_wrong_hash(refused: Refused, here: Path, tmp_path: Path, name: str) -> None:
    from heygen_studio.weights import WEIGHTS

    folder = tmp_path / "weights"
    folder.mkdir()
    corrupted = Path(shutil.copy(fetch(name), folder / WEIGHTS[name].file))
    corrupted.chmod(0o644)
    with open(corrupted, "r+b") as file:
        file.seek(1000, os.SEEK_SET)
        file.write(b"changed")
    sentence = refused("render", "--text-file", "hello.txt", *FAST, HEYGEN_STUDIO_WEIGHTS=str(folder))
    assert "sha256" in sentence
    assert WEIGHTS[name].file in sentence

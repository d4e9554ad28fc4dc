"""The container and the Space: sound as files, and (slowly) by carrying their steps out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from dockerfile import Build, read_steps
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "Dockerfile"
#: Where packages of this machine come from, so that a build inside finds them too.
SOURCES = ("/etc/apt/sources.list.d", "/etc/apt/apt.conf.d", "/etc/pip.conf", "/etc/xdg/pip", "/etc/npmrc", str(Path.home() / ".npmrc"))
SHARED = ("/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt", "/usr/share/keyrings")


def tool(name: str) -> Path:
    """A program that came with the development packages."""
    return Path(sys.executable).with_name(name)


def test_hadolint_finds_nothing() -> None:
    said = subprocess.run([tool("hadolint"), DOCKERFILE], capture_output=True, text=True)
    assert said.stdout + said.stderr == ""
    assert said.returncode == 0


def test_what_runs_has_no_rights_and_is_watched() -> None:
    steps = read_steps(DOCKERFILE)
    users = [step.rest for step in steps if step.word == "USER"]
    assert users[-1] == "1000"
    (health,) = (step.rest for step in steps if step.word == "HEALTHCHECK")
    assert "/healthz" in health
    (command,) = (step.rest for step in steps if step.word == "CMD")
    assert '"serve"' in command and '"0.0.0.0"' in command


def test_only_what_runs_is_copied() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".git", ".venv", "tests", "build"} <= set(ignored)
    assert not {"assets", "app.py", "heygen_studio", "README.md", "requirements.txt"} & set(ignored)


def test_the_front_matter_is_a_spaces() -> None:
    _, front, _ = (ROOT / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    space = yaml.safe_load(front)
    assert (space["sdk"], space["license"]) == ("gradio", "apache-2.0")
    assert (ROOT / space["app_file"]).is_file()
    assert space["python_version"] in ("3.10", "3.12")
    assert len(space["short_description"]) <= 60
    (gradio,) = (line for line in (ROOT / "requirements.txt").read_text().splitlines() if line.startswith("gradio"))
    assert space["sdk_version"] in Requirement(gradio).specifier


@pytest.mark.slow
@pytest.mark.parametrize("python", ["3.10", "3.12"])
@pytest.mark.parametrize("torch", ["2.8.0", "2.11.0"])
def test_the_packages_agree_on_a_space(tmp_path: Path, python: str, torch: str) -> None:
    (tmp_path / "constraints.txt").write_text(f"torch=={torch}\n")
    options = ["-c", tmp_path / "constraints.txt", "--python-version", python, "--python-platform", "x86_64-manylinux_2_28", "-q"]
    said = subprocess.run([tool("uv"), "pip", "compile", ROOT / "requirements.txt", *options], capture_output=True, text=True, cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert f"torch=={torch}" in said.stdout


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Path]:
    """The file system of Debian 12, with this machine's sources of packages."""
    root = tmp_path / "root"
    sources = "\n".join(path.read_text() for path in Path("/etc/apt/sources.list.d").glob("*.sources"))
    mirror = next(line.split()[1] for line in sources.splitlines() if line.startswith("URIs:"))
    subprocess.run(["debootstrap", "--variant=minbase", "bookworm", root, mirror], check=True, stdout=subprocess.DEVNULL)
    (root / "etc/apt/sources.list").unlink(missing_ok=True)
    for place in map(Path, (*SOURCES, *SHARED)):
        if place.exists():
            target = root / place.relative_to("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if place.is_dir() else shutil.copyfile
            copy(place, target, **({"dirs_exist_ok": True} if place.is_dir() else {}))
    mounts = [(place, ["--bind", place]) for place in ("/dev", "/opt")] + [("/proc", ["-t", "proc", "proc"])]
    try:
        for place, how in mounts:
            (root / place[1:]).mkdir(exist_ok=True)
            subprocess.run(["mount", *how, root / place[1:]], check=True)
        yield root
    finally:
        for place, _ in mounts:
            subprocess.run(["umount", root / place[1:]], check=False)


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("debootstrap") is None, reason="a root file system needs root and debootstrap")
def test_the_steps_make_a_studio_that_serves(base: Path) -> None:
    """Takes about 10 minutes and 5 GB."""
    build = Build(base, ROOT, {})
    build.variables.update({name: value for name, value in os.environ.items() if name.startswith("PIP_")})
    for step in read_steps(DOCKERFILE):
        build.carry_out(step)
    assert build.run(["id", "-u"]).stdout.strip() == "1000"
    inside = f"""
        {" ".join(build.command)} & server=$!
        for _ in $(seq 90); do
            sleep 1
            if python -c "$WATCH"; then kill $server; wait $server; exit 0; fi
        done
        kill $server; exit 1
    """
    build.run(["bash", "-c", inside], WATCH=build.health[2])

"""Reads a Dockerfile and carries its steps out in a folder that is a root file system, where no container engine runs."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Step:
    """One instruction: its word and the rest, with continued lines joined."""

    word: str
    rest: str


def read_steps(dockerfile: Path) -> list[Step]:
    """The instructions in order."""
    lines = [line for line in dockerfile.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")]
    text = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [Step(*line.strip().split(maxsplit=1)) for line in text.splitlines() if line.strip()]


class Build:
    """The state of a build: variables, user and folder. ``root`` is the base image's file system; ``context`` what is copied from."""

    def __init__(self, root: Path, context: Path, arguments: dict[str, str]) -> None:
        self.root, self.context, self.arguments = root, context, arguments
        self.variables: dict[str, str] = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
        self.user, self.folder, self.shell = "root", "/", ["/bin/sh", "-c"]
        self.command: list[str] = []
        self.health: list[str] = []

    def carry_out(self, step: Step) -> None:
        """Do one step. Raises CalledProcessError if a RUN fails, ValueError for an instruction that is not known here."""
        if step.word == "RUN":
            self.run([*self.shell, step.rest])
        elif step.word == "ARG":
            name, _, usual = step.rest.partition("=")
            if name in self.arguments or usual or "=" in step.rest:
                self.variables[name] = self.arguments.get(name, usual)
        elif step.word == "ENV":
            for name, value in re.findall(r"(\w+)=(\S+)", step.rest):
                self.variables[name] = re.sub(r"\$\{?(\w+)\}?", lambda part: self.variables.get(part[1], ""), value)
        elif step.word == "USER":
            self.user = step.rest
        elif step.word == "WORKDIR":
            self.folder = step.rest
        elif step.word == "SHELL":
            self.shell = json.loads(step.rest)
        elif step.word == "COPY":
            self._copy(step.rest)
        elif step.word == "CMD":
            self.command = json.loads(step.rest)
        elif step.word == "HEALTHCHECK":
            self.health = json.loads(step.rest.partition("CMD ")[2])
        elif step.word not in ("FROM", "EXPOSE", "VOLUME"):
            raise ValueError(f"unknown instruction {step.word}")

    def run(self, command: list[str], **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command inside, as the user and in the folder of this point of the build."""
        inside = ["chroot", f"--userspec={self.user}:{self.user}", str(self.root), "/usr/bin/env", "-i", f"--chdir={self.folder}"]
        people = (line.split(":") for line in (self.root / "etc/passwd").read_text().splitlines())
        home = next(person[5] for person in people if self.user in (person[0], person[2]))
        variables = [f"{name}={value}" for name, value in {"HOME": home, **self.variables, **more}.items()]
        return subprocess.run([*inside, *variables, *command], check=True, text=True, capture_output=True)

    def _copy(self, rest: str) -> None:
        """COPY from the files that git knows, which are fewer than an engine would send."""
        *options, source, _ = rest.split()
        target = self.root / self.folder.lstrip("/")
        names = subprocess.run(["git", "ls-files"], cwd=self.context, check=True, capture_output=True, text=True).stdout.splitlines()
        left_out = [line.rstrip("/") for line in (self.context / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
        for name in names if source == "." else [source]:
            if name.split("/")[0] not in left_out:
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(self.context / name, target / name)
        owner = next((option.partition("=")[2] for option in options if option.startswith("--chown=")), "root")
        subprocess.run(["chroot", str(self.root), "chown", "-R", f"{owner}:{owner}", self.folder], check=True)

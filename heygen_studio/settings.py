"""Settings from the environment, read once."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import overload

from platformdirs import user_cache_path, user_data_path

from .errors import BadInput


@dataclass(frozen=True)
class Settings:
    """Where things live and what the machine may use. Field by field, the environment variable that sets it:

    data: HEYGEN_STUDIO_DATA, the library of results and the cache of finished stages.
    cache: HEYGEN_STUDIO_CACHE, verified model files and prepared engines.
    weights: HEYGEN_STUDIO_WEIGHTS, a folder with model files that overrides every download (those of a hub: owner/name/file).
    agreed: HEYGEN_STUDIO_AGREED, names of models whose licence the operator agrees to, with commas between them.
    writer: HEYGEN_STUDIO_WRITER, the default script engine (see `heygen_studio.script`).
    painter: HEYGEN_STUDIO_PAINTER, the text-to-image model of faces: the name of a weight, a hub's owner/name, or a folder.
    upload_mb, uploads_mb: HEYGEN_STUDIO_UPLOAD_MB and HEYGEN_STUDIO_UPLOADS_MB, megabytes of one upload and of all of an owner.
    device: HEYGEN_STUDIO_DEVICE, where networks run: "auto" (the fastest there is), "cuda", "mps" or "cpu".
    compile: HEYGEN_STUDIO_COMPILE, "1" to compile networks for a CUDA device: a minute of waiting, then faster.
    openai_base_url, openai_api_key: OPENAI_BASE_URL and OPENAI_API_KEY of an OpenAI-compatible endpoint.
    keep_days: HEYGEN_STUDIO_KEEP_DAYS, how long results and unused stages stay; None: for ever.
    max_mb: HEYGEN_STUDIO_MAX_MB, megabytes that all of them may take; None: any number.
    owner_mb: HEYGEN_STUDIO_OWNER_MB, megabytes of results with which one owner may submit more jobs; None: any number.
    visitor_jobs, visitor_jobs_a_day: HEYGEN_STUDIO_VISITOR_JOBS and HEYGEN_STUDIO_VISITOR_JOBS_A_DAY, jobs of one visitor of the web app
    that are not finished, and that were submitted within 24 hours.
    renderers: HEYGEN_STUDIO_RENDERERS, videos that the web app of ``make app`` renders at the same time.
    login: HEYGEN_STUDIO_LOGIN, who may open the web app, as "name:password,name:password"; empty: everybody who reaches it.
    owner_jobs, owner_daily: HEYGEN_STUDIO_OWNER_JOBS and HEYGEN_STUDIO_OWNER_DAILY, jobs that one owner may have unfinished, and may submit
    within 24 hours; None: any number.
    rate: HEYGEN_STUDIO_RATE, requests a minute that one API key may make.
    private_urls: HEYGEN_STUDIO_PRIVATE_URLS, "1" to fetch from and send webhooks to addresses of this machine and its network too.
    public_url: HEYGEN_STUDIO_URL, under which others reach the server, such as "https://studio.example"; "": as a request names it.
    log_json: HEYGEN_STUDIO_LOG, "json" for a log of one JSON object a line.
    """

    data: Path
    cache: Path
    weights: Path | None = None
    agreed: tuple[str, ...] = ()
    writer: str = "gguf:qwen2.5-coder-1.5b"
    painter: str = "sdxl-turbo"
    upload_mb: float = 200
    uploads_mb: float = 5000
    device: str = "auto"
    compile: bool = False
    openai_base_url: str = "https://api.openai.com/v1"
    openai_api_key: str = field(default="", repr=False)
    keep_days: float | None = None
    max_mb: float | None = None
    owner_mb: float | None = None
    visitor_jobs: float = 20
    visitor_jobs_a_day: float = 200
    renderers: int = 1
    login: str = field(default="", repr=False)
    owner_jobs: float | None = None
    owner_daily: float | None = None
    rate: float = 600
    private_urls: bool = False
    public_url: str = ""
    log_json: bool = False

    @property
    def library(self) -> Path:
        """One folder per result."""
        return self.data / "library"

    @property
    def stages(self) -> Path:
        """Finished stages, keyed by the hash of their inputs."""
        return self.data / "stages"

    @property
    def uploads(self) -> Path:
        """What users bring along, one folder per owner."""
        return self.data / "uploads"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process. Raises `BadInput` for a value that cannot be used."""
    env = os.environ
    weights = env.get("HEYGEN_STUDIO_WEIGHTS")
    return Settings(
        data=Path(env.get("HEYGEN_STUDIO_DATA") or user_data_path("heygen-studio")),
        cache=Path(env.get("HEYGEN_STUDIO_CACHE") or user_cache_path("heygen-studio")),
        weights=Path(weights) if weights else None,
        agreed=tuple(name.strip() for name in env.get("HEYGEN_STUDIO_AGREED", "").split(",") if name.strip()),
        writer=env.get("HEYGEN_STUDIO_WRITER") or Settings.writer,
        painter=env.get("HEYGEN_STUDIO_PAINTER") or Settings.painter,
        upload_mb=_limit("HEYGEN_STUDIO_UPLOAD_MB", Settings.upload_mb),
        uploads_mb=_limit("HEYGEN_STUDIO_UPLOADS_MB", Settings.uploads_mb),
        device=env.get("HEYGEN_STUDIO_DEVICE") or Settings.device,
        compile=_is_set("HEYGEN_STUDIO_COMPILE", "1"),
        openai_base_url=env.get("OPENAI_BASE_URL") or Settings.openai_base_url,
        openai_api_key=env.get("OPENAI_API_KEY", ""),
        keep_days=_limit("HEYGEN_STUDIO_KEEP_DAYS"),
        max_mb=_limit("HEYGEN_STUDIO_MAX_MB"),
        owner_mb=_limit("HEYGEN_STUDIO_OWNER_MB"),
        visitor_jobs=_limit("HEYGEN_STUDIO_VISITOR_JOBS", Settings.visitor_jobs),
        visitor_jobs_a_day=_limit("HEYGEN_STUDIO_VISITOR_JOBS_A_DAY", Settings.visitor_jobs_a_day),
        renderers=int(_limit("HEYGEN_STUDIO_RENDERERS", Settings.renderers)),
        login=env.get("HEYGEN_STUDIO_LOGIN", ""),
        owner_jobs=_limit("HEYGEN_STUDIO_OWNER_JOBS"),
        owner_daily=_limit("HEYGEN_STUDIO_OWNER_DAILY"),
        rate=_limit("HEYGEN_STUDIO_RATE", Settings.rate),
        private_urls=_is_set("HEYGEN_STUDIO_PRIVATE_URLS", "1"),
        public_url=env.get("HEYGEN_STUDIO_URL", "").rstrip("/"),
        log_json=_is_set("HEYGEN_STUDIO_LOG", "json"),
    )


def _is_set(name: str, value: str) -> bool:
    """Whether a variable holds the one value that means something; it may hold "0" or nothing, too."""
    text = os.environ.get(name, "").strip()
    if text not in (value, "0", ""):
        raise BadInput(f"{name} is {text[:60]!r}, which cannot be used: set it to {value}, or to nothing.")
    return text == value


@overload
def _limit(name: str) -> float | None: ...


@overload
def _limit(name: str, default: float) -> float: ...


def _limit(name: str, default: float | None = None) -> float | None:
    """A variable that holds a number from 0 on, or nothing."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        meant = "no limit" if default is None else f"{default:g}"
        raise BadInput(f"{name} is {text[:60]!r}, which cannot be used: set it to a number from 0 on, or to nothing for {meant}.")
    return number


def usable_cores() -> int:
    """Cores that this process may use; macOS does not tell, so all of them there."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def worker_threads() -> int:
    """Threads for a network: all cores that this process may use but one, which is left for the encoder and the caller.

    OMP_NUM_THREADS sets a lower number, as Ray does for workers that share a machine.
    """
    cores = usable_cores()
    allowed = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, min(cores - 1, int(allowed) if allowed.isdigit() else cores))

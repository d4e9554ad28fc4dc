# make demo    install everything and make a first video (PROMPT="..." AVATAR=photo.jpg for your own)
# make test    install everything and run the tests
# make help    the other targets

# The first Python of a supported version on this machine.
PYTHON ?= $(shell for p in python3.12 python3.11 python3.10 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PROMPT ?= Welcome new colleagues on their first day and tell them where to find help
AVATAR ?= hopper
# A plain torch brings gigabytes of CUDA libraries, which a machine without an NVIDIA driver cannot use.
CPU_TORCH := torch==2.13.0

.PHONY: help install demo app test test-browser test-slow lint format benchmarks clean

help:
	@echo "make demo        install, fetch the default models and make a video (PROMPT=..., AVATAR=...)"
	@echo "make app         the studio in the browser, at http://127.0.0.1:7860"
	@echo "make test        install and run the tests"
	@echo "make test-slow   the tests that take minutes or gigabytes"
	@echo "make test-browser the web studio in a real browser (needs chromium); screenshots in build/browser"
	@echo "make lint        ruff and mypy"
	@echo "make benchmarks  speed and memory of the pipeline, the voices, the renderer and workers"
	@echo "make clean       remove the environment"

$(VENV)/pip:
	@test -n "$(PYTHON)" || { echo "Python 3.10, 3.11 or 3.12 is needed and was not found: install one, or run make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	@touch $@

$(VENV)/runtime: requirements.txt pyproject.toml | $(VENV)/pip
	@echo "Installing the packages (a few minutes, 3 GB) ..."
	@command -v nvidia-smi >/dev/null || $(BIN)/pip install --quiet "$(CPU_TORCH)" || echo "No $(CPU_TORCH) for this Python: taking the index's default torch."
	$(BIN)/pip install --quiet -r requirements.txt
	@$(BIN)/pip install --quiet --no-deps -e . 2>$(VENV)/install.log || { cat $(VENV)/install.log; exit 1; }
	@touch $@

$(VENV)/dev: $(VENV)/runtime
	@$(BIN)/pip install --quiet -e ".[dev]" 2>$(VENV)/install.log || { cat $(VENV)/install.log; exit 1; }
	@touch $@

install: $(VENV)/runtime

# The user's words reach the command through the environment: the shell never reads them as code.
demo: export DEMO_PROMPT = $(value PROMPT)
demo: export DEMO_AVATAR = $(value AVATAR)
demo: $(VENV)/runtime
	@$(BIN)/heygen-studio weights --fetch default >/dev/null
	@$(BIN)/heygen-studio render --seconds 10 --avatar "$$DEMO_AVATAR" -- "$$DEMO_PROMPT"

app: $(VENV)/runtime
	$(BIN)/python app.py

test: $(VENV)/dev
	$(BIN)/python -m pytest

test-slow: $(VENV)/dev
	$(BIN)/python -m pytest -m slow

$(VENV)/browser: $(VENV)/dev
	@$(BIN)/pip install --quiet -e ".[browser]" 2>$(VENV)/install.log || { cat $(VENV)/install.log; exit 1; }
	@touch $@

test-browser: $(VENV)/browser
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
		echo "A browser is needed and was not found: apt-get install chromium fonts-noto-cjk"; exit 1; }
	$(BIN)/python -m pytest tests/browser

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

benchmarks: $(VENV)/dev
	$(BIN)/python benchmarks/speech.py
	$(BIN)/python benchmarks/renderer.py
	$(BIN)/python benchmarks/pipeline.py
	$(BIN)/python benchmarks/api_load.py
	$(BIN)/python benchmarks/batch.py

clean:
	rm -rf $(VENV) build

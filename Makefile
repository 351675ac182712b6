# The very commands that CI runs. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SIZE ?= m
SEED ?= 7
# Parallel test workers; the machines we know have two cores.
JOBS ?= 2

.PHONY: help setup demo test check build docs lint bench clean
.DEFAULT_GOAL := help

help: ## Say what can be made.
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(READY) ## Make the virtual environment with the pinned dependencies.

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Scaup needs Python 3.11 or later; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pip install --quiet --compile --require-hashes -r requirements.lock
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pip install --quiet --compile --no-deps --no-build-isolation -e .
	@touch $(READY)

clean: ## Remove everything that was made, the data included.
	rm -rf $(VENV) var target logs .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info

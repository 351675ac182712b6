# The very commands that CI runs. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SIZE ?= m
SEED ?= 7
# Parallel test workers; the machines we know have two cores.
JOBS ?= 2
# What `make mutants` tries: layers, models or questions; all without any.
SUBJECTS ?=

.PHONY: help setup demo test test-sail test-spark lint unit-tests build check docs bench promises mutants clean
.DEFAULT_GOAL := help

help: ## Say what can be made.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

setup: $(READY) ## Make the virtual environment with the pinned dependencies.

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Scaup needs Python 3.11 or later; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pip install --quiet --compile --require-hashes -r requirements.lock
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pip install --quiet --compile --no-deps --no-build-isolation -e .
	@mkdir -p var/dev var/spill
	@touch $(READY)

demo: $(READY) ## The main job: a world, a load, a build with its checks, a report, the leads' pages.
	@PATH="$(CURDIR)/$(BIN):$$PATH" SIZE=$(SIZE) SEED=$(SEED) sh .ci/demo

test: $(READY) ## All tests; what they measured of the promises: var/promises/promises.html.
	@$(MAKE) --no-print-directory -j $(JOBS) lint unit-tests
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -q \
		-o junit_family=xunit1 --junitxml=var/promises/suite.xml; status=$$?; \
		$(BIN)/python benchmarks/promises.py --suite var/promises/suite.xml || status=1; exit $$status

test-sail: $(READY) .venv-sail/.ready ## The heavy end on Spark's protocol without a JVM (Sail), held to DuckDB's column by column.
	.venv-sail/bin/python -m pytest -q -s tests/spark/dialect.py tests/spark/parity.py tests/spark/reading.py

test-spark: $(READY) .venv-spark/.ready ## The same on pyspark; needs Java 17 and some minutes.
	.venv-spark/bin/python -m pytest -q -s tests/spark/dialect.py tests/spark/parity.py tests/spark/reading.py

# Over the ordinary environment: only what Spark needs besides is installed anew.
.venv-%/.ready: $(READY) requirements-%.lock
	$(BIN)/python -m venv .venv-$*
	$(BIN)/python -c 'import site, sys; sys.stdout.write(site.getsitepackages()[0])' \
		> "$$(.venv-$*/bin/python -c 'import site, sys; sys.stdout.write(site.getsitepackages()[0])')/base.pth"
	PYTHONDONTWRITEBYTECODE= .venv-$*/bin/python -m pip install --quiet --compile --require-hashes -r requirements-$*.lock
	@touch $@

lint: $(READY) ## Style and types: ruff, mypy, sqlfmt, yamllint.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfmt --check --quiet models macros analyses
	$(BIN)/yamllint --strict models analyses seeds adapters

unit-tests: $(READY) ## The unit tests of the SQL models, on an empty lake of their own.
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh .ci/unit-tests

build: $(READY) ## Build, check and publish what is in the lake.
	$(BIN)/scaup build

check: $(READY) ## Check the lake and the current snapshot again.
	$(BIN)/scaup check

docs: $(READY) ## dbt's documentation of every model and column: target/index.html.
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh .ci/docs

bench: $(READY) ## Benchmarks at world SIZE beside peers and floors: var/bench/bench.html.
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-bench.lock
	@$(BIN)/python benchmarks/bench.py --size $(SIZE)

promises: $(READY) ## The same page with every promise measured at full size, now (hours).
	$(BIN)/python benchmarks/promises.py

mutants: $(READY) ## Small defects in the SQL of each model and question, and how many the tests notice.
	$(BIN)/python benchmarks/mutate_sql.py --jobs $(JOBS) $(SUBJECTS)

clean: ## Remove everything that was made, the data included.
	rm -rf $(VENV) .venv-sail .venv-spark var target logs .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info

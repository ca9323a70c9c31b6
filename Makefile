# Every target sets up what it needs: Python 3.10 or newer and a clone are enough.
# `make PYTHON=python3.13 VENV=/tmp/venv313 test` tries another Python.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
RESOLUTION ?= lowest-direct
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-header \
	--no-emit-index-url --no-annotate --upgrade

.PHONY: demo test coverage lint readme ci clean test-versions audit lock

## Lint the example templates. kmslint finds something and exits 1: that is the success of a demonstration.
demo: $(VENV)/kmslint-installed
	@echo '$$ kmslint fixtures/templates'
	@$(BIN)/kmslint fixtures/templates; status=$$?; \
	if [ $$status -ne 1 ]; then echo "make demo: kmslint should exit 1 here, not $$status" >&2; exit 1; fi

test: $(VENV)/kmslint-dev-installed
	$(BIN)/python -m pytest

## Which lines and branches no test comes to, by the parts of the code.
coverage: $(VENV)/kmslint-dev-installed
	$(BIN)/coverage run -m pytest -q
	$(BIN)/coverage combine
	$(BIN)/python tools/coverage_of_parts.py

lint: $(VENV)/kmslint-dev-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/python tools/readme.py --check

## Write the generated parts of README.md: the output shown, and the table of rules.
readme: $(VENV)/kmslint-dev-installed
	$(BIN)/python tools/readme.py

ci:
	.ci/run

## The tests with the oldest dependencies that pyproject.toml allows, or with RESOLUTION=highest the newest there are.
test-versions: $(VENV)/tools-installed
	$(BIN)/uv venv --quiet --clear --python $(PYTHON) $(VENV)-$(RESOLUTION)
	$(BIN)/uv pip install --quiet --python $(VENV)-$(RESOLUTION) --resolution $(RESOLUTION) -e '.[dev]'
	$(BIN)/uv pip freeze --python $(VENV)-$(RESOLUTION)
	$(VENV)-$(RESOLUTION)/bin/python -m pytest

## Known vulnerabilities in what kmslint and its tests are built of, and weak spots in the workflows.
audit: $(VENV)/tools-installed
	$(BIN)/pip-audit --strict --disable-pip --require-hashes --requirement .ci/locked.txt
	$(BIN)/pip-audit --strict --disable-pip --require-hashes --requirement .ci/tools.txt
	$(BIN)/zizmor --offline --pedantic .

## Pin the newest of everything that is installed here, with its hashes.
lock: $(VENV)/tools-installed
	$(LOCK) --extra dev --output-file .ci/locked.txt pyproject.toml .ci/build.in
	$(LOCK) --output-file .ci/tools.txt .ci/tools.in

clean:
	rm -rf $(VENV) $(VENV)-* build dist *.egg-info .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache

# Editable, so that a change of the code needs no new installation.
$(VENV)/kmslint-installed: $(BIN)/python pyproject.toml
	@echo 'installing kmslint into $(VENV)'
	@$(PIP) install -e .
	@touch $@

# Pinned, with hashes: what runs here is what ran in the last pull request.
$(VENV)/kmslint-dev-installed: $(BIN)/python pyproject.toml .ci/locked.txt
	@echo 'installing kmslint and what its tests need into $(VENV)'
	@$(PIP) install --require-hashes --requirement .ci/locked.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/kmslint-installed

$(VENV)/tools-installed: $(BIN)/python .ci/tools.txt
	@echo 'installing what looks after the dependencies into $(VENV)'
	@$(PIP) install --require-hashes --requirement .ci/tools.txt
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "kmslint needs Python 3.10 or newer: make PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install 'pip>=21.3' # the first that installs a pyproject.toml editable; Python 3.10.0 brings 21.2

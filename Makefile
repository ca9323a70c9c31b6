# Every target sets up what it needs: Python 3.10 or newer and a clone are enough.
# `make PYTHON=python3.13 VENV=/tmp/venv313 test` tries another Python.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test coverage lint readme ci clean

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

clean:
	rm -rf $(VENV) build dist *.egg-info .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache

# Editable, so that a change of the code needs no new installation.
$(VENV)/kmslint-installed: $(BIN)/python pyproject.toml
	@echo 'installing kmslint into $(VENV)'
	@$(PIP) install -e .
	@touch $@

$(VENV)/kmslint-dev-installed: $(BIN)/python pyproject.toml
	@echo 'installing kmslint and what its tests need into $(VENV)'
	@$(PIP) install -e '.[dev]'
	@touch $@ $(VENV)/kmslint-installed

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "kmslint needs Python 3.10 or newer: make PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install 'pip>=21.3' # the first that installs a pyproject.toml editable; Python 3.10.0 brings 21.2

# `make grade` and `make test` are all that is needed on a machine with Python and make.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

.PHONY: grade test lint bench audit install
grade: $(VENV)/.installed
	@$(BIN)/grade || test $$? -eq 1  # "not yet" is no error of make's

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/grade sync --check

bench: $(VENV)/.installed-dev
	$(BIN)/python tests/bench/bench.py

audit: $(VENV)/.installed
	$(BIN)/grade audit

install: $(VENV)/.installed

$(VENV)/bin-ready:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	@touch $@

$(VENV)/.installed: $(VENV)/bin-ready pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group dev
	@touch $@

# `make grade` and `make test` only need Python and make.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
RUN := $(BIN)/python -m

# Errors are shown; what pip says about itself is not.
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_ROOT_USER_ACTION := ignore
INSTALL := @$(RUN) pip install -qq

.PHONY: grade test lint bench audit coverage site lock install
grade: $(VENV)/.installed
	@$(RUN) grader || test $$? -eq 1  # "not yet" is no error of make's

test: $(VENV)/.installed-dev
	$(RUN) pytest -n auto --dist worksteal

lint: $(VENV)/.installed-dev
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(BIN)/python -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	$(RUN) grader sync --check

bench: $(VENV)/.installed-dev
	$(BIN)/python tests/bench/bench.py

audit: $(VENV)/.installed
	$(RUN) grader audit

coverage: $(VENV)/.installed-dev
	$(RUN) coverage erase
	$(RUN) coverage run -m pytest -n auto --dist worksteal
	$(RUN) coverage combine --quiet
	$(RUN) coverage report
	@$(BIN)/python tests/bench/branches.py

# The pages of docs/ as a site; a link that leads nowhere is an error.
site: $(VENV)/.installed
	$(INSTALL) --constraint constraints.txt --group site
	$(RUN) sphinx -W --keep-going -E -q -d build/doctrees docs build/site

# Adds to constraints.txt what pyproject.toml has come to need; LOCK=--upgrade moves every version.
# Left out are the CUDA packages, which each build of torch pins itself, and what PyPy alone needs.
lock: $(VENV)/bin-ready
	$(INSTALL) --group lock
	@cp constraints.txt $(VENV)/lock
	$(RUN) uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
		--all-extras --group dev --group release --group site --no-annotate --no-header --no-emit-index-url \
		--output-file $(VENV)/lock pyproject.toml $(LOCK)
	@{ grep '^#' constraints.txt; sed -E "/^(#|cuda-|nvidia-|triton=)|'pypy'/d; s/ ;.*//" $(VENV)/lock; } > $(VENV)/locked
	@mv $(VENV)/locked constraints.txt

install: $(VENV)/.installed

$(VENV)/bin-ready:
	@echo "Setting up $(VENV). PyTorch is downloaded once, which can take some minutes."
	@$(PYTHON) -m venv $(VENV)
	$(INSTALL) --upgrade "pip>=25.1"
	@touch $@

$(VENV)/.installed: $(VENV)/bin-ready pyproject.toml constraints.txt
	$(INSTALL) --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(INSTALL) --constraint constraints.txt --group dev
	@touch $@

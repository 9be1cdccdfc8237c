# `make demo` shows what the programme does, `make test` is the one command that checks everything.
# Both create a virtual environment in .venv and install what they need into it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test lint types samples golden clean

demo: $(VENV)/installed
	$(BIN)/wres-assure demo -o demo

test: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/wres-assure rules lint
	$(BIN)/python -m pytest -n auto

samples: $(VENV)/installed-test  ## write sample_submissions/ again
	$(BIN)/python tests/samples.py

golden: $(VENV)/installed-test  ## write the golden files again; their diff is the review
	$(BIN)/python -m pytest -n auto tests/test_golden.py --update-golden

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or later is needed. Install it, or name one: make PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || \
	  { rm -rf $(VENV); echo "This Python cannot create virtual environments. On Debian or Ubuntu install the package python3-venv, then run make again."; exit 1; }

$(VENV)/installed: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/installed-test: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) demo build dist

# `make demo` shows what the programme does, `make test` is the one command that checks everything.
# Both create a virtual environment in .venv and install into it what the lock files pin, by hash.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

PYTHONS ?= python3.12 python3.13

.PHONY: demo test quick newest versions lock sbom audit samples golden pictures bench mutants simulate clean

demo: $(VENV)/installed
	$(BIN)/wres-assure demo -o demo --force

test: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/wres-assure rules lint
	tests/tools.sh
	$(BIN)/python -m pytest -n auto --dist worksteal

quick: $(VENV)/installed-test  ## in a minute, what needs no LibreOffice, browser, PDF or installation
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/wres-assure rules lint
	WRES_ASSURE_TABLES=400 $(BIN)/python -m pytest -n auto --dist worksteal -m "not programs and not slow"

newest:  ## the tests with the newest releases, in an environment of its own: drift is met here, on purpose
	rm -rf .venv-newest
	$(MAKE) test VENV=.venv-newest NEWEST=yes

versions: $(VENV)/installed-test  ## whether other releases of Python write the same; names them: make versions PYTHONS=python3.14
	@rm -rf build/versions
	@for python in $(PYTHONS); do \
	  echo "$$($$python --version):" && environment=.venv-$$(basename $$python) && \
	  $$python -m venv $$environment && tests/pinned.sh $$environment/bin/python requirements-test.lock && \
	  $(BIN)/python tests/same_bytes.py . . --python $$environment/bin/python --kept build/versions || exit 1; \
	done

lock: .venv-supply/installed  ## pin the newest releases: names, versions and hashes, for every platform, and no addresses
	$(LOCK) pyproject.toml --group build -o requirements.lock
	$(LOCK) pyproject.toml --group build --extra test -c requirements.lock -o requirements-test.lock
	$(LOCK) tests/bench/requirements.in -o tests/bench/requirements.lock
	$(LOCK) tests/bench/mutants.in -o tests/bench/mutants.lock
	$(LOCK) tests/supply/requirements.in -o tests/supply/requirements.lock

sbom: .venv-supply/installed  ## list what the lock pins as CycloneDX, in build/sbom.json
	@mkdir -p build
	.venv-supply/bin/cyclonedx-py requirements requirements.lock --of JSON --output-reproducible -o build/sbom.json

audit: .venv-supply/installed  ## look up what is known against the packages that the lock pins; needs a network
	.venv-supply/bin/python tests/supply/audit.py .venv-supply/bin/pip-audit requirements.lock

LOCK = .venv-supply/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
  --no-emit-index-url --no-emit-find-links --no-annotate --no-header

.venv-supply/installed: tests/supply/requirements.lock
	$(PYTHON) -m venv .venv-supply
	.venv-supply/bin/python -m pip install --quiet --require-hashes --no-deps --only-binary :all: -r $<
	@touch $@

.venv-mutants/installed: tests/bench/mutants.lock
	$(PYTHON) -m venv .venv-mutants
	.venv-mutants/bin/python -m pip install --quiet --require-hashes --no-deps --only-binary :all: \
	  --no-binary yattag --no-build-isolation -r $<  # yattag is offered as sources alone
	@touch $@

samples: $(VENV)/installed-test  ## write sample_submissions/ again
	$(BIN)/python tests/samples.py

golden: $(VENV)/installed-test  ## write the golden files again; their diff is the review
	$(BIN)/python -m pytest -n auto tests/test_golden.py tests/test_readme.py tests/authoring tests/briefing --update-golden

pictures: $(VENV)/installed-test  ## draw the pages of three samples, to be looked at, in tests/golden/pages
	tests/tools.sh
	$(BIN)/python tests/pictures.py

bench: $(VENV)/installed-test  ## measure against other tools; writes tests/bench/results.md
	$(BIN)/python tests/bench/bench.py
	$(BIN)/python tests/bench/cohort.py --sizes 20 200 2200 --table 2000 20000 --write

mutants: $(VENV)/installed-test .venv-mutants/installed  ## slow: put faults into the code, one by one: those of a list and mutants
	$(BIN)/python tests/bench/faults.py
	.venv-mutants/bin/python tests/bench/mutants.py --write

simulate: $(VENV)/installed-test  ## slow: tables by the ten thousand against the oracles, mutated inputs, generated returns
	WRES_ASSURE_TABLES=10000 $(BIN)/python -m pytest -n auto tests/stats
	WRES_ASSURE_RETURNS=20000 $(BIN)/python -m pytest -n auto tests/derive
	WRES_ASSURE_EVERY_CELL=1 WRES_ASSURE_EVERY_ATTACK=1 $(BIN)/python -m pytest -n auto --dist worksteal \
	  tests/test_deletion.py tests/test_sweep.py tests/render
	WRES_ASSURE_BRIEFINGS=2000 $(BIN)/python -m pytest -n 0 tests/briefing/test_sentences.py
	$(BIN)/python tests/bench/fuzz.py --count 30000 --seed 1009 --write
	$(BIN)/python tests/bench/simulation.py
	$(BIN)/python tests/bench/change_simulation.py
	$(BIN)/python tests/bench/score_simulation.py
	$(BIN)/python tests/bench/error_rates.py
	$(BIN)/python tests/bench/peers_simulation.py
	$(BIN)/python tests/bench/slips.py
	$(BIN)/python tests/bench/planted.py --write
	$(BIN)/python tests/bench/survey.py
	$(BIN)/python tests/bench/disclosure.py --returns 2000 --seed 29 --write

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or later is needed. Install it, or name one: make PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || \
	  { rm -rf $(VENV); echo "This Python cannot create virtual environments. On Debian or Ubuntu install the package python3-venv, then run make again."; exit 1; }

ifdef NEWEST
$(VENV)/installed-test: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --upgrade --editable '.[test]'
	@touch $@ $(VENV)/installed
else
$(VENV)/installed: $(VENV)/bin/python pyproject.toml requirements.lock
	tests/pinned.sh $(BIN)/python requirements.lock
	@touch $@

$(VENV)/installed-test: $(VENV)/bin/python pyproject.toml requirements-test.lock
	tests/pinned.sh $(BIN)/python requirements-test.lock
	@touch $@ $(VENV)/installed
endif

clean:
	rm -rf .venv* demo build dist

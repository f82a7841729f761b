# kpt: `make verify` and `make test` do all the set-up they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SERIES := fixtures/series/balloon-v2
TREE := fixtures/trees/linux-mini
REPORT := $(VENV)/report.json

.PHONY: verify test lint clean
.DEFAULT_GOAL := verify

# The report of the bundled series, held against the list written by hand.
# The series is known to be wrong: exit 1 (refuted) is what must come out.
verify: $(VENV)/.installed
	@$(BIN)/kpt verify $(SERIES) --tree $(TREE) --format text --format json=$(REPORT); \
	code=$$?; test $$code -eq 1 || { echo "kpt verify: exit $$code, expected 1"; exit 1; }
	@$(BIN)/python tests/expected.py $(SERIES)/expected.json $(REPORT)

test: $(VENV)/.tested
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist loadfile

lint: $(VENV)/.linted
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

$(VENV)/.linted: $(VENV)/.tested
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[lint]'
	@touch $@

clean:
	rm -rf $(VENV)

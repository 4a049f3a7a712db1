PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
WEB := gateway/web
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm --prefix $(WEB) --silent

.PHONY: run test test-vendors check format bench bench-peers soak screenshots install clean

run: install  ## start everything on this machine and watch the example tree
	$(BIN)/headrace up --watch examples/cvlab

test: install  ## run the test suite on the real Redis and the real PostgreSQL
	$(BIN)/pytest -n $(or $(JOBS),3) --dist loadfile

test-vendors: install  ## have the vendors' own programs, installed in .vendors/, read what is written for them
	$(BIN)/pytest -m vendors tests/vendors

check: install  ## style, types, architecture
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m gateway.routes > $(WEB)/openapi.json
	$(NPM) run types
	$(NPM) run check

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install  ## measure; JSON=FILE writes the table too
	$(BIN)/python -m benchmarks $(if $(JSON),--json $(JSON))

bench-peers: install  ## the same work on FastStream, taskiq, arq, Celery and Faust, each installed in .peers/
	$(BIN)/python -m benchmarks.peers $(if $(JSON),--json $(JSON))

soak: install  ## changes at a rate while something is killed every few seconds; MINUTES=30 RATE=500 SEED=1
	$(BIN)/python -m benchmarks.soak --minutes $(or $(MINUTES),30) --rate $(or $(RATE),500) --seed $(or $(SEED),1)

screenshots: install  ## a picture of every screen, into docs/images/
	$(BIN)/python docs/screenshots.py

install: $(INSTALLED)

$(INSTALLED): pyproject.toml hatch_build.py $(shell find $(WEB) -type f -not -path '*/node_modules/*' -not -name openapi.json -not -name schema.ts)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

clean:
	rm -rf $(WEB)/node_modules gateway/static
	rm -rf .venv .peers .vendors dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Everything that is done with a clone has its name here, and runs the same by hand and in CI.
# It needs make and a Python from 3.11 to 3.14; the rest comes into .venv from the locks in requirements/.
#
#   PYTHON=python3.12   the interpreter .venv is made with        ARGS="-k groups"   passed on to pytest
#   FULL=1              more kills, seeds and rounds in the tests  WORKERS=2          run the tests in parallel

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.NOTPARALLEL:

BIN := .venv/bin
WORKERS ?= 0
ARGS ?=
export PYTHON FULL
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Branch coverage is complete in these, and stays so; a package joins the list when it comes.
COVERED := src/fenzu/model.py,src/fenzu/errors.py,src/fenzu/wire/*,src/fenzu/client/*,src/fenzu/telemetry/*,src/fenzu/tokens/*,src/fenzu/pace/*,src/fenzu/database/*,src/fenzu/mirror/*,src/fenzu/halving.py,src/fenzu/pauses.py,src/fenzu/fate.py,src/fenzu/waiting.py,src/fenzu/regroup/*,src/fenzu/console/*,src/fenzu/cli/console/*

.PHONY: help
help: ## Tell what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# -- Environments ---------------------------------------------------------------------------------------------------------------

# What a demonstration needs; dev.stamp brings the same and more, in the same .venv.
.venv/run.stamp: requirements/run.txt pyproject.toml tools/venv.sh
	@tools/venv.sh .venv requirements/run.txt
	@touch $@

.venv/dev.stamp: requirements/dev.txt pyproject.toml tools/venv.sh
	@tools/venv.sh .venv requirements/dev.txt
	@touch .venv/run.stamp $@

.venv-bench/bench.stamp: requirements/bench.txt pyproject.toml tools/venv.sh
	@tools/venv.sh .venv-bench requirements/bench.txt
	@touch $@

.PHONY: venv
venv: .venv/dev.stamp ## Make .venv with everything that work on fenzu needs

# -- The two commands of the README ---------------------------------------------------------------------------------------------

.PHONY: demo
demo: .venv/run.stamp ## Show follower groups managed for real, against a sandbox of its own
	@$(BIN)/fenzu demo

# The tests come last, so that the last line is pytest's own.
.PHONY: test
test: lint types docs-check unit ## Check everything: what a change has to pass

# -- The steps of `make test` ---------------------------------------------------------------------------------------------------

.PHONY: lint
lint: .venv/dev.stamp ## Format, lint rules, import contracts, reasons beside exceptions
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/exceptions.py

.PHONY: types
types: .venv/dev.stamp ## mypy on everything, pyright on the public API
	$(BIN)/mypy
	$(BIN)/python tools/public_types.py

.PHONY: docs
docs: .venv/dev.stamp ## Write the generated pages of docs/ anew
	$(BIN)/python -m tools.generate

.PHONY: docs-check
docs-check: .venv/dev.stamp ## Are the generated pages what the source says?
	$(BIN)/python -m tools.generate --check

.PHONY: unit
unit: .venv/dev.stamp peers ## All tests, with coverage
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal --cov --cov-report= $(ARGS)
	@$(if $(ARGS),,tools/coverage.sh "$(COVERED)")

.PHONY: quick
quick: .venv/dev.stamp ## The tests without coverage, stopping at the first failure
	$(BIN)/python -m pytest --exitfirst --numprocesses $(WORKERS) --dist worksteal $(ARGS)

# The Node SDKs that tests/conformance drives, and what tests/console looks at pages with; the tests reach nothing but loopback.
PEERS := $(patsubst %/package-lock.json,%/node_modules/.package-lock.json,$(wildcard tests/*/node/package-lock.json))
.PHONY: peers
peers: $(if $(shell command -v npm),$(PEERS))

%/node_modules/.package-lock.json: %/package-lock.json
	npm ci --prefix $* --ignore-scripts --no-audit --no-fund
	@touch $@

# -- Less often -----------------------------------------------------------------------------------------------------------------

.PHONY: fmt
fmt: .venv/dev.stamp ## Format, and mend what the linter can mend
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

.PHONY: matrix
matrix: .venv/dev.stamp ## The tests on each Python found here, and with the oldest dependencies (nox)
	$(BIN)/nox

.PHONY: soak
soak: .venv/dev.stamp peers ## The tests that take hours
	FULL=1 $(BIN)/python -m pytest -m soak --timeout 0 $(ARGS)

.PHONY: bench
bench: .venv-bench/bench.stamp ## Measure, beside the peers named in the design
	.venv-bench/bin/python -m bench $(ARGS)

.PHONY: wheel
wheel: .venv/dev.stamp ## Build what is published into dist/
	$(BIN)/hatchling build --clean

.PHONY: lock
lock: .venv/dev.stamp ## Write requirements/*.txt anew after a change of a .in file; ARGS=--upgrade takes new releases
	tools/lock.sh $(ARGS)

.PHONY: clean
clean: ## Remove everything that was made here
	rm -rf .venv .venv-bench .nox build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
	find tests -name node_modules -prune -exec rm -rf {} + 2>/dev/null || true

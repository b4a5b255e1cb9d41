# Every command of the project; `make` alone says what there is.
# All of it stays in .venv: a step whose input is unchanged is skipped.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
# The locks are complete: pip need not look for more, and must not find something newer.
PIP := $(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check \
	--no-warn-script-location --no-deps
CODE := etl checks metrics dashboard sample_data tests
SQL := etl checks metrics
WORKERS := 2
DEMO_ARGS :=
TEST_ARGS :=
LOCK_ARGS :=

# A stamp carries the hash of what it stands for, so that another lock, or another place of
# this folder, is another stamp.
hash = $(shell { cat $(1); pwd; } | cksum | cut -d ' ' -f 1)
RUN := .venv/stamp-run-$(call hash,requirements.lock)
DEV := .venv/stamp-dev-$(call hash,requirements.lock requirements-dev.lock)
PROJECT := .venv/stamp-project-$(call hash,requirements.lock pyproject.toml)

.PHONY: help
help: ## Say what each command does.
	@echo "case-audit: a quarterly audit of ethics cases, from the export of a case system."
	@echo
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16
	@echo
	@echo 'Arguments: make demo DEMO_ARGS="--no-serve DIR", make test TEST_ARGS="-k deadline".'

.PHONY: demo
demo: $(RUN) $(PROJECT) ## Build an audit of the sample data and serve it on http://127.0.0.1:8501.
	@echo "==> Running the demo: $(strip case-audit demo $(DEMO_ARGS))"
	@$(BIN)/case-audit demo $(DEMO_ARGS)

.PHONY: test
test: $(DEV) $(PROJECT) chromium ## Run every test apart from the benchmarks.
	@echo "==> Running the tests, $(WORKERS) at a time"
	@$(BIN)/python -m pytest -q -n $(WORKERS) --ignore=tests/benchmarks $(TEST_ARGS)

.PHONY: check
check: $(DEV) $(PROJECT) ## Check format, lint, SQL, types and import contracts, then run the tests.
	@echo "==> Checking the format (ruff format)"
	@$(BIN)/ruff format --check $(CODE)
	@echo "==> Checking the style (ruff check)"
	@$(BIN)/ruff check $(CODE)
	@echo "==> Checking the SQL (sqlfluff)"
	@$(BIN)/sqlfluff lint --disable-progress-bar $(SQL)
	@echo "==> Checking the types (mypy --strict)"
	@$(BIN)/mypy
	@echo "==> Checking who imports whom (import-linter)"
	@$(BIN)/lint-imports --no-cache
	@$(MAKE) test

.PHONY: bench
bench: $(DEV) $(PROJECT) ## Run the benchmarks.
	@echo "==> Running the benchmarks, one at a time"
	@$(BIN)/python -m pytest -q -s -o python_files="bench_*.py" tests/benchmarks $(TEST_ARGS)

.PHONY: format
format: $(DEV) ## Bring the code into the format that `make check` asks for.
	@$(BIN)/ruff check --fix-only --quiet $(CODE)
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/sqlfluff format --disable-progress-bar $(SQL)

.PHONY: lock
lock: $(DEV) ## Pin the dependencies of pyproject.toml again, with hashes (LOCK_ARGS=--upgrade).
	@echo "==> Writing requirements.lock and requirements-dev.lock"
	@$(call compile,requirements.lock)
	@$(call compile,requirements-dev.lock,--group dev --constraints requirements.lock)

# One version for every Python: the same figures everywhere.
compile = $(BIN)/uv pip compile --quiet pyproject.toml --group build $(2) \
	--universal --fork-strategy fewest --generate-hashes --no-annotate \
	--custom-compile-command "make lock" $(LOCK_ARGS) --output-file $(1)

.PHONY: clean
clean: ## Remove the virtual environment and everything that can be made again.
	@echo "==> Removing .venv, caches and the demo"
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage htmlcov demo
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Starts from an empty environment: no package of an earlier lock stays behind.
$(RUN):
	@for name in python3 python3.13 python3.12 python3.11; do \
		if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			python=$$name; break; \
		fi; \
	done; \
	if [ -z "$${python:-}" ]; then \
		echo "No Python 3.11 or newer was found: install one (on Debian: apt-get install python3)."; \
		exit 1; \
	fi; \
	if ! $$python -c 'import ensurepip' 2>/dev/null; then \
		package=$$($$python -c 'import sys; print("python3.%d-venv" % sys.version_info[1])'); \
		$(call apt,$$package,to make a virtual environment) || exit 1; \
	fi; \
	echo "==> Making a virtual environment in .venv with $$($$python --version)"; \
	$$python -m venv --clear .venv
	@echo "==> Installing the locked packages (the first time about 400 MB: some minutes)"
	@$(PIP) --require-hashes --only-binary :all: -r requirements.lock
	@touch $@

$(DEV): | $(RUN)
	@echo "==> Installing the tools for tests and checks (the first time about 150 MB)"
	@$(PIP) --require-hashes --only-binary :all: -r requirements-dev.lock
	@rm -f .venv/stamp-dev-*
	@touch $@

$(PROJECT): | $(RUN)
	@echo "==> Installing case-audit itself, in place"
	@$(PIP) --no-build-isolation --editable .
	@rm -f .venv/stamp-project-*
	@touch $@

.PHONY: chromium
chromium:
	@if ! command -v chromium chromium-browser >/dev/null; then \
		$(call apt,chromium,for the tests in a browser) \
		|| echo "The tests in a browser will fail without it; the others run."; \
	fi

# $(call apt,PACKAGE,WHAT FOR): install it where we may, say what to do where we may not.
define apt
if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	echo "==> Installing $(1) with apt-get, $(2)"; \
	apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
	apt-get -qq install -y --no-install-recommends $(1) >/dev/null; \
else \
	echo "Missing $(1), $(2): install it (on Debian: sudo apt-get install $(1))."; false; \
fi
endef

# `make run` starts the site, `make test` tests it. Both need Python 3.11 or later and nothing else.
# Every path is relative and quoted: the checkout may lie in a folder with spaces or any letters.

PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
# One test process more than cores, as some of them wait. `make test TESTS=tests/local` runs a part.
WORKERS ?= $(shell expr $$(nproc) + 1)
TESTS ?=
# Besides what covers each parameter; 100 for each of 33 addresses make 9,569 in all.
CASES ?= 100
# `make bench BENCH='--seconds 120 --rounds 3'` measures more shortly.
BENCH ?=

SHELL := /bin/sh
# The servers and tests are many processes, each of which would compile every module.
unexport PYTHONDONTWRITEBYTECODE
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help run test test-kill test-schema bench bench-reminders lint format lock schema promises messages clean

VENV := .venv
BIN := $(VENV)/bin
WITH_SERVERS := $(BIN)/python -m csto_tracker.local.run --

help: ## Show what can be made
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## /\1	/'

run: $(VENV)/local.stamp ## Start the whole site on this machine (PORT=8000, HOST=127.0.0.1)
	@exec $(BIN)/python manage.py up --host '$(HOST)' --port '$(PORT)' --with-parent

test: $(VENV)/dev.stamp ## Run all tests with a PostgreSQL and a Valkey of their own
	@exec $(WITH_SERVERS) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(TESTS)

test-kill: $(VENV)/dev.stamp ## Kill workers and servers while 10,000 reminders are on their way (6 min)
	@exec $(BIN)/python -m tests.reminders.kill --reminders 10000 --kills 20 --write docs/reliability.md

test-schema: $(VENV)/dev.stamp ## Ask the API CASES made-up questions for each address (3 min)
	@SCHEMA_CASES='$(CASES)' exec $(WITH_SERVERS) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal tests/api/test_schema.py

bench: $(VENV)/dev.stamp ## Measure speed against raw SQL, ordinary DRF and Datasette (many minutes)
	@$(WITH_SERVERS) $(BIN)/python -m bench $(BENCH)

bench-reminders: $(VENV)/dev.stamp ## Plan 2,000,000 reminders and deliver 10,000 mails (3 min)
	@$(WITH_SERVERS) $(BIN)/python -m bench.reminders

lint: $(VENV)/dev.stamp ## Check style, templates, types and migrations
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m djlint --lint templates
	$(WITH_SERVERS) $(BIN)/python -m mypy .
	$(WITH_SERVERS) $(BIN)/python manage.py makemigrations --check --dry-run

format: $(VENV)/dev.stamp ## Format code
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

schema: $(VENV)/dev.stamp ## Print the API's OpenAPI schema
	@$(WITH_SERVERS) $(BIN)/python manage.py spectacular --validate --fail-on-warn

promises: $(VENV)/dev.stamp ## Add what is new in the schema to what version 1 of the API promises
	$(BIN)/python -m tests.api.promises

messages: $(VENV)/dev.stamp ## Collect and compile the texts to translate (needs gettext)
	$(WITH_SERVERS) $(BIN)/python manage.py makemessages --locale ru --no-location --ignore .venv --ignore .local
	$(WITH_SERVERS) $(BIN)/python manage.py compilemessages --locale ru --ignore .venv --ignore .local

lock: $(VENV)/dev.stamp ## Write the lock files anew from pyproject.toml (UPGRADE=1: newest versions)
	$(call compile,requirements.lock,)
	$(call compile,requirements-local.lock,--extra local)
	$(call compile,requirements-dev.lock,--extra dev)

# The later files build upon the first, so one package has one version everywhere.
compile = $(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate $(if $(UPGRADE),--upgrade) $(2) \
	$(if $(2),--constraint requirements.lock) --output-file $(1) pyproject.toml

clean: ## Delete the virtual environment and caches, but not the data in .local
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.local/*' -prune -exec rm -rf {} +

$(VENV)/local.stamp: requirements-local.lock $(VENV)/bin/pip
	$(call install,requirements-local.lock)
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/bin/pip
	$(call install,requirements-dev.lock)
	@touch $@ $(VENV)/local.stamp

install = @echo 'Installing the packages of $(1) ...' && \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input \
	--no-warn-script-location --require-hashes --only-binary :all: -r $(1)

$(VENV)/bin/pip:
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo >&2 'Python 3.11 or later is needed as $(PYTHON). Another one: make run PYTHON=python3.12'; exit 1; }
	@'$(PYTHON)' -c 'import ensurepip, venv' 2>/dev/null || { \
		echo >&2 'This Python cannot make virtual environments.'; \
		echo >&2 'Debian and Ubuntu: apt install python3-venv'; exit 1; }
	@echo 'Making a virtual environment in $(VENV) ...'
	@'$(PYTHON)' -m venv --clear $(VENV)

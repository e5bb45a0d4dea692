# make demo | test | check | lock. The environment is kept in .venv.
PYTHON ?= python3
BIN := .venv/bin

# The rules' own tests: they cover every branch of mappings/. Measuring that makes a test take nearly twice as long.
RULES := tests/unit/rules tests/unit/registry tests/unit/labels/test_planning.py \
	$(addprefix tests/properties/, test_rules.py test_measures.py test_tag_reader.py test_lint.py)

.PHONY: demo test check format lock clean

.venv/run.stamp: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "okrsync needs Python 3.11 or newer: make PYTHON=python3.12 ..."'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

demo: .venv/run.stamp
	$(BIN)/okrsync demo --output demo-output

# The tests of the page need a browser; where it may not be installed they are skipped and say so.
test: .venv/dev.stamp
	@test -x /usr/bin/chromium || test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null || \
		{ apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 || true
	$(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report=term:skip-covered $(RULES)
	$(BIN)/python -m pytest -n auto --dist worksteal tests $(addprefix --ignore=,$(RULES))

check: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .venv/dev.stamp
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf .venv demo-output build dist *.egg-info

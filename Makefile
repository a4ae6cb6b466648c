# Each target sets up .venv itself; a second call finds it ready.
PYTHON ?= python3
Q ?= Where did Runway start?
BIN := .venv/bin

.PHONY: chat ask test check soak eval bench wheel clean

chat: .venv/run.stamp
	$(BIN)/python app.py

ask: .venv/run.stamp
	@$(BIN)/python -m bot ask $(ARGS) -- "$(Q)"

# In the order of names the long files, those of the browser, come first; by number of tests they would come last.
test: .venv/dev.stamp
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow"

check: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m slow
	$(BIN)/python -m eval --report reports/check

soak: .venv/dev.stamp
	$(BIN)/python -m tests.soak

eval: .venv/dev.stamp
	$(BIN)/python -m eval

bench: .venv/dev.stamp
	$(BIN)/python -m eval.bench

wheel: .venv/dev.stamp
	$(BIN)/python -m build --wheel

clean:
	rm -rf .venv build dist reports

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is older than Python 3.11 -> make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	$(PYTHON) -m venv .venv

.venv/run.stamp: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/dev.stamp: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@ .venv/run.stamp

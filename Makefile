PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo serve test check format bench bench-quick clean

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

demo: $(VENV)/.installed  ## load the demo library, rank its needs, print the best partners
	$(BIN)/matcher demo

serve: $(VENV)/.installed  ## open the pages on http://127.0.0.1:8000 with the demo library
	$(BIN)/matcher serve --demo

test: $(VENV)/.installed
	$(BIN)/python -m pytest -n auto --dist worksteal

check: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

BENCH_TEXTS ?=  # a folder with abstracts.jsonl to recombine; empty: the texts of the demo
BENCH = $(BIN)/python -m tests.bench $(if $(strip $(BENCH_TEXTS)),--texts $(strip $(BENCH_TEXTS)))

bench: $(VENV)/.installed  ## measure over 100,000 partners against the floors
	$(BENCH) --json build/bench/100000.json

bench-quick: $(VENV)/.installed  ## the same over 10,000, within two minutes
	$(BENCH) --size 10000 --quick --json build/bench/10000-quick.json

format: $(VENV)/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV)

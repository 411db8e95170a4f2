# Everything runs in a virtual environment that the first command sets up.
# Needed on the machine: Python 3.11 or newer, and make. Nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

export NO_MKDOCS_2_WARNING := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed.") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: --no-binary jieba,docopt -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.PHONY: install
install: $(STAMP) ## Set up the virtual environment

.PHONY: serve
serve: $(STAMP) ## Preview both languages with live reload on http://127.0.0.1:8000
	$(BIN)/mkdocs serve --no-strict --livereload --dev-addr 127.0.0.1:8000

.PHONY: build
build: $(STAMP) ## Check, then build strictly into site/ (an earlier site stays until the new one is whole)
	@$(BIN)/mkdocs build --strict

.PHONY: check
check: $(STAMP) ## Check the review without building it
	@$(BIN)/livingreview check

.PHONY: test
test: $(STAMP) ## Run the tests
	$(BIN)/python -m pytest -m "not slow" -n logical --maxprocesses 4 --dist loadgroup

.PHONY: test-all
test-all: $(STAMP) ## Run all tests, the slow ones included
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadgroup

.PHONY: lint
lint: $(STAMP) ## Check style and types of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.PHONY: pdf
pdf: $(STAMP) ## Typeset the whole work, one PDF a language, into build/pdf/ (needs a Chinese font: Debian fonts-noto-cjk)
	@$(BIN)/livingreview pdf

.PHONY: offline
offline: build ## Pack the built site into build/edition-offline.zip, which opens from disk
	@$(BIN)/livingreview offline

.PHONY: bench
bench: build ## Measure scale, page weight, Lighthouse (needs Node and says so), the trial table, search and the preview; an hour or more
	$(BIN)/python benchmarks/scale.py
	$(BIN)/python benchmarks/page_weight.py
	$(BIN)/python benchmarks/lighthouse.py
	$(BIN)/python benchmarks/trials_table.py
	$(BIN)/python benchmarks/search_rate.py
	$(BIN)/python benchmarks/preview.py
	$(BIN)/python benchmarks/report.py

.PHONY: faults
faults: $(STAMP) ## Make every fault in the real content on purpose and report which are found (half an hour)
	$(BIN)/python benchmarks/faults.py --full --report
	$(BIN)/python benchmarks/report.py

.PHONY: lock
lock: ## Pin all dependencies again, with hashes and without index addresses (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--group dev pyproject.toml --output-file requirements.lock

.PHONY: clean
clean: ## Remove what builds and tests leave behind
	rm -rf site site.next .cache build .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Every target works from any folder: make -C path/to/loopbaanchecks reproduce
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
RUN := $(BIN)/loopbaanchecks
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help reproduce dossier leave test test-all lint check lab pictures lock clean

help:
	@echo "make reproduce   make the environment, run every notebook, write results/default/"
	@echo "make dossier     the same, then results/default/dossier.nl.zip and .en.zip: PDFs and workbooks (needs Chromium)"
	@echo "make leave       look through results/default/ before it is sent, and make default.zip of what passed"
	@echo "make test        run the tests, on all processors"
	@echo "make test-all    the same, then the long ones: more random cases, other processors imitated, simulations"
	@echo "make lint        ruff, over code and notebooks"
	@echo "make check       lint, then the tests"
	@echo "make lab         open JupyterLab at a page that says which notebook answers what"
	@echo "make pictures    make the pictures of the README again, from results/default/ (needs Chromium)"
	@echo "make lock        pin every package again, from pyproject.toml"
	@echo "make clean       remove the environment and the results"

reproduce: .venv/.ready
	@$(RUN) reproduce

dossier: reproduce
	@$(RUN) dossier

leave: .venv/.ready
	@$(RUN) check default && echo "checked" || echo "not checked: see results/default/check.en.html"
	@$(RUN) bundle default

# A file stays on one processor, so that what its tests share is made once; the long files begin (conftest.py).
PYTEST := $(BIN)/python -m pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder --durations=10

test: .venv/.ready
	@$(PYTEST) -m "not thorough"

test-all: test
	@HYPOTHESIS_PROFILE=thorough $(PYTEST) -m "thorough or hypothesis"

lint: .venv/.ready
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

check: lint test

# The settings in notebooks/.jupyter show Markdown as a page, and ask nobody about news.
lab: .venv/.ready
	@JUPYTER_CONFIG_PATH="$(CURDIR)/notebooks/.jupyter" $(BIN)/jupyter lab \
		--ServerApp.root_dir="$(CURDIR)" --LabApp.default_url=/lab/tree/notebooks/README.md

# uv installs the locked packages several times faster than pip; where it cannot (a mirror that only pip
# knows of, a platform without uv) pip does the same from the same hashes.
.venv/.ready: requirements.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
		echo "expected Python 3.11, 3.12 or 3.13; found $$("$(PYTHON)" --version 2>&1): say make PYTHON=/path/to/python"; \
		exit 1; }
	@echo "Making .venv with $$("$(PYTHON)" --version): about $$(grep -c '^[a-z].*==' requirements.lock) packages, once"
	@rm -rf .venv && "$(PYTHON)" -m venv .venv
	@echo "1 of 3: the installer"
	@awk '/^uv==/{p=1} /^[a-z]/&&!/^uv==/{p=0} p' requirements.lock > .venv/uv.lock
	@$(PIP) --require-hashes --no-deps -r .venv/uv.lock || true
	@echo "2 of 3: the packages of requirements.lock"
	@$(BIN)/uv pip install --python $(BIN)/python --require-hashes -r requirements.lock > .venv/install.log 2>&1 || \
		{ tail -n 3 .venv/install.log; echo "uv cannot; pip takes about a minute"; $(PIP) --require-hashes -r requirements.lock; }
	@echo "3 of 3: this compendium"
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: pictures
pictures: reproduce
	@$(BIN)/python docs/pictures/make.py results/default docs/pictures

lock: .venv/.ready
	@$(BIN)/uv pip compile pyproject.toml --extra lab --extra test --extra build --universal --python-version 3.11 \
		--fork-strategy fewest --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		--quiet --upgrade -o requirements.lock
	@{ echo "# The pins of requirements.lock without their hashes, and the package itself: pip refuses a local"; \
	   echo "# package beside hashes, and conda can call pip only once. Written by make lock; see environment.yml."; \
	   sed -n 's/^\([a-z].*[^ \\]\) *\\$$/\1/p' requirements.lock; echo "-e ."; } > requirements.conda.txt

clean:
	@rm -rf .venv results

# Every target works from any folder: make -C path/to/loopbaanchecks reproduce
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
RUN := $(BIN)/loopbaanchecks

.DEFAULT_GOAL := help
.PHONY: help reproduce test lint check lab lock clean

help:
	@echo "make reproduce   make the environment, run every notebook, write results/default/"
	@echo "make test        run the tests"
	@echo "make lint        ruff, over code and notebooks"
	@echo "make check       lint, then the tests"
	@echo "make lab         open the notebooks in JupyterLab"
	@echo "make lock        pin every package again, from pyproject.toml"
	@echo "make clean       remove the environment and the results"

reproduce: .venv/.ready
	@$(RUN) reproduce

test: .venv/.ready
	@$(BIN)/python -m pytest

lint: .venv/.ready
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

check: lint test

lab: .venv/.ready
	@$(BIN)/jupyter lab notebooks

# uv installs the locked packages several times faster than pip; where it cannot (a mirror that only pip
# knows of, a platform without uv) pip does the same from the same hashes.
.venv/.ready: requirements.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; say which with make PYTHON=/path/to/python"; exit 1; }
	@echo "Making .venv from requirements.lock ..."
	@rm -rf .venv && "$(PYTHON)" -m venv .venv
	@awk '/^uv==/{p=1} /^[a-z]/&&!/^uv==/{p=0} p' requirements.lock > .venv/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.lock || true
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock || \
		$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

lock: .venv/.ready
	@$(BIN)/uv pip compile pyproject.toml --extra lab --extra test --extra build --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		--quiet --upgrade -o requirements.lock
	@{ echo "# The pins of requirements.lock without their hashes, and the package itself: pip refuses a local"; \
	   echo "# package beside hashes, and conda can call pip only once. Written by make lock; see environment.yml."; \
	   sed -n 's/^\([a-z].*[^ \\]\) *\\$$/\1/p' requirements.lock; echo "-e ."; } > requirements.conda.txt

clean:
	@rm -rf .venv results

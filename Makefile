PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: serve test cover check build deploy bench lock clean

serve: build  ## build what is missing, validate, and serve on 127.0.0.1:$(PORT)
	$(BIN)/mandategraph serve --port $(PORT)

test: check  ## everything CI runs
	$(BIN)/mandategraph build --fresh --check
	$(BIN)/pytest -q

cover: $(READY)  ## the tests, with the branches they cover
	$(BIN)/pytest -q --cov --cov-report=term:skip-covered

check: $(READY)  ## form, types and floors
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

build: $(READY)  ## make the release under data/graph
	$(BIN)/mandategraph build

deploy: $(READY)  ## try the unit of systemd and the steps of the image (root, systemd's tools, the network)
	MANDATEGRAPH_DEPLOY=1 $(BIN)/pytest -q tests/deploy

bench: $(READY)  ## time the stages of a build, and the look-ups
	$(BIN)/python benchmarks/stages.py

lock: $(READY)  ## lock the development environment anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
		--all-extras --group dev --upgrade pyproject.toml -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --constraint requirements.txt \
		--extra serve --extra remote pyproject.toml -o deploy/requirements.txt
	echo hatchling | uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
		--constraint requirements.txt - -o deploy/requirements-build.txt

clean:
	rm -rf $(VENV)

$(READY): requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --disable-pip-version-check --quiet --require-hashes -r requirements.txt
	$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	touch $(READY)

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
# What the endpoint is measured beside, and options of a measurement.
PEERS ?= .venv-peers
FUSEKI := $(shell sed -n 's|^fuseki=||p' .ci/stores)
OPTIONS ?=
SERVERS := tests/remote tests/server
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: serve test test-servers test-others cover check build deploy bench bench-endpoint bench-load lock clean

serve: build  ## build what is missing, validate, and serve on 127.0.0.1:$(PORT)
	$(BIN)/mandategraph serve --port $(PORT)

test: check  ## everything CI runs
	$(BIN)/mandategraph build --fresh --check
	$(MAKE) --no-print-directory --jobs 2 --keep-going test-servers test-others

# The two halves, which run beside each other: what starts servers mostly waits for them.
test-servers: $(READY)
	$(BIN)/pytest -q -p no:cacheprovider $(SERVERS)

test-others: $(READY)
	$(BIN)/pytest -q -p no:cacheprovider $(SERVERS:%=--ignore=%)

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

bench-endpoint: $(READY) $(PEERS)/.ready  ## measure the endpoint beside others over the same data (OPTIONS=--quick)
	$(BIN)/python benchmarks/endpoint.py --peers $(PEERS) $(OPTIONS)

bench-load: $(READY)  ## ten minutes of light and hostile clients (OPTIONS="--minutes 1")
	$(BIN)/python benchmarks/load.py $(OPTIONS)

lock: $(READY)  ## lock the development environment anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
		--all-extras --group dev --upgrade pyproject.toml -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --constraint requirements.txt \
		--extra serve --extra remote pyproject.toml -o deploy/requirements.txt
	echo hatchling | uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
		--constraint requirements.txt - -o deploy/requirements-build.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
		--upgrade benchmarks/requirements-peers.in -o benchmarks/requirements-peers.txt

clean:
	rm -rf $(VENV) $(PEERS)

$(READY): requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --disable-pip-version-check --quiet --require-hashes -r requirements.txt
	$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	touch $(READY)

$(PEERS)/.ready: benchmarks/requirements-peers.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/pip install --disable-pip-version-check --quiet --require-hashes -r benchmarks/requirements-peers.txt
	if command -v java >/dev/null && command -v mvn >/dev/null; then \
		mvn --batch-mode --quiet dependency:copy -DoutputDirectory=$(abspath $(PEERS)) \
			-Dartifact=org.apache.jena:jena-fuseki-server:$(FUSEKI); \
	else \
		echo "Apache Jena Fuseki is left out: it needs java and mvn"; \
	fi
	touch $(PEERS)/.ready

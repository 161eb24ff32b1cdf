# make demo    archive a small bundled site over loopback
# make cluster-demo   four workers, thirty invented sites, two killed on the way, and the proof
# make test    lint, types, tests
# make run     one pass over the sites of config.yaml
# make fuzz    hostile input of every kind, other each time, for ten minutes or FUZZ_MINUTES
# make docs    docs/ as pages in build/docs, every link checked
# make bench   measure, and print the figures

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEV_READY := $(VENV)/.ready-dev
INSTALL := $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt
BENCH_READY := $(VENV)/.ready-bench
NODE_READY := tests/hexo/node_modules/.ready
REPLAY_READY := tests/replayweb/package/.ready

# Each start of the program would compile it anew; the tests start it some hundred times.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo cluster-demo test lint types run docs bench bench-compare venv dev clean

demo: venv
	$(BIN)/nankai-archive demo

site: dev
	$(BIN)/nankai-archive site public

cluster-demo: dev
	$(BIN)/python -m scraper.demo.cluster

run: venv
	$(BIN)/nankai-archive run

test: lint types $(NODE_READY) $(REPLAY_READY)
	$(BIN)/pytest -n 4 --dist worksteal  # on two cores: many tests wait for disks, servers and browsers

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: dev
	$(BIN)/mypy

fuzz: dev
	timeout $${FUZZ_MINUTES:-10}m sh -c 'while FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-300} \
		$(BIN)/pytest -q -n 2 tests/test_fuzz.py; do :; done'; test $$? -eq 124

docs: dev
	$(BIN)/mkdocs build --quiet
	@echo "build/docs/index.html"

bench: $(BENCH_READY)
	$(BIN)/python benchmarks/bench.py --json bench.json --docs docs

# How this version stands to an earlier one: make bench-compare BASE=bench-of-then.json
bench-compare: $(BENCH_READY)
	$(BIN)/python benchmarks/bench.py --base $(BASE)

# What the program needs, and no more.
venv: $(READY)

# What the tests, the linter and the benchmarks need besides.
dev: $(DEV_READY)

$(READY): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) -e .
	touch $@

$(DEV_READY): pyproject.toml constraints.txt | $(READY)
	$(INSTALL) -e '.[dev]'
	touch $@

# What `make bench` measures beside.
$(BENCH_READY): pyproject.toml constraints.txt | $(DEV_READY)
	$(INSTALL) -e '.[bench]'
	touch $@

# A real Hexo, which the tests build documents with; Node.js comes with the packages above.
$(NODE_READY): tests/hexo/package.json | $(DEV_READY)
	cd tests/hexo && PATH="$(CURDIR)/$(BIN):$$PATH" npm install --no-audit --no-fund --loglevel=error \
		&& touch .ready.tmp && mv .ready.tmp node_modules/.ready \
		|| echo "Hexo could not be installed: its tests will be skipped"

# replayweb.page's own build, in which a test opens a WACZ; its package alone, for the build stands in it.
$(REPLAY_READY): tests/replayweb/package.json | $(DEV_READY)
	cd tests/replayweb && PATH="$(CURDIR)/$(BIN):$$PATH" npm pack --silent \
			"replaywebpage@$$(sed -n 's/.*"replaywebpage": "\(.*\)".*/\1/p' package.json)" \
		&& tar xzf replaywebpage-*.tgz && rm replaywebpage-*.tgz && touch package/.ready \
		|| echo "replayweb.page could not be fetched: its test will be skipped"

clean:
	rm -rf $(VENV) tests/hexo/node_modules tests/replayweb/package build dist *.egg-info

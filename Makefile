# make demo   compiles examples/model.nd, prints the source and runs it
# make test   the tests
# make check  the tests, then style, types and the rules of who imports whom
# make setup  everything that those need, in .venv
# make bench  measures, and writes the table of docs/performance.md; minutes
# make golden rewrites the expected outputs in tests/cases

# What generated source is tested against, on one line of pip: without torchvision's pin timm
# replaces torch. Point it elsewhere with `make test TORCH=...`, or at another index with
# PIP_INDEX_URL or PIP_FIND_LINKS.
TORCH ?= torch==2.13.0 torchvision==0.28.0 timm==1.0.31 transformers==5.23.0 numpy
# What the benchmarks measure beside netdsl: in an environment of its own that sees this one's
# torch, since what kraken pins does not go with transformers. What cannot be had is left out.
PEERS ?= hndl==0.10.0 ultralytics==8.4.190 kraken==7.1.1
PINNED = $(filter torch torch=% torch>% torch<% torch~%,$(TORCH))
DEMO_TORCH ?= $(if $(PINNED),$(PINNED) $(filter numpy numpy=% numpy>%,$(TORCH)),$(TORCH))
# How many processes share the tests.
JOBS ?= 2
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name))))

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PACKAGE := pyproject.toml hatch_build.py grammars/netdsl.lark netdsl/syntax/tables.py \
  netdsl/syntax/driver.py netdsl/emit/translating.py netdsl/emit/rendering.py netdsl/patterns.py netdsl/forms.py \
  netdsl/torchlib/table.py $(wildcard netdsl/torchlib/data/*.json) \
  $(wildcard netdsl/emit/templates/*.jinja)

.PHONY: demo test check setup bench golden clean
.DELETE_ON_ERROR:

demo: .venv/demo.stamp
	$(BIN)/python examples/demo.py

test: .venv/test.stamp
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile

check: test .venv/check.stamp
	$(BIN)/ruff check .
	$(BIN)/black --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/netdsl fmt --check examples netdsl/prelude

setup: .venv/demo.stamp .venv/test.stamp .venv/check.stamp

bench: .venv/test.stamp .venv/peers.stamp
	$(BIN)/python -m benchmarks

golden: .venv/test.stamp
	$(BIN)/python -m tests.update

clean:
	rm -rf .venv build dist

# What a pip before 25.2 writes to start a command by imports `re`, which takes as long as all else
# that a command does that finds its answer in the store. It serves, and is kept where no other is.
.venv/package.stamp: $(PACKAGE)
	test -x $(BIN)/python || "$(PYTHON)" -m venv .venv
	-$(PIP) --upgrade pip
	$(PIP) --editable .
	@touch $@

.venv/demo.stamp: .venv/package.stamp
	$(PIP) $(DEMO_TORCH)
	@touch $@

.venv/test.stamp: .venv/package.stamp
	$(PIP) $(TORCH) --editable '.[test]'
	@touch $@

.venv/check.stamp: .venv/package.stamp
	$(PIP) --editable '.[check]'
	@touch $@

.venv/peers.stamp: .venv/test.stamp
	$(BIN)/python -m venv .venv/peers
	$(BIN)/python -c "import sysconfig; print(sysconfig.get_path('purelib'))" \
	  > "$$(.venv/peers/bin/python -c "import sysconfig; print(sysconfig.get_path('purelib'))")/ours.pth"
	for peer in $(PEERS); do .venv/peers/bin/python -m pip install --quiet \
	  --disable-pip-version-check $$peer || echo "$$peer cannot be had: it is not measured"; done
	-.venv/peers/bin/python -m pip uninstall --quiet --yes safetensors
	@touch $@

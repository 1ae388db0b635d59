# Slipway: ship a command-line program everywhere, and keep every copy up to date.
# `make help` lists what there is. Everything installs what it needs.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# Tests run on the pinned Node that npm carries; Slipway runs on the pinned Bun.
node := node_modules/.bin/node --disable-warning=ExperimentalWarning
jest := $(node) --experimental-vm-modules node_modules/jest/bin/jest.js
slipway := node cli/bin/slipway.js
# The benchmarks run on Linux x64.
bun := node_modules/@oven/bun-linux-x64/bin/bun
installed := node_modules/.package-lock.json

# Independent readers and an emulator that unit tests check our bytes against.
python := node_modules/.cache/python/bin/python
checkers := node_modules/.cache/python/.installed

$(checkers): testkit/python-requirements.txt $(installed)
	python3 -m venv node_modules/.cache/python
	$(python) -m pip install --quiet -r testkit/python-requirements.txt
	@touch $@

$(installed): package-lock.json package.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# The WebAssembly kernel of the patch engine, from its sources.
kernel := delta/src/kernel-bytes.ts
$(kernel): $(wildcard delta/kernel/*.ts) delta/build-kernel.mjs $(installed)
	$(node) delta/build-kernel.mjs
	@touch $@

ready := $(installed) $(kernel)

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

.PHONY: dist-all dist-archives dist-npm dist-python dist-homebrew dist-scoop dist-winget clean-dist verify
dist-all: $(ready) ## Build Slipway for every target and every wrapper into dist/, and verify it; VERSION=… for another version
	$(slipway) dist $(if $(VERSION),--set-version $(VERSION))

dist-archives: $(ready) ## Only the archives
	$(slipway) dist --wrapper archive

dist-npm: $(ready) ## Only the npm packages
	$(slipway) dist --wrapper npm

dist-python: $(ready) ## Only the wheels and the source distribution
	$(slipway) dist --wrapper pip

dist-homebrew: $(ready) ## The Homebrew formula, and the archives that it installs
	$(slipway) dist --wrapper homebrew

dist-scoop: $(ready) ## The Scoop manifest, and the archives that it installs
	$(slipway) dist --wrapper scoop

dist-winget: $(ready) ## The winget manifests, and the archives that they install
	$(slipway) dist --wrapper winget

verify: $(ready) ## Prove again that everything in dist/ holds the same executables
	$(slipway) verify

clean-dist: ## Remove dist/
	rm -rf dist

.PHONY: test test-e2e test-faults lint bench bench-delta docs
test: $(ready) $(checkers) ## Unit tests
	PYTHON=$(CURDIR)/$(python) $(jest)

test-e2e: $(ready) ## Real package managers install dist/ and run it; installs what is missing (Debian, root)
	sh testkit/e2e/install-tools
	$(slipway) dist
	$(jest) --config testkit/e2e/jest.config.js

test-faults: $(ready) ## Full disks, unwritable folders, interrupts and kills, against the real program (Debian, root)
	sh testkit/install-packages strace git mount e2fsprogs util-linux
	$(jest) --config testkit/faults/jest.config.js

lint: $(ready) ## Types, lint and import boundaries
	@for package in core delta platform updater compile wrappers release npm-package python-package testkit testkit/faults bench cli; do \
		echo "tsc $$package"; node_modules/.bin/tsc -p $$package || exit 1; done
	node_modules/.bin/oxlint

bench: $(ready) ## Speed and memory beside peers, as ratios of one run
	sh bench/install-peers
	$(bun) bench/main.ts

bench-delta: $(ready) ## Patches beside those of other tools: bytes, CPU, memory (Debian, root; an hour when nothing is kept)
	sh bench/delta/install-peers
	$(bun) bench/delta/main.ts

docs: $(ready) ## Write the pages that are made from the code
	$(slipway) schema --markdown > docs/configuration.md
	$(slipway) completion bash > docs/completions/slipway.bash
	$(slipway) completion zsh > docs/completions/slipway.zsh
	$(slipway) completion fish > docs/completions/slipway.fish
	$(slipway) completion powershell > docs/completions/slipway.ps1
	$(slipway) manual > docs/man/slipway.1

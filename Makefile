# Slipway. `make help` lists the targets.
SHELL := /bin/sh
.DEFAULT_GOAL := help
node := node_modules/.bin/node
jest := $(node) --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js

node_modules/.package-lock.json: package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: help test
help: ## List the targets
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

test: node_modules/.package-lock.json ## Install what is needed and run the unit tests
	$(jest)

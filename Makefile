# SPDX-License-Identifier: Apache-2.0

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

GO ?= go
FUZZTIME ?= 30s
CONFIG ?= testdata/partbuffer.yaml

# A checkout owned by another user (a container, a CI job) fails VCS stamping, and nothing here reads the stamp.
export GOFLAGS := $(strip $(shell $(GO) env GOFLAGS) -buildvcs=false)

# Tools are kept by Go version: a linter built by an older Go cannot load newer code.
TOOLS := .tools/$(shell $(GO) env GOVERSION)
OCB := $(TOOLS)/ocb
MDATAGEN := $(TOOLS)/mdatagen
GOLANGCI_LINT := $(TOOLS)/golangci-lint
TELEMETRYGEN := $(TOOLS)/telemetrygen
BENCHSTAT := $(TOOLS)/benchstat

COLLECTOR := dist/partbuffer-collector

GO_MODULES := $(patsubst ./%,%,$(wildcard . ./benchmarks ./benchmarks/logdedup ./e2e))
GO_MODULES := $(foreach m,$(GO_MODULES),$(if $(wildcard $(m)/go.mod),$(m)))
ALL_MODULES := $(GO_MODULES) $(patsubst %/go.mod,%,$(wildcard tools/*/go.mod))

# What the binary is made of: the root module's sources, without tests.
SOURCES := $(shell find . -name '*.go' ! -name '*_test.go' ! -path './.*/*' \
	! -path './dist/*' ! -path './e2e/*' ! -path './benchmarks/*' ! -path './tools/*')

TEST_PARTS := tidy-check generate-check fix-check vet lint test-unit test-pooling test-fuzz test-benchmarks build test-e2e

##@ Run

.PHONY: run
run: $(COLLECTOR) ## Build what is missing, listen for OTLP on 127.0.0.1:4317 and 4318, print a command that sends a trace
	@tools/run.sh $(COLLECTOR) $(CONFIG)

.PHONY: build
build: $(COLLECTOR) ## Build dist/partbuffer-collector with ocb; rebuilds when a source changed

$(COLLECTOR): $(OCB) builder-config.yaml go.mod go.sum $(SOURCES)
	$(OCB) --config builder-config.yaml
	@touch $@

##@ Check

.PHONY: test
test: ## Everything that must pass: checks, lint, unit tests, fuzzing, the real binary
	@for part in $(TEST_PARTS); do \
		start=$$SECONDS; \
		echo "--- $$part"; \
		$(MAKE) --no-print-directory $$part; \
		echo "--- $$part passed in $$((SECONDS - start))s"; \
	done; \
	echo "--- all passed in $${SECONDS}s"

.PHONY: tidy-check
tidy-check: ## Check that go.mod and go.sum of every module are tidy
	@for m in $(ALL_MODULES); do (cd $$m && $(GO) mod tidy -diff) || { echo "$$m: run go mod tidy" >&2; exit 1; }; done

.PHONY: generate-check
generate-check: $(MDATAGEN) ## Check that generated files are up to date
	@tools/generate.sh $(abspath $(MDATAGEN)) --check

.PHONY: fix-check
fix-check: ## Check that go fix has nothing to modernize
	@for m in $(GO_MODULES); do \
		out=$$(cd $$m && $(GO) fix -diff ./...) || { echo "$$out"; echo "$$m: run go fix ./..." >&2; exit 1; }; \
		test -z "$$out" || { echo "$$out"; echo "$$m: run go fix ./..." >&2; exit 1; }; \
	done

.PHONY: vet
vet: ## Run go vet on every module
	@for m in $(GO_MODULES); do (cd $$m && $(GO) vet ./...); done

.PHONY: lint
lint: $(GOLANGCI_LINT) ## Run golangci-lint on every module
	@for m in $(GO_MODULES); do (cd $$m && $(abspath $(GOLANGCI_LINT)) run --config $(CURDIR)/.golangci.yml ./...); done

.PHONY: test-unit
test-unit: ## Run the unit tests under the race detector
	$(GO) test -race -shuffle=on ./...
	$(GO) test -run 'Alloc' ./... # what the race detector has to leave out

.PHONY: test-pooling
test-pooling: ## The same with pdata's object pooling on (feature gate pdata.useProtoPooling)
	PARTBUFFER_POOLING=on $(GO) test -count=1 -race -shuffle=on ./...

.PHONY: test-fuzz
test-fuzz: ## Fuzz every target for 5 s
	@$(MAKE) --no-print-directory fuzz FUZZTIME=5s

.PHONY: test-benchmarks
test-benchmarks: ## Run the tests of the benchmarks module
	cd benchmarks && $(GO) test ./...
	cd benchmarks/logdedup && $(GO) test ./...

.PHONY: test-e2e
test-e2e: $(COLLECTOR) ## Send real OTLP through the real binary and compare ledgers
	cd e2e && PARTBUFFER_BINARY=$(abspath $(COLLECTOR)) $(GO) test -count=1 ./...

.PHONY: fuzz
fuzz: ## Fuzz every target of the root module for FUZZTIME each (default 30s)
	@tools/fuzz.sh $(FUZZTIME)

##@ Develop

.PHONY: generate
generate: $(MDATAGEN) ## Regenerate code and documentation from metadata.yaml
	@tools/generate.sh $(abspath $(MDATAGEN))

.PHONY: fmt
fmt: $(GOLANGCI_LINT) ## Format every module with gofumpt and goimports
	@for m in $(GO_MODULES); do (cd $$m && $(abspath $(GOLANGCI_LINT)) fmt --config $(CURDIR)/.golangci.yml ./...); done

.PHONY: tidy
tidy: ## Run go mod tidy in every module
	@for m in $(ALL_MODULES); do (cd $$m && $(GO) mod tidy); done

.PHONY: bench
bench: $(BENCHSTAT) ## Compare partbuffer with its peers and print one table of ratios
	cd benchmarks && BENCHSTAT=$(abspath $(BENCHSTAT)) bash run.sh

.PHONY: tools
tools: $(OCB) $(MDATAGEN) $(GOLANGCI_LINT) $(TELEMETRYGEN) $(BENCHSTAT) ## Build the pinned tools into .tools

$(TOOLS)/%: tools/%/go.mod tools/%/go.sum
	@mkdir -p $(@D)
	cd tools/$* && $(GO) build -o $(abspath $@) tool

.PHONY: clean
clean: ## Remove what was built
	rm -rf .tools dist

.PHONY: help
help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

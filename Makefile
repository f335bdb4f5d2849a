# Regulars. `make` alone lists what can be done.

.DEFAULT_GOAL := help
GO ?= go

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## one year of a real shop's sales through a programme, then the console
	$(GO) run ./cmd/regulars demo

build: ## the binary, in bin/
	$(GO) build -trimpath -o bin/regulars ./cmd/regulars

tools: ## install what the tests need beside Go (Debian: PostgreSQL, Chromium, Python, axe-core)
	@build/tools.sh

# The server of the tests need not outlive a power cut, and is faster so; its crashes are as they are.
test: tools ## every test, on SQLite and PostgreSQL, the pages in a real browser
	@build/with-postgres.sh -c fsync=off -c full_page_writes=off $(GO) test -count=1 -vet=off -timeout 14m ./...

soak: tools ## the long versions: CHECKS=1000 random histories, hundreds of kills, FUZZ=60s of fuzzing for each reader (about two hours)
	@build/with-postgres.sh -c fsync=off -c full_page_writes=off build/soak.sh

bench: tools ## speed, as figures and ratios (docs/benchmarks.md keeps the last)
	@build/with-postgres.sh $(GO) run ./cmd/regulars bench --write docs/benchmarks.md

generate: ## pages and assets from their sources
	$(GO) generate ./internal/web/... ./internal/console/... ./internal/guest/... ./internal/till/...

check: ## formatting, vet, linters, generated files
	@build/check.sh

.PHONY: help demo build tools test soak bench generate check

#!/usr/bin/env bash
# What must hold before the tests are worth running.
set -euo pipefail

bad=$(git ls-files '*.go' | xargs gofmt -l)
[ -z "$bad" ] || { echo "gofmt wants to change: $bad" >&2; exit 1; }

build/lint.sh # go vet's checks are among its own

go generate ./internal/web/... ./internal/console/... ./internal/guest/... ./internal/till/...
if ! git diff --quiet -- '*_templ.go' internal/web/dist internal/till/dist; then
	git diff --stat -- '*_templ.go' internal/web/dist internal/till/dist >&2
	echo "generated files are behind their sources: run 'make generate' and commit" >&2
	exit 1
fi

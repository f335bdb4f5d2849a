#!/usr/bin/env bash
# Runs golangci-lint in the version that .golangci.yml was written for. It is
# built once, through the Go module proxy, and kept beside Go's own cache; where
# it cannot be had, that is said and go vet alone decides. Arguments are passed on;
# "install" only builds it.
set -euo pipefail

version=v2.15.0
dir=$(go env GOCACHE)/regulars-golangci-lint-$version
if [ ! -x "$dir/golangci-lint" ]; then
	echo "building golangci-lint $version, once (a few minutes)" >&2
	if ! log=$(GOBIN=$dir GOFLAGS='' go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$version" 2>&1); then
		printf '%s\n' "$log" | tail -3 >&2
		echo "golangci-lint $version cannot be had here: its checks beyond go vet's are left out" >&2
		[ "${1:-}" = install ] || go vet ./...
		exit
	fi
fi
[ "${1:-}" = install ] && exit 0
exec "$dir/golangci-lint" run --allow-parallel-runners "$@" ./...

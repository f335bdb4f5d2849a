#!/usr/bin/env bash
# The long versions of the tests: CHECKS random histories instead of a hundred,
# hundreds of kills, a million codes, and FUZZ of fuzzing for each reader of
# foreign input. Packages may be named; without, it is all of them.
set -euo pipefail
checks=${CHECKS:-1000} fuzz=${FUZZ:-60s}
[ $# -gt 0 ] || set -- ./...

# Only packages with random histories know the flag that tells how many.
drawn=$(go list -f '{{.ImportPath}} {{join .TestImports " "}} {{join .XTestImports " "}}' "$@" | awk '/ pgregory.net\/rapid/ { print $1 }')
if [ -n "$drawn" ]; then
	# shellcheck disable=SC2086 # one word a package
	REGULARS_SOAK=1 go test -count=1 -vet=off -timeout 6h $drawn -rapid.checks="$checks"
fi

go list -f '{{.Dir}}' "$@" | while read -r dir; do
	{ grep -hos '^func Fuzz[A-Za-z]*' "$dir"/*_test.go || true; } | awk '{ print $2 }' | while read -r target; do
		go test -vet=off -run '^$' -fuzz "^$target\$" -fuzztime "$fuzz" "$dir"
	done
done

#!/usr/bin/env bash
# Runs a command with a throw-away PostgreSQL server beside it, its address in
# REGULARS_TEST_POSTGRES and the folder of its programs in
# REGULARS_TEST_POSTGRES_BIN. An address that is set already is used as it is.
# Settings of the server may stand before the command, each as "-c name=value".
set -euo pipefail

settings=()
while [ "${1:-}" = -c ]; do
	settings+=(-c "$2")
	shift 2
done

[ -n "${REGULARS_TEST_POSTGRES:-}" ] && exec "$@"

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || { echo "no PostgreSQL server found: run 'make tools' first" >&2; exit 1; }

dir=$(mktemp -d)
run=()
if [ "$(id -u)" = 0 ]; then # the server refuses to run as root
	run=(runuser -u postgres --)
	chown postgres "$dir"
fi
stop() {
	"${run[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
	rm -rf "$dir"
}
trap stop EXIT

"${run[@]}" "$bin/initdb" -D "$dir/data" -U regulars -A trust -E UTF8 --locale=C.UTF-8 >"$dir/initdb.log" 2>&1 ||
	{ cat "$dir/initdb.log" >&2; exit 1; }
# Port 0 is not taken by PostgreSQL: ask the kernel for a free one.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"${run[@]}" "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w \
	-o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir -c max_connections=200 ${settings[*]}" start >/dev/null ||
	{ cat "$dir/log" >&2; exit 1; }

REGULARS_TEST_POSTGRES="postgres://regulars@127.0.0.1:$port/postgres?sslmode=disable" \
	REGULARS_TEST_POSTGRES_BIN="$bin" "$@"

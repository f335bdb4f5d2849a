#!/usr/bin/env bash
# Installs what the tests need beside Go where it is not there yet. On Debian
# and its kin: a PostgreSQL server, Chromium, Python, fonts and poppler, which
# turns printed pages into pictures. And axe-core, which looks over pages.
set -euo pipefail
cd "$(dirname "$0")/.."

# axe-core is kept beside other caches of the user, as it is no part of ours.
cache=${XDG_CACHE_HOME:-$HOME/.cache}
[ "$(uname)" = Darwin ] && cache=$HOME/Library/Caches
cache=$cache/regulars
sum=$PWD/internal/web/webtest/axe.sum
has_axe() { (cd "$cache" && sha256sum --status -c "$sum") 2>/dev/null; }

missing=()
ls -d /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
command -v python3 >/dev/null || missing+=(python3)
[ -d /usr/share/fonts/truetype/dejavu ] || missing+=(fonts-dejavu-core)
command -v pdftoppm >/dev/null || missing+=(poppler-utils)
has_axe || command -v npm >/dev/null || missing+=(npm)

if [ ${#missing[@]} -gt 0 ]; then
	command -v apt-get >/dev/null ||
		{ echo "please install: ${missing[*]}" >&2; exit 1; }
	sudo=()
	[ "$(id -u)" = 0 ] || sudo=(sudo)
	echo "installing ${missing[*]}"
	"${sudo[@]}" apt-get update -qq
	DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

has_axe && exit 0
read -r _ file <"$sum" # axe-core-1.2.3/axe.min.js
name=${file%/*}
echo "bringing $name"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
(cd "$dir" && npm pack --silent "axe-core@${name#axe-core-}" >/dev/null && tar -xzf "$name.tgz" package/axe.min.js package/LICENSE)
mkdir -p "$cache/$name"
# Each file is put there in one step, as another checkout may do the same now.
for part in LICENSE axe.min.js; do
	cp "$dir/package/$part" "$cache/$name/$part.$$"
	mv "$cache/$name/$part.$$" "$cache/$name/$part"
done
has_axe || { echo "$name is not what axe.sum says" >&2; exit 1; }

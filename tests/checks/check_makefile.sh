#!/usr/bin/env bash
# A misspelt variable in a Makefile expands to nothing without a word; make's own warning is only seen by somebody
# who looks. What `make help` promises exists. And what installs missing packages comes as far as that without them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/checks/tap.sh

plain() { env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u MAKEOVERRIDES make --no-print-directory "$@"; }

warnings=$(plain -n --warn-undefined-variables all unit e2e clients checks install uninstall SANITIZER= 2>&1 |
    grep 'undefined variable' | sort -u || true)
report "Makefile: no undefined variable" "$warnings"

trouble=
targets=$(plain help | sed -n 's/^make \([a-z-]\+\) .*/\1/p')
for target in $targets; do
    plain -n "$target" >/dev/null 2>&1 || trouble+="make $target"$'\n'
done
[[ -n $targets ]] || trouble="make help names no target"
report "Makefile: every target of make help exists" "${trouble%$'\n'}"

trouble=
installing=$(awk '/^[a-z-]+:/ { target = $1 } /^\t.*install_missing\.sh/ { sub(":", "", target); print target }' \
    Makefile tests/*/*.mk | sort -u)
for target in $installing; do
    commands=$(plain -n "$target" BUILD=build/no-apxs APXS=no-apxs 2>/dev/null || true)
    [[ $commands == *install_missing.sh* ]] ||
        trouble+="make $target asks for apxs before it installs anything"$'\n'
done
[[ -n $installing ]] || trouble="no target installs anything"
report "Makefile: what installs packages can be the first command" "${trouble%$'\n'}"

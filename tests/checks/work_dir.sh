#!/usr/bin/env bash
# Prints the directory in which tests may run a private httpd: the one asked for, or, where root's httpd (which
# serves as another user) cannot enter it, a new one below the directory for temporary files. Without this
# `make check` as root in a clone below /root would see 403 everywhere.
# Usage: work_dir.sh build/e2e
set -euo pipefail
mkdir -p "$1"
wanted=$(cd "$1" && pwd)
if [[ $(id -u) == 0 ]]; then
    for user in www-data apache http wwwrun nobody; do
        if id "$user" >/dev/null 2>&1; then break; fi
    done
    if ! setpriv --reuid="$user" --clear-groups test -x "$wanted"; then
        wanted=$(mktemp -d)
        chmod 755 "$wanted"
        echo "$1 cannot be entered by $user; the tests work in $wanted" >&2
    fi
fi
echo "$wanted"

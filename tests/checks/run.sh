#!/usr/bin/env bash
# Runs every check and prints TAP. A check is a script of this folder that prints TAP itself; one that ends with
# an error without having reported a failed case is a failed case itself.
# Usage: run.sh [WORD]      only the checks whose file name contains WORD
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
export PYTHONDONTWRITEBYTECODE=1

for check in tests/checks/check_*"${1-}"*; do
    output=$("$check" 2>&1)
    status=$?
    printf '%s\n' "$output" | sed '/^ok/b; /^not ok/b; /^#/b; s/^/# /'
    if [[ $status != 0 ]] && ! grep -q '^not ok' <<<"$output"; then
        echo "not ok - $check ended with status $status"
    fi
    grep -Eq '^(not )?ok' <<<"$output" || echo "not ok - $check checked nothing"
done

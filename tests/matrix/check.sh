#!/usr/bin/env bash
# What `make check` runs of the matrix: each pair of dimensions, and the clients behind other servers. Prints TAP.
set -uo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
"$here/run.py" pairs
status=$?
"$here/behind.py" || status=$?
exit "$status"

#!/usr/bin/env bash
# Both parts of the tests of the packages, as TAP.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
for part in tests/checks/check_packages.sh tests/packages/chroot.sh; do
    "$part" || echo "not ok - $part ended with status $?"
done

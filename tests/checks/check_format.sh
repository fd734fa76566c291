#!/usr/bin/env bash
# Every C++ file is as `make format` leaves it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/checks/tap.sh

if ! command -v clang-format-14 >/dev/null; then
    echo "ok - format # SKIP clang-format 14 is not to be had here"
    exit
fi
if said=$(tests/checks/format.sh 2>&1); then
    said=
else
    # The places; what clang-format shows below each is long and says nothing more.
    said=$(grep -E 'error:|warning:' <<<"$said" | head -20 || true)$'\n'"\`make format\` mends it"
fi
report "format: make format would change nothing" "$said"

#!/usr/bin/env bash
# Fails where clang-format would change a C++ file. Other versions than 14 lay out some lines differently, so
# only that one is asked.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
find mod_expect.cpp include tests -name '*.[ch]pp' -print0 | xargs -0 "${CLANG_FORMAT:-clang-format-14}" --dry-run -Werror

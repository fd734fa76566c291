#!/usr/bin/env bash
# Prints, for each header of the core, the share of lines that the unit tests ran. `make coverage` calls it.
# Usage: coverage.sh DIRECTORY_OF_OBJECTS
set -euo pipefail
cd "$1"
# Each test program has its own view of a header; the best one is what the tests of that header reach.
find . -name "*.o" | while read -r object; do gcov -n -o "$(dirname "$object")" "$object" 2>/dev/null; done |
    awk '/^File/ { name = $0; sub(/.*include\//, "", name); sub(/\x27$/, "", name); core = /include\/expect\// }
         /^Lines executed/ && core {
             split($0, part, /[:%]/)
             count = $NF
             if (!(name in best) || part[2] > best[name]) { best[name] = part[2]; lines[name] = count }
             core = 0
         }
         END { for (name in best) printf "%-28s %6.1f %% of %s lines\n", name, best[name], lines[name] }' | sort

#!/usr/bin/env bash
# Replays the seeds of every target and prints TAP: replay.sh FOLDER-OF-PROGRAMS. A target without program or
# seeds is a failure, and so is a run without targets.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
programs=$1

shopt -s nullglob
targets=(fuzz_*.cpp)
[[ ${#targets[@]} -gt 0 ]] || echo "not ok - there are targets to replay"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for source in "${targets[@]}"; do
    target=${source#fuzz_}
    target=${target%.cpp}
    "$programs/fuzz_$target" "corpus/$target" 2>"$log"
    status=$?
    if [[ $status -gt 1 ]]; then
        echo "not ok - fuzz_$target ended with status $status"
        tail -n 40 "$log" | sed 's/^/# /'
    fi
done
exit 0

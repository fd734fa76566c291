#!/usr/bin/env bash
# Runs libFuzzer targets: run.sh SECONDS FOLDER-OF-PROGRAMS WORK-FOLDER TARGET... Ends with a table of executions,
# coverage and findings; exits 1 after a finding, and when there was nothing to run.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
seconds=$1 programs=$2 work=$3
shift 3
[[ $# -gt 0 ]] || { echo "no target to run" >&2; exit 1; }

failed=0
table=
for target in "$@"; do
    corpus=$work/corpus/$target findings=$work/findings/$target log=$work/$target.log
    mkdir -p "$corpus" "$findings"
    touch "$work/$target.start" # findings of earlier runs stay, and are not counted again
    echo "fuzz_$target for $seconds s; log in $log"
    "$programs/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -dict="$here/expect.dict" -artifact_prefix="$findings/" "$corpus" "$here/corpus/$target" >"$log" 2>&1
    status=$?
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    speed=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
    coverage=$(grep -oE 'cov: [0-9]+ ft: [0-9]+' "$log" | tail -n 1)
    found=$(find "$findings" -type f -newer "$work/$target.start" | wc -l)
    table+=$(printf '%-8s %14s %10s   %-20s %8s' "$target" "${executions:-0}" "${speed:-0}" "${coverage:-none}" "$found")$'\n'
    if [[ $status -ne 0 || ${executions:-0} -eq 0 || $found -ne 0 ]]; then
        failed=1
        echo "fuzz_$target: status $status, findings in $findings" >&2
        grep -vE '^#[0-9]+|^NEW_FUNC' "$log" | tail -n 40 >&2
    fi
done
printf '\n%-8s %14s %10s   %-20s %8s\n%s' target executions per-second coverage findings "$table"
exit "$failed"

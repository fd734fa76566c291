#!/usr/bin/env bash
# suite.py decides what `make check` reports, so it is tested itself: a suite that crashes, hangs, runs nothing or
# ends with a wrong status must never count as passed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/checks/tap.sh

export SUITE_RESULTS=$PWD/build/checks/suite_runner SUITE_TIME_LIMIT=60
rm -rf "$SUITE_RESULTS" && mkdir -p "$SUITE_RESULTS"

counts() { # NAME EXPECTED KIND COMMAND...
    local name=$1 expected=$2 kind=$3 got status=0 trouble=
    shift 3
    tests/checks/suite.py run example "$kind" "$@" >/dev/null 2>&1
    got=$(tests/checks/suite.py sum example) || status=$?
    got=$(tail -n 1 <<<"$got")
    [[ $got == "$expected" ]] || trouble="expected \"$expected\", got \"$got\""
    case $expected in
    "0 passed"* | *" 1 failed") [[ $status == 1 ]] ;;
    *) [[ $status == 0 ]] ;;
    esac || trouble+=" exit status $status"
    report "suite runner: $name" "$trouble"
}

counts "cases are counted" "2 passed, 0 failed" tap printf 'ok - a\nok 2 - b\n'
counts "a failed case" "1 passed, 1 failed" tap printf 'ok - a\nnot ok - b\n# why\n'
counts "a skipped case is neither" "1 passed, 0 failed" tap printf 'ok - a\nok - b # SKIP why\n'
counts "nothing ran" "0 passed, 1 failed" tap true
counts "only skipped cases" "0 passed, 0 failed" tap echo 'ok - a # skip'
counts "a wrong exit status" "1 passed, 1 failed" tap sh -c 'echo ok - a; exit 3'
counts "a crash" "1 passed, 1 failed" tap sh -c 'echo ok - a; kill -SEGV $$'
SUITE_TIME_LIMIT=1 counts "a suite that hangs" "1 passed, 1 failed" tap sh -c 'echo ok - a; sleep 300'
counts "a program that is not there" "0 passed, 1 failed" boost build/no_such_program
# shellcheck disable=SC2016
counts "a Boost.Test program that finds no such test" "0 passed, 1 failed" boost sh -c \
    'for word; do case $word in --report_sink=*) echo "no test cases matching filter" >"${word#*=}" ;; esac; done; exit 200' -
told=$(tests/checks/suite.py sum example | grep -c 'there is no such test' || true)
report "suite runner: it says that there is no such test" "$([[ $told == 1 ]] || echo "it does not")"
counts "a Boost.Test program that ends before its report" "0 passed, 1 failed" boost true

tells() { # NAME EXPECTED KIND COMMAND...: whether the sum says it below the case
    local name=$1 expected=$2 kind=$3 told
    shift 3
    tests/checks/suite.py run example "$kind" "$@" >/dev/null 2>&1
    told=$(tests/checks/suite.py sum example || true)
    report "suite runner: the sum tells why $name failed" \
        "$(grep -A1 'failed: ' <<<"$told" | grep -q "^        $expected" || echo "it does not: $told")"
}

tells "a TAP case" "because of this" tap printf 'not ok - a\n#   because of this\nok - b\n'
# shellcheck disable=SC2016
tells "a Boost.Test case" "x.cpp: because of this" boost sh -c '
    cases="<TestSuite name=\"all\"><TestSuite name=\"s\"><TestCase name=\"c\" result=\"failed\""
    for word; do
        case $word in
        --report_sink=*) echo "<TestResult>$cases/></TestSuite></TestSuite></TestResult>" >"${word#*=}" ;;
        --logger=*) echo "<TestLog>$cases><Error><![CDATA[
            x.cpp: because of this]]></Error></TestCase></TestSuite></TestSuite></TestLog>" >"${word##*,}" ;;
        esac
    done
    exit 201' -

rm -f "$SUITE_RESULTS"/*.json
got=$(tests/checks/suite.py sum example | tail -n 1 || true)
trouble=
[[ $got == "0 passed, 1 failed" ]] || trouble=$got
report "suite runner: a suite without a result" "$trouble"

tests/checks/suite.py run skipping tap echo 'ok - a # skip' >/dev/null
tests/checks/suite.py run passing tap echo 'ok - a' >/dev/null
trouble=
tests/checks/suite.py sum skipping passing >/dev/null || trouble="exit status 1"
report "suite runner: a suite of skipped cases beside one that passes" "$trouble"

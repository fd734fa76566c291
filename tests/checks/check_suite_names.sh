#!/usr/bin/env bash
# A test file foo_tests.cpp holds the suite foo_tests and no other, so that a failure's path names its file, and
# two files cannot share a suite by a copied line.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/checks/tap.sh

trouble=
while IFS= read -r file; do
    name=$(basename "$file" .cpp)
    suites=$(sed -n 's/^BOOST_\(AUTO\|FIXTURE\)_TEST_SUITE(\([A-Za-z0-9_]*\).*/\2/p' "$file" | sort -u | paste -sd' ')
    cases=$(grep -cE '^BOOST_(AUTO|FIXTURE|DATA|PARAM)[A-Z_]*TEST_CASE' "$file" || true)
    case $name in
    *_tests) [[ $suites == "$name" ]] || trouble+="$file holds ${suites:-no suite} in place of $name"$'\n' ;;
    *) [[ $cases == 0 ]] || trouble+="$file has test cases, so its name has to end in _tests"$'\n' ;;
    esac
done < <(find tests/unit tests/e2e -name '*.cpp' ! -path '*/harness/*' ! -path '*/probe/*' | LC_ALL=C sort)
report "suite names: each test file holds the suite that it is named after" "${trouble%$'\n'}"

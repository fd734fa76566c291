#!/usr/bin/env bash
# The module needs libc alone; and the script that says so sees the ways in which that goes wrong.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/checks/tap.sh

work=build/checks/symbols
mkdir -p "$work"
compiler=${CXX:-g++}
module=${EXPECT_MODULE:-build/mod_expect.so}

if [[ -n ${HTTPD_LD_PRELOAD-} ]]; then
    echo "ok - runtime symbols: the module # SKIP a sanitizer's runtime is meant to be there"
else
    report "runtime symbols: the module needs none of C++ and no library but libc" \
        "$(tests/checks/runtime_symbols.sh "$module" 2>&1 || true)"
fi

refused() { # NAME CODE PHRASE
    printf '%s\n' "$2" | "$compiler" -x c++ -shared -fPIC -o "$work/bad.so" -
    local said
    if said=$(tests/checks/runtime_symbols.sh "$work/bad.so" 2>&1); then
        report "$1" "it was accepted"
    elif [[ $said != *"$3"* ]]; then
        report "$1" "it was refused, but not by \"$3\": $said"
    else
        report "$1" ""
    fi
}
refused "runtime symbols: an empty module is refused" "" "does not define expect_module"
refused "runtime symbols: a forgotten std::string is refused" \
    'extern "C" { int expect_module; } char *f(char *a, char *b) { delete[] b; return new char[*a]; }' \
    "C++ runtime"
refused "runtime symbols: a table of a library's, which keeps a module from being unloaded, is refused" \
    'extern "C" { int expect_module; } inline int *f() { static int table[2]; return table; } int *g() { return f(); }' \
    "exports more than expect_module"

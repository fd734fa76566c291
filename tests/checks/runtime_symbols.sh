#!/usr/bin/env bash
# The module must load into a C program that brings no C++ runtime: one forgotten std::string would make
# httpd's start fail with "undefined symbol: _ZNSt...", and only on the administrator's machine.
# Usage: runtime_symbols.sh mod_expect.so
set -euo pipefail
export LC_ALL=C
object=$1

# An empty module (what `apxs -c file.cpp` builds) has no undefined symbol either.
if ! nm -D --defined-only "$object" | grep -qw expect_module; then
    echo "$object: does not define expect_module" >&2
    exit 1
fi
# __cxa_finalize, __cxa_atexit and __cxa_thread_atexit_impl are libc's.
bad=$(nm -D --undefined-only "$object" | awk '{ print $NF }' | sed 's/@.*//' |
    grep -E '^(_Z|__cxa_|__gxx_|_Unwind_|__dynamic_cast)' |
    grep -vxE '__cxa_(finalize|atexit|thread_atexit_impl)' || true)
if [[ -n $bad ]]; then
    echo "$object: needs these symbols of the C++ runtime:" >&2
    c++filt <<<"$bad" | sed 's/^/    /' >&2
    exit 1
fi
others=$(nm -D --defined-only "$object" | awk '{ print $NF }' |
    grep -vxE 'expect_module|_init|_fini|_end|_edata|__bss_start' || true)
if [[ -n $others ]]; then
    echo "$object: exports more than expect_module, and what is unique would never be unloaded:" >&2
    c++filt <<<"$others" | sed 's/^/    /' >&2
    exit 1
fi
libraries=$(readelf -d "$object" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -vxE 'libc\.so\.[0-9.]+|ld-linux.*' || true)
if [[ -n $libraries ]]; then
    echo "$object: needs more libraries than libc: ${libraries//$'\n'/ }" >&2
    exit 1
fi

#!/bin/sh
# nghttp, over HTTP/2 without TLS. With --expect-continue it waits a second for the 100.
url=$1 expectation=$2 file=${3-}
if [ -z "$file" ]; then set -- -H "expect: $expectation"; else set -- --expect-continue --data="$file"; fi
answer=$(nghttp --timeout=20 --verbose --no-dep "$@" "$url" 2>&1)
# Interim answers have a :status too; it ends with 0 where the final one never came.
status=$(printf '%s\n' "$answer" | sed -n 's/.*recv .*:status: \([2-9][0-9]*\).*/\1/p' | head -n 1)
[ -n "$status" ] || { printf '%s\n' "$answer" >&2; exit 1; }
printf '%s\n' "$status"
printf '%s\n' "$answer" | grep '^[0-9][0-9]*$' || true

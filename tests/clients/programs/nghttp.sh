#!/bin/sh
# nghttp, over HTTP/2 without TLS. With --expect-continue it waits a short time for the 100.
url=$1 expectation=$2 file=${3-}
if [ -z "$file" ]; then set -- -H "expect: $expectation"; else set -- --expect-continue --data="$file"; fi
answer=$(nghttp --timeout=20 --verbose --no-dep "$@" "$url" 2>&1)
# Its timer runs on after the 100: an upload that lasts longer than a second it may submit twice, and give up.
case $answer in *"is already submitted"*) echo "nghttp submitted its content twice" >&2; exit 1 ;; esac
# The last :status is the final one.
status=$(printf '%s\n' "$answer" | sed -n 's/.*recv .*:status: \([0-9]*\).*/\1/p' | tail -n 1)
[ -n "$status" ] || { printf '%s\n' "$answer" >&2; exit 1; }
printf '%s\n' "$status"
printf '%s\n' "$answer" | grep '^[0-9][0-9]*$' || true

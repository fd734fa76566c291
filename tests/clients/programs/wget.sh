#!/bin/sh
# wget. It sends the field because it was told to, and the content behind it without waiting.
url=$1 expectation=$2 file=${3-}
if [ -n "$file" ]; then set -- --method=POST --body-file="$file"; else set --; fi
answer=$(wget --no-config --no-proxy --tries=1 --timeout=20 --content-on-error --server-response -O - \
    --header="Expect: $expectation" "$@" "$url" 2>&1)
# -S writes each status line with two spaces before it, those of interim answers too.
status=$(printf '%s\n' "$answer" | sed -n 's/^  HTTP\/[0-9.]* \([2-9][0-9]*\).*/\1/p' | head -n 1)
[ -n "$status" ] || { printf '%s\n' "$answer" >&2; exit 1; }
printf '%s\n' "$status"
printf '%s\n' "$answer" | grep '^[0-9][0-9]*$' || true

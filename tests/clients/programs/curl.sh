#!/bin/sh
# curl. It waits one second for the 100 (--expect100-timeout).
url=$1 expectation=$2 file=${3-}
if [ -n "$file" ]; then set -- --data-binary "@$file"; else set --; fi
# The status is known only at the end; two lines in this order need the answer's content kept until then.
answer=$(curl -q -sS -H "Expect: $expectation" -w '\n%{http_code}' "$@" "$url") || exit
printf '%s\n%s\n' "${answer##*
}" "${answer%
*}"

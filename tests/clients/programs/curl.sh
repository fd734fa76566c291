#!/bin/sh
# curl. It waits one second for the 100 (--expect100-timeout). HTTP_2=1: over HTTP/2 without TLS.
url=$1 expectation=$2 file=${3-}
if [ -n "$file" ]; then set -- --data-binary "@$file"; else set --; fi
if [ -n "${HTTP_2-}" ]; then set -- --http2-prior-knowledge "$@"; fi
# The status is known only at the end; two lines in this order need the answer's content kept until then.
answer=$(curl -q -sS -H "Expect: $expectation" -w '\n%{http_code}' "$@" "$url") || exit
printf '%s\n%s\n' "${answer##*
}" "${answer%
*}"

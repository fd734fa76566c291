#!/usr/bin/env bash
# Whoever undoes the close of a connection may have content served as a request: HTTP_IN's error exits close, and
# run an ErrorDocument inside the read. So of c->keepalive the module sets AP_CONN_CLOSE, and never anything else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/checks/tap.sh

sources=(mod_expect.cpp include/mod_expect)
code=$(grep -rnE 'AP_CONN_|keepalive *[-+|&^]?=[^=]' "${sources[@]}" | grep -vE '^[^:]+:[0-9]+: *//' || true)
others=$(grep -vE 'keepalive = AP_CONN_CLOSE;$' <<<"$code" || true)
[[ -n $code ]] || others="no line sets AP_CONN_CLOSE: this check has to learn where it is now"
report "keepalive: the module only ever sets AP_CONN_CLOSE" "$others"

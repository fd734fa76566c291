#!/usr/bin/env bash
# Macros that take a bucket away name their argument more than once in APR-util before 1.6.2. Given an expression,
# apr_bucket_delete(APR_BRIGADE_FIRST(b)), they take one bucket out and destroy the next, for ever.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/checks/tap.sh

report "macros: what takes buckets away is given a variable" \
    "$(grep -rnE '\b(apr_bucket_(delete|destroy)|APR_BUCKET_REMOVE)\([^)]*\(' include mod_expect.cpp tests/*/probe || true)"

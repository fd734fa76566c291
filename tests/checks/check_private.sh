#!/usr/bin/env bash
# What is httpd's own stays httpd's: the module uses public interfaces, and writes into no memory that it did not make. It once
# read the core's buffer, renamed the field in the memory of others and took itself out of the chain of filters: a bucket over
# read-only memory ended the child, copies that a lower filter kept changed, three empty lines switched the policy off, and
# the next httpd would have been 400 for every request behind TLS.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/checks/tap.sh

# The lines that match, comments apart.
find_in() {
    local pattern=$1
    shift
    grep -rnE "$pattern" "$@" | grep -vE '^[^:]+:[0-9]+:\s*//' || true
}
all=(include/mod_expect mod_expect.cpp)

report "private: no structure of httpd's filters" \
    "$(find_in '\b(core_net_rec|core_ctx|core_ctx_t|in_ctx|out_ctx|client_socket)\b' "${all[@]}")"
# But that a filter which hides content is part of the protocol's (mod_proxy_http would spool uploads), and that a question
# to an application starts from the capture and from no content, whatever httpd makes of it, until it is answered.
report "private: no chain of filters is changed but by httpd's functions" \
    "$(find_in '(->|\.)next = .*(filter|->next)|(->|\.)(proto_)?(input|output)_filters = ' "${all[@]}" | grep -vE 'r->proto_input_filters = r->input_filters;' |
        grep -vE 'answer/question.hpp:[0-9]+: +r->proto_(input|output)_filters = (no_content|capture|proto_input|proto_output);' || true)"
report "private: no bucket is looked into but by apr_bucket_read()" \
    "$(find_in '\bapr_bucket_(heap|pool|mmap|file|refcount)\b|apr_bucket_type_|(->|\.)base\b *[+;)[]|(->|\.)(type|data) == ?&?apr_bucket|->type->' "${all[@]}")"
report "private: the hold treats all buckets and all filters alike" \
    "$(find_in 'APR_BUCKET_IS_|frec\b' include/mod_expect/hold)"
report "private: the hold casts no constness away and writes nowhere but into its own" \
    "$(find_in 'const_cast|reinterpret_cast|memset|strcpy|bytes\[[^]]*\] = ' include/mod_expect/hold)"

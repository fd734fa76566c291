// When something is counted: rules as they decide members, requests as they are judged, a 100 when
// it is known to have been sent.
#ifndef MOD_EXPECT_COUNT_HPP
#define MOD_EXPECT_COUNT_HPP

#include "mod_expect/counters.hpp"
#include "mod_expect/report.hpp"
#include "mod_expect/request_state.hpp"
#include "mod_expect/server.hpp"
#include "mod_expect/settings.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// Counts that a rule decided. By null, nothing did: a 100-continue of HTTP/1.0.
inline void count_hit(const expect::rule *by) noexcept {
    if (by == nullptr || all_counters == nullptr) {
        return;
    }
    if (by->tag != nullptr) {
        add(origin_of(*by)->counted->hits);
        return;
    }
    const auto number = static_cast<std::size_t>(by - expect::built_in.rules);
    add(all_counters->built_in[number].hits);
}

// Listens to a decision for the rules that made it.
struct hit_listener {
    static constexpr bool hears_every_member = false;

    void on_rule(const expect::rule & /*considered*/, expect::rule_outcome /*outcome*/) noexcept {}
    void on_member(const expect::expectation & /*member*/, const expect::ruling &ruled) noexcept {
        count_hit(ruled.by);
    }
};

inline void count_rejection(request_rec *r, const request_state &state,
                            bool only_detected) noexcept {
    std::uint64_t number = 0;
    rejection &entry = begin_rejection(all_counters->journal, number);
    entry.time = r->request_time;
    entry.status = state.made.status();
    entry.was_detected = only_detected ? 1 : 0;
    copy_cut(entry.client, r->useragent_ip);
    copy_cut(entry.host, r->server->server_hostname != nullptr ? r->server->server_hostname : "");
    copy_cut(entry.member, state.made.member);
    copy_cut(entry.rule, state.rule);
    end_rejection(entry, number);
}

// Counts a judged request for its host and for all.
inline void count_request(request_rec *r, const request_state &state,
                          const expect::request_facts &facts, report_mode mode) noexcept {
    if (all_counters == nullptr) {
        return;
    }
    const bool only_detected = mode == report_mode::detected;
    if (state.made.error != expect::parse_error::none) {
        count_hit(state.made.by);
    }
    add_decision(all_counters->total, state.made, only_detected, facts);
    if (host_counters *host = settings_of(r->server)->counted) {
        add_decision(*host, state.made, only_detected, facts);
    }
    if (state.made.outcome == expect::verdict::rejected) {
        count_rejection(r, state, only_detected);
    }
}

inline void count_100(const request_rec *r) noexcept {
    if (all_counters != nullptr) {
        add(all_counters->total.sent_100);
        if (host_counters *host = settings_of(r->server)->counted) {
            add(host->sent_100);
        }
    }
}

} // namespace mod_expect

extern "C" {

// At the end of a request for which a 100 was to be sent by whoever first reads the content: the
// request that httpd made of it last tells whether that happened (ap_send_interim_response()).
static apr_status_t expect_count_100_at_end(void *request) {
    const auto *r = static_cast<const request_rec *>(request);
    const request_rec *last = r;
    while (last->next != nullptr) {
        last = last->next;
    }
    if (!last->expecting_100) {
        mod_expect::count_100(r);
    }
    return APR_SUCCESS;
}

} // extern "C"

#endif

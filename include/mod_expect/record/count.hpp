// When something is counted: rules as they decide members, requests as they are judged.
#ifndef MOD_EXPECT_RECORD_COUNT_HPP
#define MOD_EXPECT_RECORD_COUNT_HPP

#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/config/settings.hpp"
#include "mod_expect/record/counters.hpp"
#include "mod_expect/record/report.hpp"

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

// Counts the members of a field, of which each comes once, and the rules that decide about them.
class member_tally {
public:
    void add(const expect::ruling &ruled) noexcept {
        if (ruled.failed) {
            return;
        }
        count_hit(ruled.by);
        if (ruled.then == expect::action::ignore) {
            ++counts_.ignored;
        } else if (ruled.then == expect::action::meet ||
                   ruled.then == expect::action::continue_at_gate) {
            ++counts_.met;
        }
    }
    [[nodiscard]] const member_counts &counts() const noexcept { return counts_; }

private:
    member_counts counts_;
};

inline void count_rejection(request_rec *r, const request_state &state,
                            bool only_detected) noexcept {
    std::uint64_t number = 0;
    rejection *entry = claim_rejection(all_counters->journal, number);
    if (entry == nullptr) {
        return;
    }
    store(entry->time, static_cast<std::uint64_t>(r->request_time));
    store(entry->status, state.made.status());
    store(entry->was_detected, only_detected ? 1 : 0);
    store_text(entry->client, r->useragent_ip);
    store_text(entry->host,
               r->server->server_hostname != nullptr ? r->server->server_hostname : "");
    store_text(entry->member, state.made.member);
    store_text(entry->rule, state.rule);
    release_rejection(*entry, number);
}

// Counts a judged request for its host and for all.
inline void count_request(request_rec *r, const request_state &state, const member_counts &members,
                          const expect::request_facts &facts, report_mode mode) noexcept {
    if (all_counters == nullptr) {
        return;
    }
    const bool only_detected = mode == report_mode::detected;
    if (state.made.error != expect::parse_error::none) {
        count_hit(state.made.by);
    }
    add_decision(all_counters->total, state.made, members, only_detected, facts);
    if (host_counters *host = settings_of(r->server)->counted) {
        add_decision(*host, state.made, members, only_detected, facts);
    }
    if (state.made.outcome == expect::verdict::rejected) {
        count_rejection(r, state, only_detected);
    }
}

inline void add_upload(host_counters &host, bool was_spared, std::uint64_t declared) noexcept {
    add(was_spared ? host.uploads_spared : host.uploads_read);
    if (was_spared) {
        add(host.bytes_spared, declared);
    }
}

// Counts an answered request of which 100-continue was met. last: what it was redirected to, in
// which the core's flag tells whether anything has read.
inline void count_upload(const request_rec *last, const request_state &state) noexcept {
    if (all_counters == nullptr) {
        return;
    }
    const bool was_spared = last->expecting_100 != 0;
    add_upload(all_counters->total, was_spared, state.declared_content);
    if (host_counters *host = settings_of(last->server)->counted) {
        add_upload(*host, was_spared, state.declared_content);
    }
}

} // namespace mod_expect

#endif

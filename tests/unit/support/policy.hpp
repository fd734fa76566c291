// A policy and a request written as text, and what came of them as text.
#ifndef UNIT_SUPPORT_POLICY_HPP
#define UNIT_SUPPORT_POLICY_HPP

#include "expect/builtin.hpp"
#include "expect/decision.hpp"
#include "expect/rule_reader.hpp"
#include "expect/words.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace unit {

// Splits at spaces that are not inside double quotes, as httpd does with single ones.
inline std::vector<std::string> split_words(std::string_view line) {
    std::vector<std::string> words;
    bool inside = false;
    bool in_quotes = false;
    for (const char byte : line) {
        in_quotes = in_quotes != (byte == '"');
        const bool separates = byte == ' ' && !in_quotes;
        if (!separates) {
            if (!inside) {
                words.emplace_back();
            }
            words.back() += byte;
        }
        inside = !separates;
    }
    return words;
}

// Rules and their indexes in memory of exactly the size that the core asks for. Rules are tagged
// with their line; the expression of a rule points to its text.
class policy {
public:
    // Rules, one a line; a line "--" begins the next list of the chain, which ends with built_in.
    policy() { begin_list(); }
    explicit policy(std::string_view lines) : policy() {
        std::istringstream in{std::string(lines)};
        for (std::string line; std::getline(in, line);) {
            if (line == "--") {
                begin_list();
            } else if (!add(line)) {
                throw std::invalid_argument("not a rule: " + line);
            }
        }
        finish();
    }
    policy(const policy &) = delete;
    policy &operator=(const policy &) = delete;

    void begin_list() { lists_.emplace_back(); }

    // False where the line is no rule.
    bool add(std::string_view line) {
        const std::string &kept = kept_.emplace_back(line);
        const std::vector<std::string> words = split_words(kept);
        if (words.size() < 2) {
            return false;
        }
        expect::rule_reader reader;
        bool well = reader.read_action(words[0]) && reader.read_pattern(keep(words[1]));
        for (std::size_t at = 2; at < words.size(); ++at) {
            well = well && reader.read_option(keep(words[at]));
        }
        if (!well || !reader.finish()) {
            return false;
        }
        reader.made.tag = &kept;
        if (!reader.expression.empty()) {
            reader.made.expression = &keep(reader.expression);
        }
        lists_.back().rules.push_back(reader.made);
        return true;
    }

    // Builds the indexes; nothing is added afterwards.
    void finish() {
        const expect::rule_list *next = &expect::built_in;
        for (auto at = lists_.rbegin(); at != lists_.rend(); ++at) {
            at->list.rules = at->rules.data();
            at->list.count = static_cast<std::uint32_t>(at->rules.size());
            at->memory.reset(new std::uint32_t[expect::index_words(at->list.count)]);
            expect::build_index(at->list, at->memory.get());
            at->list.next = next;
            next = &at->list;
        }
    }

    [[nodiscard]] const expect::rule_list *chain() const { return &lists_.front().list; }

private:
    struct owned_list {
        std::vector<expect::rule> rules;
        std::unique_ptr<std::uint32_t[]> memory;
        expect::rule_list list;
    };

    const std::string &keep(std::string_view text) { return kept_.emplace_back(text); }

    std::deque<std::string> kept_;
    std::deque<owned_list> lists_;
};

// The server's conditions: "true" holds, "false" fails, everything else cannot be evaluated.
// context may point to a number that counts the calls.
inline expect::condition_result evaluate(void *context, const void *expression) noexcept {
    if (context != nullptr) {
        ++*static_cast<unsigned *>(context);
    }
    const auto &text = *static_cast<const std::string *>(expression);
    return text == "true"    ? expect::condition_result::holds
           : text == "false" ? expect::condition_result::fails
                             : expect::condition_result::error;
}

// "HTTP/1.0", "content=N" (with 0 as well), "chunked" and "no-evaluator" in any order; what is not
// said is not so.
inline expect::request_facts read_facts(std::string_view text) {
    expect::request_facts facts;
    facts.evaluate = evaluate;
    for (const std::string &word : split_words(text)) {
        if (word == "HTTP/1.0") {
            facts.http_1_1 = false;
        } else if (word == "chunked") {
            facts.content = expect::content_kind::undeclared;
        } else if (word == "no-evaluator") {
            facts.evaluate = nullptr;
        } else if (expect::slice(word, 0, 8) == "content=" &&
                   expect::parse_size(expect::slice(word, 8), facts.content_length)) {
            facts.content = expect::content_kind::declared;
        }
    }
    return facts;
}

// A rule as it was written.
inline std::string describe(const expect::rule *by) {
    if (by == nullptr) {
        return "no rule";
    }
    const std::string_view built_in = expect::built_in_text(*by);
    return built_in.empty() ? *static_cast<const std::string *>(by->tag)
                            : "built-in " + std::string(built_in);
}

// Who decided: a rule, HTTP/1.0 or nobody. A cause and a rule that do not go together stand out.
inline std::string describe(expect::ruling_cause cause, const expect::rule *by) {
    const bool has_rule = cause == expect::ruling_cause::rule;
    if (has_rule != (by != nullptr)) {
        return "a cause that is not its rule's";
    }
    return cause == expect::ruling_cause::http_1_0 ? "HTTP/1.0" : describe(by);
}

// OUTCOME [STATUS] <MEMBER> [malformed at OFFSET] by RULE [+100] [+gate] [+early] [+ask] [+ignored]
inline std::string describe(const expect::decision &made) {
    using expect::verdict;
    std::string out(expect::word_for(expect::verdict_words, made.outcome));
    if (made.outcome == verdict::rejected) {
        out += " " + std::to_string(made.status());
    }
    if (made.outcome != verdict::none) {
        out += " <" + std::string(made.member) + ">";
    }
    if (made.error != expect::parse_error::none) {
        out += " malformed at " + std::to_string(made.error_offset);
    }
    if (made.outcome != verdict::none) {
        out += " by " + describe(made.cause, made.by);
    }
    out += made.meets_100_continue ? " +100" : "";
    out += made.sends_100_at_gate ? " +gate" : "";
    out += made.sends_100_early ? " +early" : "";
    out += made.asks_about_100 ? " +ask" : "";
    out += made.ignored_100 ? " +ignored" : "";
    return out;
}

} // namespace unit

#endif

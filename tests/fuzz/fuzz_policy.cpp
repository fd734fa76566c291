// A policy, a request and a field: the index against a plain scan of the rules in order.
//
// Input: rules, one a line ("--" begins the next list of the chain; what is no rule is left out),
// an empty line, a line that says what the request is like (see unit::read_facts), and the field.
//
// - Both ways come to the same decision.
// - A rule that is said to be unreachable never decides, and comparing all pairs says so as well.
// - A pattern that is accepted matches the member spelled like it; one that is refused says where.
#include "target.hpp"

#include "../unit/support/matches.hpp"
#include "../unit/support/plain_scan.hpp"
#include "../unit/support/policy.hpp"

#include "expect/coverage.hpp"
#include "expect/doubt.hpp"

#include <memory>
#include <vector>

namespace {

std::string_view take_line(std::string_view &text) {
    const std::size_t end = text.find('\n');
    const std::string_view line = expect::slice(text, 0, end);
    text = end == std::string_view::npos ? std::string_view{} : expect::slice(text, end + 1);
    return line;
}

// Words that are no pattern are looked at as well.
void check_pattern(std::string_view word) {
    const expect::pattern_result read = expect::parse_pattern(word);
    if (!read) {
        fuzz::require(read.offset <= word.size(), "the offset lies within the pattern", word);
        return;
    }
    if (read.value.kind == expect::pattern_kind::member) {
        fuzz::require(unit::matches(read.value, read.value.spelled),
                      "a pattern matches the member spelled like it", word);
    }
    fuzz::require(expect::covers(read.value, read.value), "a pattern covers itself", word);
    fuzz::require(read.value.kind == expect::pattern_kind::member ||
                      expect::find_doubt(read.value) == nullptr,
                  "keywords are meant", word);
}

// Over the whole chain: a rule of an outer list may be covered by one of an inner list.
void check_coverage(const expect::rule_list *lists, const expect::rule *by) {
    const std::uint32_t count = expect::count_rules(lists, nullptr);
    std::vector<const expect::rule *> found(count);
    const std::unique_ptr<std::uint32_t[]> memory(new std::uint32_t[expect::coverage_words(count)]);
    expect::find_covering(lists, nullptr, found.data(), memory.get());
    std::vector<const expect::rule *> before;
    for (const expect::rule_list *list = lists; list != nullptr; list = list->next) {
        for (std::uint32_t at = 0; at < list->count; ++at) {
            const expect::rule *wanted = nullptr;
            for (const expect::rule *each : before) {
                if (expect::covers(*each, list->rules[at])) {
                    wanted = each;
                    break;
                }
            }
            const expect::rule *covering = found[before.size()];
            fuzz::require(covering == wanted, "comparing all pairs finds the same rule");
            fuzz::require(covering == nullptr || by != &list->rules[at],
                          "an unreachable rule never decides", unit::describe(by));
            before.push_back(&list->rules[at]);
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    std::string_view rest = fuzz::as_text(data, size);
    unit::policy rules;
    for (std::string_view line = take_line(rest); !line.empty(); line = take_line(rest)) {
        if (line == "--") {
            rules.begin_list();
            continue;
        }
        for (const std::string &word : unit::split_words(line)) {
            check_pattern(word);
        }
        rules.add(line);
    }
    rules.finish();
    const expect::request_facts facts = unit::read_facts(take_line(rest));
    const expect::decision made = expect::decide(rules.chain(), facts, rest);
    fuzz::require_same(unit::describe(made),
                       unit::describe(unit::decide_by_plain_scan(rules.chain(), facts, rest)),
                       "the index and a plain scan agree");
    check_coverage(rules.chain(), made.by);
    fuzz::require(!(made.sends_100_early || made.sends_100_at_gate) ||
                      (made.meets_100_continue && facts.allows_100()),
                  "a 100 is sent where it is met and means something");
    fuzz::require(!made.sends_100_early || made.outcome == expect::verdict::met,
                  "and early where nothing else is in the way");
    fuzz::successes += made.by != nullptr && made.by->tag != nullptr ? 1 : 0;
    return 0;
}

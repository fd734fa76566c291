// What the core costs to parse a field and decide about it: instructions, counted by callgrind at
// two numbers of repetitions and subtracted so that everything else cancels, and nanoseconds.
//
//   core_bench                 prints one table
//   core_bench repeat N COUNT  does case N as often as said, for callgrind
//
// Built as the module is: -std=c++17 -O2 -fno-exceptions -fno-rtti -Iinclude.
#include "expect/expect.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct bench_case {
    const char *what;
    std::string field;
    std::uint32_t rules; // for other names, in front of the built-in ones
    int budget;          // instructions, or 0
};

std::string repeat(std::string_view unit, std::size_t size) {
    std::string text;
    while (text.size() < size) {
        text += unit;
    }
    text.resize(size);
    return text;
}

// As many members as there may be, in a field of so many bytes.
std::string members(std::size_t size, bool are_different) {
    std::string text;
    for (std::size_t number = 0; number < expect::most_members; ++number) {
        std::string member(size / expect::most_members - 1, 'a');
        if (are_different) {
            member.replace(member.size() - 3, 3, std::to_string(100 + number));
        }
        text += member + ',';
    }
    return text;
}

std::vector<bench_case> make_cases() {
    std::vector<bench_case> cases = {
        {"100-continue, met by default", "100-continue", 0, 150},
        {"foo, rejected by default", "foo", 0, 0},
        {"foo=bar, rejected by default", "foo=bar", 0, 0},
        {"100-continue, foo", "100-continue, foo", 0, 0},
        {"y 100-continue, malformed", "y 100-continue", 0, 0},
        {"foo=\"a b\";p=1;q=\"2\"", "foo=\"a b\";p=1;q=\"2\"", 0, 0},
    };
    for (const std::uint32_t rules : {1u, 10u, 100u, 1000u, 10000u}) {
        cases.push_back({"100-continue, rules for other names", "100-continue", rules, 0});
    }
    for (const std::uint32_t rules : {1u, 10u, 100u, 1000u, 10000u}) {
        cases.push_back({"name-99999, rules for other names", "name-99999", rules, 0});
    }
    for (std::size_t size = 512; size <= 8192; size *= 2) {
        cases.push_back({"one long name", repeat("a", size), 0, 0});
    }
    // As many members as there may be: every one is read and compared with the others, equal ones
    // are judged once.
    for (std::size_t size = 512; size <= 8192; size *= 2) {
        cases.push_back({"64 equal members", members(size, false), 0, 0});
    }
    for (std::size_t size = 512; size <= 8192; size *= 2) {
        cases.push_back({"64 different members", members(size, true), 0, 0});
    }
    cases.push_back({"too many members", repeat("a,", 8192), 0, 0});
    for (std::size_t size = 512; size <= 8192; size *= 2) {
        cases.push_back(
            {"a quoted-string of quoted-pairs", "a=\"" + repeat("\\b", size - 4) + '"', 0, 0});
    }
    for (std::size_t size = 512; size <= 8192; size *= 2) {
        cases.push_back({"parameters", "a=b" + repeat(";c=d", size - 4), 0, 0});
    }
    return cases;
}

// Rules that are all for other names than the fields', and a chain that ends with the built-in
// ones.
class policy {
public:
    explicit policy(std::uint32_t count) {
        if (count == 0) {
            return;
        }
        for (std::uint32_t number = 0; number < count; ++number) {
            texts_.push_back("name-" + std::to_string(10000 + number));
        }
        for (const std::string &text : texts_) {
            expect::rule made;
            made.what = expect::parse_pattern(text).value;
            rules_.push_back(made);
        }
        list_.rules = rules_.data();
        list_.count = count;
        memory_.resize(expect::index_words(count));
        expect::build_index(list_, memory_.data());
        list_.next = &expect::built_in;
    }
    [[nodiscard]] const expect::rule_list *chain() const {
        return rules_.empty() ? &expect::built_in : &list_;
    }

private:
    std::vector<std::string> texts_;
    std::vector<expect::rule> rules_;
    std::vector<std::uint32_t> memory_;
    expect::rule_list list_;
};

// What a start-up with many rules for one name costs: finding those that are never reached.
// Comparing all pairs took 18 s.
void print_startup(const char *what, const std::vector<std::string> &patterns) {
    using clock = std::chrono::steady_clock;
    std::vector<expect::rule> rules;
    for (const std::string &text : patterns) {
        expect::rule made;
        made.what = expect::parse_pattern(text).value;
        rules.push_back(made);
    }
    expect::rule_list list;
    list.rules = rules.data();
    list.count = static_cast<std::uint32_t>(rules.size());
    std::vector<std::uint32_t> index(expect::index_words(list.count));
    std::vector<std::uint32_t> memory(expect::coverage_words(list.count));
    std::vector<const expect::rule *> covering(list.count);
    const clock::time_point start = clock::now();
    expect::build_index(list, index.data());
    expect::find_covering(&list, nullptr, covering.data(), memory.data());
    const std::chrono::duration<double, std::milli> taken = clock::now() - start;
    std::printf("%-43s %6u %13s %10s %7.1f ms\n", what, list.count, "", "", taken.count());
}

void print_startups() {
    std::vector<std::string> names;
    std::vector<std::string> values;
    std::vector<std::string> parameters;
    for (int number = 0; number < 10000; ++number) {
        const std::string text = std::to_string(number);
        names.push_back("name-" + text);
        values.push_back("foo=" + text);
        parameters.push_back("foo=*;a=" + text + ";b=\"" + text + "\";c=d");
    }
    print_startup("start-up, rules for different names", names);
    print_startup("start-up, rules for one name with values", values);
    print_startup("start-up, rules for one, with parameters", parameters);
}

// Neither may the compiler know the arguments, nor leave out what nobody looks at.
void decide_repeatedly(const bench_case &tested, const policy &rules, std::size_t count) {
    const expect::request_facts facts;
    const char *bytes = tested.field.data();
    std::size_t size = tested.field.size();
    const expect::rule_list *chain = rules.chain();
    for (; count > 0; --count) {
        asm volatile("" : "+r"(bytes), "+r"(size), "+r"(chain) : : "memory");
        const expect::decision made = expect::decide(chain, facts, {bytes, size});
        asm volatile("" : : "r"(&made) : "memory");
    }
}

// Enough that what is subtracted is far above chance, few enough for valgrind.
std::size_t repetitions(const bench_case &tested) { return 100000 / tested.field.size(); }

// What callgrind collects for so many repetitions of a case; negative where it cannot be had.
long long instructions(const char *self, std::size_t number, std::size_t count) {
    const std::string command = "valgrind --tool=callgrind --callgrind-out-file=/dev/null '" +
                                std::string(self) + "' repeat " + std::to_string(number) + ' ' +
                                std::to_string(count) + " 2>&1";
    std::FILE *pipe = popen(command.c_str(), "r");
    long long collected = -1;
    std::array<char, 512> line{};
    while (pipe != nullptr && std::fgets(line.data(), line.size(), pipe) != nullptr) {
        const std::string_view text(line.data());
        const std::size_t at = text.find("Collected : ");
        if (at != std::string_view::npos) {
            collected = std::atoll(line.data() + at + 12);
        }
    }
    const bool well = pipe != nullptr && pclose(pipe) == 0;
    return well ? collected : -1;
}

double nanoseconds(const bench_case &tested, const policy &rules) {
    using clock = std::chrono::steady_clock;
    const std::size_t count = 50 * repetitions(tested);
    std::array<double, 5> runs{};
    for (double &each : runs) {
        const clock::time_point start = clock::now();
        decide_repeatedly(tested, rules, count);
        const std::chrono::duration<double, std::nano> taken = clock::now() - start;
        each = taken.count() / static_cast<double>(count);
    }
    std::sort(runs.begin(), runs.end());
    return runs[runs.size() / 2];
}

bool print_row(const char *self, const bench_case &tested, std::size_t number) {
    const std::size_t count = repetitions(tested);
    const long long once = instructions(self, number, count);
    const long long twice = instructions(self, number, 2 * count);
    const double each =
        once < 0 || twice < 0 ? -1 : static_cast<double>(twice - once) / static_cast<double>(count);
    const bool within = tested.budget == 0 || (each >= 0 && each <= tested.budget);
    std::printf("%-36s %6zu %6u %13.1f %10.2f %10.1f%s\n", tested.what, tested.field.size(),
                tested.rules, each, each / static_cast<double>(tested.field.size()),
                nanoseconds(tested, policy(tested.rules)), within ? "" : "  over its budget");
    std::fflush(stdout);
    return within && each >= 0;
}

} // namespace

int main(int argc, char **argv) {
    const std::vector<bench_case> cases = make_cases();
    if (argc == 4 && std::string_view(argv[1]) == "repeat") {
        const bench_case &tested = cases.at(std::strtoul(argv[2], nullptr, 10));
        decide_repeatedly(tested, policy(tested.rules), std::strtoul(argv[3], nullptr, 10));
        return 0;
    }
    std::printf("%-36s %6s %6s %13s %10s %10s\n", "field", "bytes", "rules", "instructions",
                "per byte", "ns");
    bool well = true;
    for (std::size_t number = 0; number < cases.size(); ++number) {
        well = print_row(argv[0], cases[number], number) && well;
    }
    print_startups();
    return well ? 0 : 1;
}

// No request costs more than one evaluation of each rule's expression and 64 members, whatever its
// size; and no configuration takes long to start.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/probe.hpp"
#include "harness/request.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <sys/resource.h>

using namespace e2e;

namespace {

constexpr int most_members = 64;

// The members of a field of nearly 16 KiB: 250 bytes each.
std::string member(int number) {
    std::string name = "member-" + std::to_string(number) + "-";
    return name + std::string(250 - name.size(), 'x');
}

// httpd counts the lines of a field together.
const char *const long_fields = "LimitRequestFieldSize 20000\n";

// A list of so many different members, in two lines.
std::vector<std::string> in_two_lines(int members) {
    std::string lines[2];
    for (int i = 0; i < members; ++i) {
        std::string &line = lines[i < members / 2 ? 0 : 1];
        line += (line.empty() ? "Expect: " : ",") + member(i);
    }
    return {lines[0], lines[1]};
}

// How often each NAME of asked('NAME') was asked.
std::map<std::string, int> asked_in(const std::string &log) {
    std::map<std::string, int> times;
    for (const std::string &line : lines_with(log, "asked: "))
        ++times[line.substr(7)];
    return times;
}

// Ten rules of every kind whose expressions are false, for every member; then what is met.
std::string ten_rules() {
    const char *const actions[] = {"meet", "ignore", "reject", "meet", "ignore"};
    std::string rules;
    for (int i = 0; i < 10; ++i)
        rules += std::string("ExpectRule ") + actions[i % 5] + " *" + " \"expr=asked('rule-" +
                 std::to_string(i) + "') == 'no'\"\n";
    return rules;
}

double processor_seconds_of_children() {
    rusage used{};
    getrusage(RUSAGE_CHILDREN, &used);
    return double(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           double(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

} // namespace

BOOST_AUTO_TEST_SUITE(bounded_work_tests)

BOOST_AUTO_TEST_CASE(each_expression_is_evaluated_once) {
    const std::string rules = ten_rules();
    const std::string in_section = "<Location \"/\">\n" + rules + "</Location>\n";
    const std::string hint = "ExpectRule meet other \"expr=asked('hint') == 'no'\"\n"
                             "ExpectRule meet another\nExpectRule ignore one-more=*\n";
    const struct {
        const char *name;
        std::string policy;
        int status;
    } rows[] = {
        {"all are met", "ExpectPolicy On\n" + rules + "ExpectRule meet *\n", 200},
        {"the first is rejected", "ExpectPolicy On\n" + rules + hint, 417},
        {"the last is rejected",
         "ExpectPolicy On\n" + rules + hint + "ExpectRule reject " + member(63) +
             "\nExpectRule meet *\n",
         417},
        {"in a section", "ExpectPolicy On\n" + in_section + hint, 417},
        {"only detected", "ExpectPolicy DetectionOnly\n" + rules + hint, 417},
        {"detected in a section", "ExpectPolicy DetectionOnly\n" + in_section + hint, 417},
    };
    int number = 0;
    for (const auto &one : rows) {
        for (const char *level : {"info", "info expect:debug"}) {
            BOOST_TEST_CONTEXT(one.name << ", LogLevel " << level) {
                httpd server(std::to_string(number++));
                server.site()
                    .config(long_fields + load_probe("asked") + one.policy)
                    .log_level(level);
                server.allow("expect: |unrecognized expectation").announce("asked: ").start();
                const std::string sent = request("GET /plain.txt", in_two_lines(64));
                BOOST_TEST(sent.size() > 16000u);
                BOOST_TEST(ask(server, sent).status == one.status);
                server.stop();
                const auto times = asked_in(server.error_log());
                BOOST_TEST(times.size() >= 10u);
                for (const auto &[name, count] : times)
                    BOOST_TEST(count == 1, name << " was asked " << count << " times");
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(more_than_64_members_are_malformed) {
    const auto list = [](int count, const std::string &element, const std::string &separator) {
        std::string field = "Expect: " + element;
        for (int i = 1; i < count; ++i)
            field += separator + element;
        return std::vector<std::string>{field};
    };
    httpd server;
    server.site().config(long_fields).config("ExpectPolicy On\nExpectRule meet *");
    server.announce("expect: rejected").start();
    const struct {
        const char *name;
        std::vector<std::string> fields;
        int status;
    } rows[] = {
        {"64 different ones", in_two_lines(64), 200},
        {"65 different ones", in_two_lines(65), 417},
        {"64 equal ones", list(64, "a", ","), 200},
        {"65 equal ones", list(65, "a", ","), 417},
        {"64 among empty elements", list(64, "a", ",,, ,"), 200},
        {"65 among empty elements", list(65, "a", ",,, ,"), 417},
        {"empty elements alone", list(4000, "", ","), 200},
        {"as many as a line holds", list(4090, "a", ","), 417},
    };
    size_t malformed = 0;
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT(one.name)
        BOOST_TEST(ask(server, request("GET /plain.txt", one.fields)).status == one.status);
        malformed += one.status == 417 ? 1 : 0;
    }
    BOOST_TEST(
        lines_with(server.error_log(), "(the list has more than 64 members at offset ").size() ==
        malformed);
}

// What one request writes at debug is bounded by rules and members, not by its size.
BOOST_AUTO_TEST_CASE(the_reasoning_is_bounded) {
    std::string equal = "Expect: a";
    while (equal.size() < 8180)
        equal += ",a";
    const struct {
        const char *name;
        std::vector<std::string> fields;
        size_t lines;
    } rows[] = {
        // The field, the built-in rule for what is malformed, the rejection.
        {"8 KiB of equal members", {equal}, 3},
        {"8 KiB of one member", {"Expect: " + std::string(8000, 'a')}, 1 + 11 + 1 + 1},
        // The field, for each member eleven rules and what becomes of it, the rejection.
        {"64 members of 250 bytes", in_two_lines(64), 1 + 64 * (11 + 1) + 1},
    };
    int number = 0;
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT(one.name) {
            httpd server(std::to_string(number++));
            server.site().config(long_fields + load_probe("asked") + "ExpectPolicy On\n" +
                                 ten_rules());
            server.log_level("info expect:debug").allow("asked: |expect:debug");
            server.announce("expect: rejected").start();
            BOOST_TEST(ask(server, request("GET /plain.txt", one.fields)).status == 417);
            server.stop();
            const std::vector<std::string> lines = lines_with(server.error_log(), "expect: ");
            BOOST_TEST(lines.size() == one.lines);
            for (const std::string &line : lines)
                BOOST_TEST(line.size() < 400u, line);
        }
    }
}

// In 0.1.0 rules for one name were compared with each other, all with all: 18 s.
BOOST_AUTO_TEST_CASE(ten_thousand_rules_for_one_name_start_at_once) {
    httpd server;
    std::string rules = "ExpectPolicy On\n";
    for (int i = 0; i < 10000; ++i)
        rules += "ExpectRule meet foo=v" + std::to_string(i) + ";p=" + std::to_string(i) +
                 " longer-than=" + std::to_string(10000 - i) + "\n";
    server.config(rules);
    // Other programs share the processor, so its time counts.
    const double before = processor_seconds_of_children();
    BOOST_TEST(server.configtest().exit_code == 0);
    BOOST_TEST(processor_seconds_of_children() - before < 4.0);
}

BOOST_AUTO_TEST_SUITE_END()

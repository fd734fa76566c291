// Obfuscated forms of the field (PortSwigger 2025, CVE-2025-32094) with every framing, way of
// sending the content, and method: what a form gets, and that no content becomes a request.
#include "harness/desync_matrix.hpp"
#include "harness/request.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

enum class verdict { met, rejected, no_request, no_field };

struct form {
    const char *name;
    std::vector<std::string> lines;
    verdict gets;
};

const std::string nul(1, '\0');

const std::vector<form> forms = {
    {"plain", {"Expect: 100-continue"}, verdict::met},
    {"any case", {"eXPECT: 100-CONTINUE"}, verdict::met},
    {"no space", {"Expect:100-continue"}, verdict::met},
    {"tabs around", {"Expect: \t100-continue\t "}, verdict::met},
    {"empty members", {"Expect: , ,100-continue,"}, verdict::met},
    {"doubled in a list", {"Expect: 100-continue, 100-continue"}, verdict::met},
    {"doubled lines", {"Expect: 100-continue", "Expect: 100-continue"}, verdict::met},
    {"lines apart", {"Expect: 100-continue", "X-A: 1", "expect: 100-Continue"}, verdict::met},
    {"y before", {"Expect: y 100-continue"}, verdict::rejected},
    {"x before", {"Expect: x 100-continue"}, verdict::rejected},
    {"twice without a comma", {"Expect: 100-continue 100-continue"}, verdict::rejected},
    {"y in a second line", {"Expect: 100-continue", "Expect: y 100-continue"}, verdict::rejected},
    {"y in the first line", {"Expect: y 100-continue", "Expect: 100-continue"}, verdict::rejected},
    {"another member", {"Expect: 100-continue", "Expect: foo"}, verdict::rejected},
    {"quoted", {"Expect: \"100-continue\""}, verdict::rejected},
    {"a semicolon behind", {"Expect: 100-continue;"}, verdict::rejected},
    {"a parameter", {"Expect: 100-continue;q=1"}, verdict::rejected},
    {"a value", {"Expect: 100-continue=1"}, verdict::rejected},
    {"an equals sign", {"Expect: 100-continue="}, verdict::rejected},
    {"a tab within", {"Expect: 100-\tcontinue"}, verdict::rejected},
    {"a space within", {"Expect: 100 continue"}, verdict::rejected},
    {"underscore", {"Expect: 100_continue"}, verdict::rejected},
    {"another number", {"Expect: 200-continue"}, verdict::rejected},
    {"a byte above ASCII", {"Expect: 100-continue\x80"}, verdict::rejected},
    {"a no-break space",
     {"Expect: \xc2\xa0"
      "100-continue"},
     verdict::rejected},
    {"a colon before", {"Expect: :100-continue"}, verdict::rejected},
    {"folded", {"Expect:\r\n 100-continue"}, verdict::rejected},
    {"folded with a tab", {"Expect:\r\n\t100-continue"}, verdict::rejected},
    {"folded behind a comma", {"Expect: 100-continue,\r\n 100-continue"}, verdict::rejected},
    {"folded twice", {"Expect:\r\n \t 100-\r\n continue"}, verdict::rejected},
    {"folded, then plain", {"Expect:\r\n 100-continue", "Expect: 100-continue"}, verdict::rejected},
    {"\\x01 behind", {"Expect: 100-continue\x01"}, verdict::no_request},
    {"\\x01 before",
     {"Expect: \x01"
      "100-continue"},
     verdict::no_request},
    {"\\x0b before",
     {"Expect: \x0b"
      "100-continue"},
     verdict::no_request},
    {"\\x0c behind", {"Expect: 100-continue\x0c"}, verdict::no_request},
    {"\\x7f behind", {"Expect: 100-continue\x7f"}, verdict::no_request},
    {"CR within", {"Expect: 100-\rcontinue"}, verdict::no_request},
    {"CR before the LF's CR", {"Expect: 100-continue\r"}, verdict::no_request},
    {"CR before the name", {"\rExpect: 100-continue"}, verdict::no_request},
    {"NUL before the colon", {"Expect" + nul + ": 100-continue"}, verdict::no_request},
    {"blank before the colon", {"Expect : 100-continue"}, verdict::no_request},
    {"tab before the colon", {"Expect\t: 100-continue"}, verdict::no_request},
    {"the colon folded", {"Expect\r\n : 100-continue"}, verdict::no_request},
    {"an empty fold", {"Expect: 100-continue\r\n "}, verdict::no_request},
    {"bare LF", {"X-A: 1\nExpect: 100-continue"}, verdict::no_request},
    {"the value of another field", {"X-A: Expect: 100-continue"}, verdict::no_field},
    {"a fold of another field", {"X-A: 1\r\n Expect: 100-continue"}, verdict::no_field},
    {"a longer name", {"Expect-: 100-continue"}, verdict::no_field},
    {"a name before", {"X-Expect: 100-continue"}, verdict::no_field},
};

enum class framing { none, zero, length, chunked, both, trailer };

piece make_piece(const form &shape, framing framed, sending how, const std::string &method,
                 const handler_row &handler, size_t number) {
    piece made;
    conversation &script = made.script;
    const std::string id = "f" + std::to_string(number);
    std::vector<std::string> fields = shape.lines;
    if (framed == framing::zero)
        fields.push_back("Content-Length: 0");
    if (framed == framing::length || framed == framing::both) {
        give_length(script, id);
        fields.push_back("Content-Length: " + std::to_string(2 * script.first_half.size()));
    }
    if (framed == framing::chunked || framed == framing::both || framed == framing::trailer) {
        give_chunks(script, id);
        fields.push_back("Transfer-Encoding: chunked");
    }
    if (framed == framing::trailer)
        script.second_half.insert(script.second_half.size() - 2, shape.lines[0] + "\r\n");

    made.first = handler.path + ("?" + id + "-first");
    made.second = "/plain.txt?" + id + "-second";
    script.name = std::string(shape.name) + ": " + method + " " + made.first + ", content " +
                  name_of(how) + ", framing " + std::to_string(static_cast<int>(framed));
    script.to_head = method == "HEAD";
    script.how = how;
    script.head = request(method + " " + made.first, fields);
    script.second = request("GET " + made.second, {"Connection: close"});
    expected &due = made.due;
    const bool content = script.has_content();
    due.rejected = shape.gets == verdict::rejected || shape.gets == verdict::no_request;
    due.status = shape.gets == verdict::rejected     ? 417
                 : shape.gets == verdict::no_request ? 400
                                                     : handler.status;
    const bool met = shape.gets == verdict::met;
    due.gets_100 = met && content && handler.reads_content;
    due.must_close = (content && due.rejected) || shape.gets == verdict::no_request ||
                     framed == framing::both ||
                     (met && (framed == framing::zero || (content && !handler.reads_content)));
    due.must_keep = !due.must_close && (!content || due.gets_100);
    script.may_be_silent = shape.gets == verdict::no_field;
    return made;
}

std::vector<piece> make_forms(const std::vector<handler_row> &of) {
    std::vector<piece> all;
    for (const form &shape : forms)
        for (const handler_row &handler : of)
            for (const char *method : {"GET", "POST", "OPTIONS", "HEAD"}) {
                const auto add = [&](framing framed, sending how) {
                    all.push_back(make_piece(shape, framed, how, method, handler, all.size()));
                };
                add(framing::none, sending::whole);
                add(framing::zero, sending::whole);
                for (framing framed :
                     {framing::length, framing::chunked, framing::both, framing::trailer})
                    for (sending how :
                         {sending::whole, sending::withheld, sending::half, sending::late})
                        if (framed != framing::trailer || how != sending::withheld)
                            add(framed, how);
            }
    return all;
}

void check_forms(const char *label, const std::string &config) {
    const std::vector<piece> matrix = make_forms(two_handlers);
    httpd server(label);
    make_site(server);
    server.timeout(20).config(config).start();
    const std::vector<outcome> seen = converse_all(server, matrix);
    report_faults(faults_of(matrix, seen, server.served(0)));
    BOOST_TEST_MESSAGE(label << ": " << matrix.size() << " conversations");
}

} // namespace

BOOST_AUTO_TEST_SUITE(desync_forms_tests)

BOOST_AUTO_TEST_CASE(decided_for_the_host) { check_forms("host", "ExpectPolicy On"); }

BOOST_AUTO_TEST_CASE(decided_for_a_section) {
    // Every form of this table that is not met is malformed or unknown, with a section's rules too.
    check_forms("section", "ExpectPolicy On\n<Location \"/\">\nExpectRule meet 100-continue\n"
                           "</Location>");
}

BOOST_AUTO_TEST_SUITE_END()

// Which requests are served and which are refused, and what of the field later modules see: the
// rules' side of DESIGN sections 3 and 4, over HTTP/1.
#include "harness/verdict_rows.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

BOOST_AUTO_TEST_SUITE(verdict_tests)

BOOST_AUTO_TEST_CASE(built_in_rules) {
    httpd server;
    server.site().config("ExpectPolicy On").announce("expect: rejected").start();
    check_rows(
        server,
        {
            {"no field", {}, 200, "-"},
            {"plain", {"Expect: 100-continue"}, 200, "100-continue"},
            {"any case of the value", {"Expect: 100-CONTINUE"}, 200, "100-continue"},
            {"any case of the name", {"eXPECT: 100-Continue"}, 200, "100-continue"},
            {"no white space", {"Expect:100-continue"}, 200, "100-continue"},
            {"odd white space", {"Expect: \t  100-continue \t "}, 200, "100-continue"},
            {"empty elements", {"Expect: , ,\t,100-continue,,"}, 200, "100-continue"},
            {"said twice", {"Expect: 100-continue, 100-Continue"}, 200, "100-continue"},
            {"two lines", {"Expect: 100-continue", "Expect: 100-continue"}, 200, "100-continue"},
            {"an empty line and another", {"Expect:", "Expect: 100-continue"}, 200, "100-continue"},
            {"empty", {"Expect:"}, 200},
            {"only commas", {"Expect: , ,"}, 200},
            {"unknown", {"Expect: certain-expectation"}, 417},
            {"100-continue, then unknown", {"Expect: 100-continue, foo"}, 417},
            {"unknown, then 100-continue", {"Expect: foo, 100-continue"}, 417},
            {"unknown in a second line", {"Expect: 100-continue", "Expect: foo"}, 417},
            {"unknown in a first line", {"Expect: foo", "Expect: 100-continue"}, 417},
            {"another spelling of the name", {"EXPECT: foo"}, 417},
            {"with a value", {"Expect: foo=bar"}, 417},
            {"100-continue with a value", {"Expect: 100-continue=1"}, 417},
            {"longer name", {"Expect: 100-continued"}, 417},
            {"shorter name", {"Expect: 100-continu"}, 417},
            {"a token that is an asterisk", {"Expect: *"}, 417},
            {"other field names",
             {"X-Expect: foo", "Expected: foo", "Expec: foo", "Expect-CT: foo"},
             200,
             "-"},
        });
}

BOOST_AUTO_TEST_CASE(malformed_fields_are_rejected_as_a_whole) {
    // Every one of these would pass if anything well-formed in it were obeyed.
    httpd server;
    server.site().config("ExpectPolicy On\nExpectRule meet *");
    server.announce("expect: rejected malformed field .* with 417 by the built-in rule").start();
    const std::vector<std::string> values = {
        "100-continue;",
        "100-continue;a=b",
        "100-continue ;",
        "foo;",
        "foo;bar",
        "foo;bar=1",
        "foo=",
        "foo= ",
        "foo = bar",
        "foo =bar",
        "foo= bar",
        "foo==bar",
        "=foo",
        "=",
        ";",
        "foo=bar;a",
        "foo=bar;a=",
        "foo=bar;=b",
        "foo=bar;a =b",
        "foo=bar;a= b",
        "foo=bar;a=b c",
        "\"100-continue\"",
        "\"\"",
        "y 100-continue",
        "x 100-continue",
        "100-continue y",
        "100-continue 100-continue",
        "100 continue",
        "100\tcontinue",
        "foo=\"bar",
        "foo=\"bar\\\"",
        "foo=\"bar\\",
        "foo=\"bar\"baz",
        "foo=bar\"baz\"",
        "foo@bar",
        "(foo)",
        "100-continue/",
        "100-continue:",
        "{100-continue}",
        "foo=bar,baz qux",
        "100-continue, y 100-continue",
        "100-continue, foo=",
        "foo=, 100-continue",
        ", ; ,",
        "f\xc3\xa9",
        "foo=\xc3\xa9",
        "foo=bar;a=\"b",
        "foo\\bar",
        "foo=a[1]",
    };
    std::vector<row> rows;
    for (const std::string &value : values)
        rows.push_back({value, {"Expect: " + value}, 417});
    rows.push_back({"two lines that are one quoted-string",
                    {"Expect: foo=\"a", "Expect: b\""},
                    200,
                    "foo=\"a, b\""});
    rows.push_back(
        {"a malformed second line", {"Expect: 100-continue", "Expect: y 100-continue"}, 417});
    rows.push_back(
        {"a malformed first line", {"Expect: y 100-continue", "Expect: 100-continue"}, 417});
    check_rows(server, rows);
}

BOOST_AUTO_TEST_CASE(statuses) {
    httpd server;
    server.site().config(R"(ExpectPolicy On
ExpectRule reject foo status=403
ExpectRule reject bar status=503
ExpectRule reject baz
ExpectRule meet good
ExpectRule reject @malformed status=400
ExpectRule reject lowest status=400
ExpectRule reject high status=511)");
    server.announce("expect: rejected").start();
    check_rows(
        server,
        {
            {"one", {"Expect: foo"}, 403},
            {"another", {"Expect: bar"}, 503},
            {"417 unless said otherwise", {"Expect: baz"}, 417},
            {"the first rejected member decides", {"Expect: foo, bar"}, 403},
            {"the first rejected member decides, turned round", {"Expect: bar, foo"}, 503},
            {"met members before it do not count", {"Expect: good, 100-continue, bar, foo"}, 503},
            {"in a second line", {"Expect: good", "Expect: foo"}, 403},
            {"the built-in rule after these", {"Expect: unknown, foo"}, 417},
            {"malformed", {"Expect: foo="}, 400},
            {"malformed beside a member with a rule", {"Expect: foo, bar="}, 400},
            {"the lowest status", {"Expect: lowest"}, 400},
            {"a high status", {"Expect: high"}, 511},
            {"met", {"Expect: good"}, 200, "good"},
        });
}

BOOST_AUTO_TEST_CASE(a_status_that_httpd_has_no_text_for) {
    // httpd's own Redirect 418 comes out as 500; a rule that was accepted must give what it says.
    httpd server;
    server.site().config(
        "ExpectPolicy On\nExpectRule reject teapot status=418\nExpectRule reject top status=599");
    server.announce("expect: rejected").start();
    check_rows(server, {{"418", {"Expect: teapot"}, 418}, {"599", {"Expect: top"}, 599}});
}

BOOST_AUTO_TEST_CASE(ignored_members_are_gone) {
    httpd server;
    server.site().config(R"(ExpectPolicy On
ExpectRule ignore foo
ExpectRule ignore bar=*;*
ExpectRule ignore @malformed
ExpectRule meet good)");
    server.announce("expect: rejected").start();
    check_rows(server,
               {
                   {"alone", {"Expect: foo"}, 200, "-"},
                   {"all of several", {"Expect: foo, bar=1;x=y"}, 200, "-"},
                   {"beside a met one", {"Expect: foo, good"}, 200, "good"},
                   {"beside 100-continue", {"Expect: foo, 100-continue"}, 200, "100-continue"},
                   {"beside a rejected one", {"Expect: foo, unknown"}, 417},
                   {"malformed", {"Expect: y 100-continue"}, 200, "-"},
                   {"malformed beside a rejected one", {"Expect: unknown, foo="}, 200, "-"},
               });
}

BOOST_AUTO_TEST_CASE(without_the_module_the_core_answers) {
    // Why this module exists (DESIGN F1): a list is 417 whatever is in it, and a fold is unfolded.
    httpd server;
    server.stock().site().timeout(1).announce("AH00570").start();
    check_rows(server, {
                           {"plain", {"Expect: 100-continue"}, 200, "100-continue"},
                           {"list", {"Expect: 100-continue, certain-expectation"}, 417},
                           {"twice", {"Expect: 100-continue", "Expect: 100-continue"}, 417},
                           {"empty elements", {"Expect: ,100-continue"}, 417},
                           {"folded", {"Expect:\r\n 100-continue"}, 200, "100-continue"},
                       });
}

BOOST_AUTO_TEST_SUITE_END()

// Which requests are served and which are refused, and what of the field later modules see: the
// rules' side of DESIGN sections 3 and 4, over HTTP/1.
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

struct row {
    std::string name;
    std::vector<std::string> fields; // the Expect lines, whole
    int status;
    // What a CGI finds in HTTP_EXPECT when the request has content; "-" where it must find none.
    std::string seen = "*";
};

std::string expect_of_cgi(const std::string &environment) {
    const std::string key = "\nHTTP_EXPECT=";
    const size_t at = ("\n" + environment).find(key);
    if (at == std::string::npos)
        return "-";
    const size_t start = at + key.size() - 1;
    return environment.substr(start, environment.find('\n', start) - start);
}

// Each row alone on a connection, its content sent with it: nothing here depends on who waits for
// whom.
void check_rows(httpd &server, const std::vector<row> &rows) {
    for (const row &one : rows) {
        BOOST_TEST_CONTEXT("row: " << one.name) {
            std::vector<std::string> fields = one.fields;
            fields.push_back("Content-Length: 2");
            wire client(server.port());
            client.send(request("POST /cgi/env", fields, "hi"));
            const message answer = client.answer();
            BOOST_TEST(answer.status == one.status);
            BOOST_TEST(answer.complete);
            if (one.seen != "*")
                BOOST_TEST(expect_of_cgi(answer.body) == one.seen);
        }
    }
}

} // namespace

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

BOOST_AUTO_TEST_CASE(any_well_formed_expectation_can_be_met) {
    httpd server;
    server.site().config("ExpectPolicy On\nExpectRule meet *").start();
    check_rows(
        server,
        {
            {"token", {"Expect: foo"}, 200, "foo"},
            {"every special character of a token",
             {"Expect: !#$%&'*+-.^_`|~"},
             200,
             "!#$%&'*+-.^_`|~"},
            {"value", {"Expect: foo=bar"}, 200, "foo=bar"},
            {"quoted-string",
             {"Expect: foo=\"a, b; c=\\\"d\\\"\""},
             200,
             "foo=\"a, b; c=\\\"d\\\"\""},
            {"empty quoted-string", {"Expect: foo=\"\""}, 200, "foo=\"\""},
            {"parameters", {"Expect: foo=bar ; a=b;\tc=\"d e\""}, 200, "foo=bar;a=b;c=\"d e\""},
            {"empty parameters", {"Expect: foo=bar;; ;a=b;"}, 200, "foo=bar;a=b"},
            {"obs-text in a quoted-string", {"Expect: foo=\"\xc3\xa9\""}, 200, "foo=\"\xc3\xa9\""},
            {"order and spelling are kept",
             {"Expect: Zeta, ALPHA=One , beta"},
             200,
             "Zeta, ALPHA=One, beta"},
            {"100-continue comes first",
             {"Expect: foo, 100-Continue, bar"},
             200,
             "100-continue, foo, bar"},
            {"equal members count once", {"Expect: foo, FOO, bar, foo"}, 200, "foo, bar"},
            {"equal values count once", {"Expect: foo=bar, foo=\"bar\", foo=BAR"}, 200, "foo=bar"},
            {"lines are one list",
             {"Expect: foo", "Expect: 100-continue", "Expect: bar"},
             200,
             "100-continue, foo, bar"},
        });
}

BOOST_AUTO_TEST_CASE(a_pattern_matches_what_it_spells_and_nothing_more) {
    httpd server;
    server.site().config(R"(ExpectPolicy On
ExpectRule meet certain-expectation
ExpectRule meet a=1
ExpectRule meet b=*
ExpectRule meet c=*;*
ExpectRule meet d=x;p=q
ExpectRule meet 'e="a b"'
ExpectRule meet f=1;x=1;y=2
ExpectRule meet g=v;*)");
    server.announce("expect: rejected").start();
    check_rows(
        server,
        {
            {"name", {"Expect: certain-expectation"}, 200, "certain-expectation"},
            {"name in another case", {"Expect: CERTAIN-Expectation"}, 200, "CERTAIN-Expectation"},
            {"name with a value", {"Expect: certain-expectation=1"}, 417},
            {"name with an empty value", {"Expect: certain-expectation=\"\""}, 417},
            {"beside 100-continue",
             {"Expect: certain-expectation, 100-continue"},
             200,
             "100-continue, certain-expectation"},
            {"beside 100-continue in another line",
             {"Expect: 100-continue", "Expect: certain-expectation"},
             200,
             "100-continue, certain-expectation"},
            {"beside an unknown one", {"Expect: certain-expectation, foo"}, 417},
            {"value", {"Expect: a=1"}, 200, "a=1"},
            {"value, quoted", {"Expect: a=\"1\""}, 200, "a=\"1\""},
            {"value, with a quoted-pair", {"Expect: a=\"\\1\""}, 200, "a=\"\\1\""},
            {"another value", {"Expect: a=2"}, 417},
            {"a longer value", {"Expect: a=11"}, 417},
            {"no value", {"Expect: a"}, 417},
            {"value and a parameter", {"Expect: a=1;p=1"}, 417},
            {"value and empty parameters", {"Expect: a=1 ; ;"}, 200, "a=1"},
            {"any value: a token", {"Expect: b=anything"}, 200, "b=anything"},
            {"any value: a quoted-string", {"Expect: b=\"x,y;z\""}, 200, "b=\"x,y;z\""},
            {"any value: none", {"Expect: b"}, 417},
            {"any value: with a parameter", {"Expect: b=1;p=2"}, 417},
            {"any parameters", {"Expect: c=1;p=2;q"}, 417},
            {"any parameters: two", {"Expect: c=1 ; p=2 ;; q=\"x\""}, 200, "c=1;p=2;q=\"x\""},
            {"any parameters: none", {"Expect: c=1"}, 200, "c=1"},
            {"any parameters: no value", {"Expect: c"}, 417},
            {"parameter", {"Expect: d=x;p=q"}, 200, "d=x;p=q"},
            {"parameter, quoted", {"Expect: d=\"x\";p=\"q\""}, 200},
            {"parameter in another case", {"Expect: D=X;P=Q"}, 200, "D=X;P=Q"},
            {"another parameter", {"Expect: d=x;q=p"}, 417},
            {"another parameter value", {"Expect: d=x;p=p"}, 417},
            {"one parameter too few", {"Expect: d=x"}, 417},
            {"one parameter too many", {"Expect: d=x;p=q;r=s"}, 417},
            {"a blank in a pattern", {"Expect: e=\"a b\""}, 200},
            {"a blank in a pattern, other case", {"Expect: e=\"A B\""}, 200},
            {"two blanks", {"Expect: e=\"a  b\""}, 417},
            {"parameters in order", {"Expect: f=1;x=1;y=2"}, 200},
            {"parameters in another order", {"Expect: f=1;y=2;x=1"}, 200},
            {"the right parameters on the wrong value", {"Expect: f=2;x=1;y=2"}, 417},
            {"a value and any parameters", {"Expect: g=v;z=1"}, 200},
            {"another value and any parameters", {"Expect: g=w;z=1"}, 417},
        });
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

BOOST_AUTO_TEST_CASE(all_can_be_rejected_or_ignored) {
    httpd strict("strict");
    strict.site()
        .config("ExpectPolicy On\nExpectRule reject *")
        .announce("expect: rejected")
        .start();
    check_rows(strict, {
                           {"100-continue", {"Expect: 100-continue"}, 417},
                           {"another", {"Expect: foo"}, 417},
                           {"malformed", {"Expect: foo="}, 417},
                           {"none", {}, 200, "-"},
                       });
    httpd lax("lax");
    lax.site().config("ExpectPolicy On\nExpectRule ignore *\nExpectRule ignore @malformed").start();
    check_rows(lax, {
                        {"100-continue", {"Expect: 100-continue"}, 200, "-"},
                        {"another", {"Expect: foo, bar=baz;a=b"}, 200, "-"},
                        {"malformed", {"Expect: foo="}, 200, "-"},
                    });
}

BOOST_AUTO_TEST_CASE(first_matching_rule_wins) {
    httpd server;
    server.site().config(R"(ExpectPolicy On
ExpectRule reject foo=1 status=403
ExpectRule meet foo=*
ExpectRule reject foo=2 status=503
ExpectRule reject bar
ExpectRule meet *
ExpectRule reject 100-continue)");
    server.allow("cannot be reached|never be reached|unreachable")
        .announce("expect: rejected")
        .start();
    check_rows(server, {
                           {"the first", {"Expect: foo=1"}, 403},
                           {"the second", {"Expect: foo=3"}, 200},
                           {"the third is behind the second", {"Expect: foo=2"}, 200},
                           {"before the asterisk", {"Expect: bar"}, 417},
                           {"the asterisk", {"Expect: anything"}, 200},
                           {"behind the asterisk", {"Expect: 100-continue"}, 200, "100-continue"},
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

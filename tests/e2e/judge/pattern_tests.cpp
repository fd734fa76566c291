// Which rule a member falls to: patterns, any and all, and the order of the rules (DESIGN section
// 3).
#include "harness/verdict_rows.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

BOOST_AUTO_TEST_SUITE(pattern_tests)

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

BOOST_AUTO_TEST_SUITE_END()

// A cache in front of handlers (mod_cache's quick handler): it answers nothing unjudged, and learns
// of what changes a resource, also in hosts that judge when the section is known.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

const char *const policy = "ExpectPolicy On\nExpectRule meet good\nExpectRule ignore other\n";
const char *const some_section = "<Location \"/\">\nExpectRule reject unlikely\n</Location>\n";
// Both kinds of hosts: one judges in post_read_request, the other when the section is known.
const char *const kinds_of_hosts[] = {"", some_section};

// /cgi/tick answers another text each time; what the cache has of it is good for ten minutes.
void configure(httpd &server, const std::string &more) {
    server.site().with({"cache", "cache_disk"}).config(policy).config(more);
    server.file("cgi/tick",
                "#!/bin/sh\ncat >/dev/null\necho 'Content-Type: text/plain'\n"
                "echo 'Cache-Control: max-age=600'\necho\ndate +%s.%N\n",
                true);
    server.config("CacheRoot \"@ROOT@/run/cache\"\nCacheEnable disk /cgi/tick\n"
                  "CacheQuickHandler On\nCacheHeader On\n"
                  "<Directory \"@ROOT@/run\">\nRequire all denied\n</Directory>");
    server.file("run/cache/keep", "");
    if (!the_settings().user.empty())
        run_program({"chown", "-R", the_settings().user, server.root() + "/run/cache"});
    server.allow("cache");
}

message get(httpd &server, const std::vector<std::string> &fields = {}) {
    return ask(server, request("GET /cgi/tick", fields));
}

// HIT, MISS, REVALIDATE or INVALIDATE; empty where the cache was not asked.
std::string word_of(const message &answer) {
    const std::string field = answer.field("X-Cache");
    return field.substr(0, field.find(' '));
}

std::string upload(const std::string &method, const std::string &expectation) {
    return request(method + " /cgi/tick", {"Expect: " + expectation, "Content-Length: 2"}, "hi");
}

} // namespace

BOOST_AUTO_TEST_SUITE(cache_tests)

BOOST_AUTO_TEST_CASE(a_cache_answers_nothing_unjudged) {
    for (const char *section : kinds_of_hosts) {
        BOOST_TEST_CONTEXT("with section rules: " << section) {
            httpd server(*section == '\0' ? "host" : "section");
            configure(server, section);
            server.announce("expect: rejected").start();
            // A rejection is not kept for those who come later.
            BOOST_TEST(get(server, {"Expect: foo"}).status == 417);
            const message first = get(server);
            const message second = get(server);
            BOOST_TEST(first.status == 200);
            BOOST_TEST(second.body == first.body); // the control: it comes from the cache
            BOOST_TEST(word_of(second) == "HIT");
            for (const char *value : {"foo", "good, foo", "y 100-continue"})
                BOOST_TEST(get(server, {std::string("Expect: ") + value}).status == 417);
            wire client(server.port());
            client.send(request("GET /cgi/tick", {"Expect: good"}) +
                        request("GET /cgi/tick", {"Expect: 100-continue"}) +
                        request("GET /cgi/tick", {"Expect: foo"}));
            BOOST_TEST(client.next().status == 200);
            BOOST_TEST(client.next().status == 200);
            BOOST_TEST(client.next().status == 417);
            wire late(server.port());
            late.send(withheld("GET /cgi/tick", "foo"));
            BOOST_TEST(late.next().status == 417);
            BOOST_TEST(late.closes());
        }
    }
}

// A quick handler may refuse requests, too; those that are judged late come to it all the same.
BOOST_AUTO_TEST_CASE(what_a_quick_handler_refuses_does_not_pass_with_the_field) {
    httpd server;
    server.site().with({"lua", "rewrite"}).config(policy).config(some_section);
    server.config(
        "ExpectRule ask permit url=/cgi/count\nLuaQuickHandler \"@ROOT@/quick.lua\" quick\n"
        "<Directory \"@ROOT@/docs\">\nRewriteEngine On\n"
        "RewriteRule \"^secret/rewritten$\" \"/plain.txt\"\n</Directory>");
    server.file("docs/secret/f", "secret\n");
    server.file("quick.lua", "function quick(r)\n"
                             "    if r.uri:find('^/secret') then\n        return 403\n    end\n"
                             "    if r.uri == '/mine' then\n        r:puts('mine')\n"
                             "        return apache2.OK\n    end\n"
                             "    return apache2.DECLINED\nend\n");
    server.allow("lua").start();
    for (const char *method : {"GET", "OPTIONS", "TRACE", "POST"}) {
        for (const char *value : {"good", "100-continue", "other", "permit"}) {
            BOOST_TEST_CONTEXT(method << ", Expect: " << value) {
                const std::string field = std::string("Expect: ") + value;
                const auto status = [&](const char *path) {
                    return ask(server, request(std::string(method) + path, {field})).status;
                };
                BOOST_TEST(status(" /plain.txt") == 200); // the control
                BOOST_TEST(status(" /secret/f") == 403);
                if (std::string(value) != "permit") { // those who are asked see the new path
                    BOOST_TEST(status(" /secret/rewritten") == 403);
                    BOOST_TEST(status(" /mine") == 200);
                }
            }
        }
    }
    // What it answers without reading closes the connection, and asks for nothing.
    wire client(server.port());
    client.send(withheld("POST /mine", "100-continue"));
    const message answer = client.next();
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.body == "mine");
    BOOST_TEST(client.closes());
}

// What is judged when the section is known cannot have been answered from a cache before.
BOOST_AUTO_TEST_CASE(with_section_rules_a_request_with_the_field_passes_the_cache_by) {
    httpd server;
    configure(server, some_section);
    server.announce("expect: rejected").start();
    const message cached = get(server);
    BOOST_TEST(word_of(get(server)) == "HIT");
    for (const char *value : {"good", "100-continue", "other"}) {
        BOOST_TEST_CONTEXT("Expect: " << value) {
            const message answer = get(server, {std::string("Expect: ") + value});
            BOOST_TEST(answer.status == 200);
            BOOST_TEST(answer.body != cached.body);
            BOOST_TEST(word_of(answer) == "");
        }
    }
    BOOST_TEST(get(server, {"Expect: unlikely"}).status == 417);
    // Nothing of it was kept instead.
    BOOST_TEST(get(server).body == cached.body);
}

BOOST_AUTO_TEST_CASE(a_cache_learns_of_uploads) {
    for (const char *section : kinds_of_hosts) {
        for (const char *method : {"PUT", "POST", "DELETE"}) {
            for (const char *expectation : {"100-continue", "good", "other", "unlikely"}) {
                BOOST_TEST_CONTEXT(method << " with Expect: " << expectation
                                          << ", section rules: " << section) {
                    httpd server(std::string(*section == '\0' ? "host" : "section") + method +
                                 expectation);
                    configure(server, section);
                    server.allow("expect: rejected").start();
                    const message cached = get(server);
                    BOOST_TEST(word_of(cached) == "MISS");
                    BOOST_TEST(word_of(get(server)) == "HIT");
                    const bool is_rejected = std::string(expectation) == "unlikely";
                    BOOST_TEST(ask(server, upload(method, expectation)).status ==
                               (is_rejected ? 417 : 200));
                    const message after = get(server);
                    // A refused one has changed nothing.
                    BOOST_TEST((after.body == cached.body) == is_rejected);
                    BOOST_TEST(word_of(after) != (is_rejected ? "MISS" : "HIT"));
                }
            }
        }
    }
}

// An application is asked at the gate, as late as a section's rules judge.
BOOST_AUTO_TEST_CASE(a_cache_learns_of_uploads_that_an_application_allows) {
    httpd server;
    configure(server, "ExpectRule ask permit url=/cgi/count\n");
    server.with({"headers"}).config("Header add X-Once yes").start();
    const message cached = get(server);
    BOOST_TEST(word_of(get(server)) == "HIT");
    BOOST_TEST(word_of(get(server, {"Expect: permit"})) == "");
    const message answer = ask(server, upload("PUT", "permit"));
    BOOST_TEST(answer.status == 200);
    // The quick handlers' turn does not run the request a second time.
    BOOST_TEST(answer.field("X-Once") == "yes");
    BOOST_TEST(get(server).body != cached.body);
}

BOOST_AUTO_TEST_SUITE_END()

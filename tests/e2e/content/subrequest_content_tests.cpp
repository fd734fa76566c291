// Pages that include scripts, and listings with a header that is one: a subrequest never finds the
// content of the request around it.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

BOOST_AUTO_TEST_SUITE(subrequest_content_tests)

// What a page includes finds no content of the request around it, be it valid or broken; a broken
// chunk that an included script reads would end the child, which the server's stop tells.
BOOST_AUTO_TEST_CASE(pages_and_listings) {
    httpd server;
    server.site().with({"include", "mime", "autoindex"}).file("docs/listed/f", "f\n");
    server.file("docs/page.shtml", "[<!--#include virtual=\"/cgi/count\" -->]\n");
    server.file("docs/listed/head.cgi",
                "#!/bin/sh\nprintf 'Content-Type: text/html\\n\\nread %d bytes\\n' $(wc -c)\n",
                true);
    server.config(R"(TypesConfig /dev/null
AddType text/html .shtml .cgi
AddOutputFilter INCLUDES .shtml
AddHandler cgi-script .cgi
<Directory "@ROOT@/docs">
    Options +Includes +Indexes +ExecCGI
    HeaderName head.cgi
    ReadmeName head.cgi
</Directory>
ExpectPolicy On
ExpectRule ignore 100-continue "expr=%{HTTP:X-Action} == 'ignore'")");
    server.start();
    const struct {
        const char *name;
        std::vector<std::string> fields;
        const char *content;
    } rows[] = {
        {"valid", {"Content-Length: 5"}, "hello"},
        {"valid chunks", {"Transfer-Encoding: chunked"}, "5\r\nhello\r\n0\r\n\r\n"},
        {"broken chunk", {"Transfer-Encoding: chunked"}, "ZZ\r\n"},
        {"broken second chunk", {"Transfer-Encoding: chunked"}, "5\r\nhello\r\nZZ\r\n"},
        {"two lengths", {"Transfer-Encoding: chunked", "Content-Length: 5"}, "ZZ\r\n"},
        {"withheld", {"Content-Length: 5"}, ""},
        {"chunks withheld", {"Transfer-Encoding: chunked"}, ""},
        {"two lengths withheld", {"Transfer-Encoding: chunked", "Content-Length: 5"}, ""},
    };
    for (const auto &one : rows) {
        for (const char *act : {"meet", "ignore"}) {
            for (const char *line : {"POST /page.shtml", "GET /page.shtml", "GET /listed/"}) {
                BOOST_TEST_CONTEXT(line << ", " << one.name << ", " << act) {
                    std::vector<std::string> fields = one.fields;
                    fields.insert(fields.end(),
                                  {"Expect: 100-continue", std::string("X-Action: ") + act});
                    wire client(server.port());
                    client.send(request(line, fields, one.content));
                    const message answer = client.next();
                    BOOST_TEST(answer.status == 200);
                    BOOST_TEST(holds(answer.body, "read 0 bytes"));
                    BOOST_TEST(!holds(answer.body, "read 5"));
                    BOOST_TEST(answer.announces_close());
                    BOOST_TEST(client.closes());
                }
            }
        }
    }
}

// Where a content filter of another module stands before the page, httpd's own discard is left to
// it; what is ignored is discarded by nobody, and an included script finds none of it either.
BOOST_AUTO_TEST_CASE(behind_a_content_filter) {
    httpd server;
    server.site().with({"include", "mime", "deflate", "filter"});
    server.file("docs/page.shtml", "[<!--#include virtual=\"/cgi/count\" -->]\n");
    server.config(R"(TypesConfig /dev/null
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
<Directory "@ROOT@/docs">
    Options +Includes
    SetInputFilter DEFLATE
</Directory>
ExpectPolicy On
ExpectRule ignore 100-continue)");
    server.start();
    for (const char *length : {"Content-Length: 5", "Transfer-Encoding: chunked"}) {
        for (const char *content : {"", "hello", "ZZ\r\n", "5\r\nhello\r\n0\r\n\r\n"}) {
            BOOST_TEST_CONTEXT(length << ", content '" << content << "'") {
                wire client(server.port());
                client.send(request("POST /page.shtml", {"Expect: 100-continue", length}, content));
                const message answer = client.next();
                BOOST_TEST(answer.status == 200);
                BOOST_TEST(holds(answer.body, "read 0 bytes"));
                BOOST_TEST(answer.announces_close());
                BOOST_TEST(client.closes());
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

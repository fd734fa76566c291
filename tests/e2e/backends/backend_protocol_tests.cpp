// What backends see of the field over the protocols of scripts: fcgi://, scgi://, uwsgi://, ajp://.
// The met field is handed on, whatever Proxy100Continue says, and httpd sends the 100 itself,
// because it reads the content before it hears anything of the backend.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/versions.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

struct protocol {
    const char *scheme;
    const char *name; // of the field
};

const protocol protocols[] = {
    {"fcgi", "HTTP_EXPECT"}, {"scgi", "HTTP_EXPECT"}, {"uwsgi", "HTTP_EXPECT"}, {"ajp", "Expect"}};

struct row {
    const char *name;
    const char *rules;
    const char *field;
    const char *seen; // null: nothing
    bool gets_100;
};

const row rows[] = {
    {"met", "", "100-continue", "100-continue", true},
    {"met, spelled otherwise", "", "100-CONTINUE", "100-continue", true},
    {"met, in a list", "ExpectRule meet good\nExpectRule ignore other", "other, good, 100-continue",
     "100-continue, good", true},
    {"continue", "ExpectRule continue 100-continue", "100-continue", "100-continue", true},
    {"ignored", "ExpectRule ignore 100-continue", "100-continue", nullptr, false},
    {"another one met", "ExpectRule meet good", "good", "good", false},
};

// Neither separator nor length stands between a field's name and its value, but at most four bytes.
bool names_value(const std::string &bytes, const std::string &name, const std::string &value) {
    const size_t at = bytes.find(name);
    if (at == std::string::npos)
        return false;
    const size_t found = bytes.find(value, at + name.size());
    return found != std::string::npos && found - at - name.size() <= 4;
}

} // namespace

BOOST_AUTO_TEST_SUITE(backend_protocol_tests)

BOOST_AUTO_TEST_CASE(the_met_field_is_handed_on) {
    for (const protocol &over : protocols) {
        for (const char *forward : {"On", "Off"}) {
            int number = 0;
            for (const row &each : rows) {
                BOOST_TEST_CONTEXT(over.scheme << ", Proxy100Continue " << forward << ", "
                                               << each.name) {
                    listener backend;
                    httpd server(std::string(over.scheme) + forward + std::to_string(number++));
                    server.site().with({"proxy", std::string("proxy_") + over.scheme});
                    server.config("ProxyPass /back/ " + std::string(over.scheme) +
                                  "://127.0.0.1:" + std::to_string(backend.port()) +
                                  "/\nProxyTimeout 30\n" + "Proxy100Continue " + forward +
                                  "\nExpectPolicy On\n" + each.rules);
                    server.allow("\\[proxy[a-z_]*:(error|warn|info)\\]").start();
                    wire client(server.port());
                    client.send(request("POST /back/x", {std::string("Expect: ") + each.field,
                                                         "Content-Length: 5"}));
                    if (each.gets_100)
                        BOOST_TEST(client.next().status == 100);
                    client.send("hello");
                    std::string bytes;
                    {
                        wire from_httpd = backend.accept();
                        bytes = from_httpd.read_until("hello");
                    }
                    if (each.seen != nullptr)
                        BOOST_TEST(names_value(bytes, over.name, each.seen));
                    else
                        BOOST_TEST(!holds(bytes, "100-continue"));
                    BOOST_TEST(client.answer().status >= 500); // the backend said nothing
                }
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

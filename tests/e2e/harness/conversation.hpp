// One connection of the desynchronisation tests: a request whose content is sent, withheld, half
// sent or sent late, a second request behind it, and everything that came back.
#ifndef EXPECT_E2E_CONVERSATION_HPP
#define EXPECT_E2E_CONVERSATION_HPP

#include "harness/httpd.hpp"
#include "harness/wire.hpp"

#include <map>
#include <string>
#include <vector>

namespace e2e {

enum class sending {
    whole,    // all at once, the second request pipelined behind it
    withheld, // never, unless a 100 asks for it
    half,     // one half with the head, the other as withheld
    late      // when a 100 came, or nothing for a moment, or even behind a final answer
};

const char *name_of(sending how);

struct conversation {
    std::string name;
    std::string head; // of the first request, with the empty line
    bool to_head = false;
    bool http_1_0 = false;
    // The content in two parts, as they are on the wire. Each reads like a request.
    std::string first_half;
    std::string second_half;
    sending how = sending::whole;
    std::string second; // the second request; it asks for the close
    // Nothing is due before the content is: do not wait for long.
    bool may_be_silent = false;

    bool has_content() const { return !first_half.empty(); }
};

struct outcome {
    std::vector<int> interims; // before the first final answer
    message answer;            // to the first request; status 0 if none came
    bool content_sent = false; // whole, before the answer came
    bool gave_up = false;      // nothing came, and the client will not send the content
    std::vector<message> more; // what came behind the answer
    bool junk = false;         // bytes that are no message
    bool closed = false;       // by the server in the end
};

// Whether the answer leaves the connection open, as far as its fields say.
bool announced_kept(const conversation &script, const outcome &seen);

outcome converse(wire &client, const conversation &script);

// The content of a request with the mark `id`, which reads like requests that must not be served.
std::string smuggled_request(const std::string &id);
void give_length(conversation &script, const std::string &id);
void give_chunks(conversation &script, const std::string &id);

// A line of the access log about a request that httpd sent to itself.
bool is_own_call(const access_entry &entry);

// How often the access log holds each request target. A line that is no request of the tests is
// under "?": nothing that was sent as content may get there.
std::map<std::string, size_t> count_targets(const std::vector<access_entry> &entries);

} // namespace e2e

#endif

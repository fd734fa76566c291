// The rows of the desynchronisation matrix and the model of what is due for each.
#ifndef EXPECT_E2E_DESYNC_MATRIX_HPP
#define EXPECT_E2E_DESYNC_MATRIX_HPP

#include "harness/conversation.hpp"
#include "harness/parallel.hpp"

#include <string>
#include <vector>

namespace e2e {

enum class action { meet, continue_at_gate, ignore, reject, as_stock };

// One configuration and the field that is sent to it.
struct policy_row {
    const char *name;
    action does;
    const char *config;
    const char *field;
    int status = 417; // of a rejection
};

struct handler_row {
    const char *path;
    int status;
    bool reads_content; // waits for all of it before the answer
};

extern const std::vector<handler_row> all_handlers;
// For what is decided before any handler: one that reads and one that does not are enough.
extern const std::vector<handler_row> two_handlers;

// What the model says of one conversation besides what holds for all.
struct expected {
    int status = 0;        // 0: whatever comes
    bool rejected = false; // before the content
    bool gets_100 = false; // if it waits; no other does
    bool must_keep = false;
    bool must_close = false;
};

struct piece {
    conversation script;
    expected due;
    std::string first; // targets in the access log
    std::string second;
};

// The documents, scripts and early answers that the handlers' paths lead to.
void make_site(httpd &server);

// Each handler, version, framing, way of sending and method.
std::vector<piece> make_matrix(const policy_row &policy, const std::vector<handler_row> &of);

// Has all the conversations and stops the server, so that its access log is final.
std::vector<outcome> converse_all(httpd &server, const std::vector<piece> &matrix);

// What the clients saw and what the access log says, against the model and against what must hold
// for every server.
faults faults_of(const std::vector<piece> &matrix, const std::vector<outcome> &seen,
                 const std::vector<access_entry> &log);

} // namespace e2e

#endif

#include "harness/conversation.hpp"

#include <cstdio>

namespace e2e {

const char *name_of(sending how) {
    switch (how) {
    case sending::whole:
        return "whole";
    case sending::withheld:
        return "withheld";
    case sending::half:
        return "half";
    case sending::late:
        return "late";
    }
    return "?";
}

bool announced_kept(const conversation &script, const outcome &seen) {
    return script.http_1_0 ? equal_ignoring_case(seen.answer.field("Connection"), "keep-alive")
                           : !seen.answer.announces_close();
}

std::string smuggled_request(const std::string &id) {
    return "GET /plain.txt?" + id + "-smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n";
}

void give_length(conversation &script, const std::string &id) {
    script.first_half = script.second_half = smuggled_request(id);
}

void give_chunks(conversation &script, const std::string &id) {
    const std::string data = smuggled_request(id);
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", data.size());
    script.first_half = size + data + "\r\n";
    script.second_half = size + data + "\r\n0\r\n\r\n";
}

outcome converse(wire &client, const conversation &script) {
    // Only a server that stalls needs this long; a busy machine must not look like one.
    const milliseconds patience{15000};
    const milliseconds a_moment{150};
    outcome seen;
    std::string left; // of the content
    std::string now = script.head;
    if (script.how == sending::whole) {
        now += script.first_half + script.second_half + script.second;
        seen.content_sent = true;
    } else if (script.how == sending::half) {
        now += script.first_half;
        left = script.second_half;
    } else {
        left = script.first_half + script.second_half;
    }
    client.send(now);

    const bool waits_for_100 = !seen.content_sent;
    message first =
        client.next(script.to_head, waits_for_100 && script.may_be_silent ? a_moment : patience);
    if (first.status == 0 && waits_for_100 && first.raw.empty()) {
        if (script.how == sending::late) {
            client.send(left);
            left.clear();
            seen.content_sent = true;
        } else {
            seen.gave_up = true;
            client.end_of_sending();
        }
        first = client.next(script.to_head, patience);
    }
    while (first.status >= 100 && first.status < 200) {
        seen.interims.push_back(first.status);
        if (!seen.gave_up) {
            client.send(left);
            left.clear();
            seen.content_sent = true;
        }
        first = client.next(script.to_head, patience);
    }
    seen.answer = first;
    // A client that did not wait, or not for long enough.
    if (script.how == sending::late && !left.empty())
        client.send(left);
    if (script.how != sending::whole && !seen.gave_up)
        client.send(script.second);
    for (;;) {
        const message another = client.next(false, patience);
        if (another.status == 0) {
            seen.junk =
                !another.raw.empty() || (seen.answer.status == 0 && !seen.answer.raw.empty());
            break;
        }
        seen.more.push_back(another);
    }
    seen.closed = client.closes(patience);
    return seen;
}

// prefork calls its own children, to wake one that is to end.
bool is_own_call(const access_entry &entry) { return entry.request == "OPTIONS * HTTP/1.0"; }

std::map<std::string, size_t> count_targets(const std::vector<access_entry> &entries) {
    std::map<std::string, size_t> counts;
    for (const access_entry &entry : entries) {
        if (is_own_call(entry))
            continue;
        const size_t start = entry.request.find(" /");
        const size_t end = start == std::string::npos ? start : entry.request.find(' ', start + 1);
        const bool is_request = end != std::string::npos &&
                                entry.request.compare(end, 8, " HTTP/1.") == 0 &&
                                entry.request.find('?') != std::string::npos;
        ++counts[is_request ? entry.request.substr(start + 1, end - start - 1) : "?"];
    }
    return counts;
}

} // namespace e2e

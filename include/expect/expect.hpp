// The expectation-policy core: standard library only, no allocation, no exception, no server.
//
//   #include "expect/expect.hpp"
//   expect::rule_list mine = ...;               rules as rule_reader made them
//   expect::build_index(mine, memory);          index_words(mine.count) words
//   mine.next = &expect::built_in;              the chain ends with the built-in rules
//   expect::decide(&mine, facts, field_value);  -> met, asked, ignored, rejected, by which rule
//
// A tour from the bottom up: which bytes (ascii), what a value is (value), what was sent (field),
// which of it is said twice (members), what a rule speaks of (pattern), what was configured
// and when it holds (policy), how rules are found (index), what to do (decision), what is handed on
// (canonical). For start-up: how administrators spell it (words, rule_reader), the rules behind all
// others (builtin), which rules are never reached (coverage), which are probably not meant (doubt).
#pragma once

#include "expect/ascii.hpp"
#include "expect/builtin.hpp"
#include "expect/canonical.hpp"
#include "expect/coverage.hpp"
#include "expect/decision.hpp"
#include "expect/doubt.hpp"
#include "expect/field.hpp"
#include "expect/index.hpp"
#include "expect/members.hpp"
#include "expect/pattern.hpp"
#include "expect/policy.hpp"
#include "expect/rule_reader.hpp"
#include "expect/value.hpp"
#include "expect/words.hpp"

// Misbehaviour on purpose: what, and at which requests. Counted, never drawn by chance.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"

namespace proctor::fakes {

enum class FaultKind {
  status,         // an error with the dialect's body
  reset,          // a TCP reset instead of a reply
  close,          // an orderly close before any byte
  truncate,       // Content-Length says more than is sent
  hang,           // no reply, ever
  drip,           // the body a byte at a time
  blank_lines,    // empty lines before the JSON, one at a time
  not_json,       // a 200 with something else
  html,           // a 200 with a page
  empty_content,  // the text is ""
  no_choices,     // no candidate
  null_content,   // the text is null
  huge,           // a body without an end
  redirect,       // 302
  bad_utf8,       // bytes that are no text
  escape,         // terminal escapes, a script, a formula
  length,         // cut at the token limit
  refusal,        // blocked
  reasoning,      // reasoning beside the text
};

struct FaultRule {
  FaultKind kind;
  std::string value;  // of status=429, redirect=URL, drip=MILLISECONDS, blank-lines=N
  // When: a share of the requests in millionths, each nth, or only the first n.
  enum class When { share, every, first } when = When::share;
  std::uint64_t number = 1'000'000;
  std::uint64_t seen = 0;
};

// Reads KIND[=VALUE][:RATE|:every=N|:first=N].
Result<FaultRule> read_fault(std::string_view text);
// The kinds as the command line spells them.
std::vector<std::string> fault_names();

// Each rule counts the requests that no rule before it took, so that
// status=429:first=2 with reset:first=1 gives 429, 429, a reset, then answers.
class Faults {
 public:
  void add(FaultRule rule) { rules_.push_back(std::move(rule)); }
  // What to do to the next request.
  std::optional<FaultRule> next();
  void reset();

 private:
  std::vector<FaultRule> rules_;
};

}  // namespace proctor::fakes

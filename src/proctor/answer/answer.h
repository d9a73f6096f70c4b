// Readers: which choice a reply names. Pure; one small file per reader.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"

namespace proctor {

// What a reader looks at. Views: keep nothing.
struct Reading {
  std::string_view reply;                // valid UTF-8, as it came
  std::string_view labels;               // the choices' letters: "ABCD"; at most 26
  std::span<const std::string> choices;  // the options' texts; may be empty
  std::string_view finish_reason;        // the server's word; may be empty
};

struct Answer {
  // The choice that was named. `first-letter` and `proctor` give one of the labels or
  // nothing. A peer's rule gives what the peer marks: it may name a capital letter that
  // is no label, which the peer counts as wrong, not as unread.
  std::optional<char> letter;
  // What the rule cut out, as the peer would record it.
  std::optional<std::string> text;
  // Which rule fired: "first letter", "the answer is"; or why none did.
  std::string rule;
  bool refused = false;  // the model declined to answer

  bool operator==(const Answer&) const = default;
};

struct Reader {
  // "first-letter"; peers' by their golden column: "lm_eval_strict".
  std::string_view name;
  std::string_view about;  // one line for `proctor list` and --help
  // Linear in the reply. Safe from any number of threads.
  Answer (*read)(const Reading& reading);
};

// In the order `proctor list` shows them.
std::span<const Reader> readers();
Result<const Reader*> find_reader(std::string_view name);

}  // namespace proctor

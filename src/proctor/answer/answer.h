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
  std::string_view labels;               // the choices' letters: "ABCD"
  std::span<const std::string> choices;  // the options' texts; may be empty
  std::string_view finish_reason;        // the server's word; may be empty
};

struct Answer {
  std::optional<char> letter;  // one of the labels, or nothing
  // What the rule cut out, for rules that give a string.
  std::optional<std::string> text;
  std::string
      rule;  // which rule fired: "first letter", "the answer is"; or why none did
  bool refused = false;  // the model declined to answer

  bool operator==(const Answer&) const = default;
};

struct Extractor {
  std::string_view
      name;  // "first-letter"; peers' by their golden column, "lm_eval_strict"
  std::string_view about;  // one line for `proctor list` and --help
  Answer (*read)(const Reading& reading);
};

std::span<const Extractor> extractors();
Result<const Extractor*> find_extractor(std::string_view name);

}  // namespace proctor

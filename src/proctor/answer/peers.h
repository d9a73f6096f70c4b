// What several peers' rules share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proctor/answer/answer.h"

namespace proctor {

// What lm-evaluation-harness writes for "nothing matched".
inline constexpr std::string_view invalid = "[invalid]";

// lm-evaluation-harness' exact_match: lower-case, without ASCII punctuation; the letter
// of `letters` that then scores 1.
std::optional<char> scores_as(std::string_view text, std::string_view letters);
// The MMLU tasks of lm-evaluation-harness know four golds, whatever the question has.
std::string_view first_four(std::string_view labels);
// The answer of a filter of lm-evaluation-harness.
Answer filtered(std::string text, std::string_view letters, std::string_view rule);

// `answer is \(?([A-J])\)?`, its first place in the text.
std::optional<char> letter_after_answer_is(std::string_view text);

// A letter of a rule that gives letters; nothing becomes "nothing matched".
Answer named(std::optional<char> letter, std::string_view rule);

// Removed from left to right, as str.replace(what, "") does; linear.
std::string without(std::string_view text, std::string_view what);

}  // namespace proctor

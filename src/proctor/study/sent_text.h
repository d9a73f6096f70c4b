// The prompt of a stored request, as text. Part of study.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace proctor {

struct SentTurn {
  std::string role;  // "user"; of bare text, or where the body says none, empty
  std::string words;
};
// What a body of any of the dialects asks, the words as they were sent. None where it
// has no prompt in it.
std::vector<SentTurn> sent_turns(std::string_view body);

// The same as one text, each turn behind its role unless it is the only one. Nothing
// where it has no prompt in it.
std::optional<std::string> sent_text(std::string_view body);

}  // namespace proctor

// The prompt of a stored request, as text. Not for other folders.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace proctor {

// What a body of any of the dialects asks, each turn behind its role unless it is the
// only one; the words as they were sent. Nothing where it has no prompt in it.
std::optional<std::string> sent_text(std::string_view body);

}  // namespace proctor

// What a server's error means, wherever it stands: behind a status, in a 200, in a
// choice or in an event of a stream. Not for other folders.
#pragma once

#include <string>
#include <string_view>

#include "proctor/backend/json.h"

namespace proctor {

// An answer that is longer is not looked into for what it says of itself: an error is a
// few lines.
constexpr std::size_t most_of_an_error = 1U << 20U;

// The error that an answer holds: its `error`, the whole of it where its object or its
// type is "error" (vLLM, Anthropic), or that of its first choice. Nothing where it
// holds none.
std::optional<simdjson::dom::element> error_in(simdjson::dom::element answer);
// The HTTP status that its code or its words stand for; 500 where they say nothing.
int status_of(simdjson::dom::element error);
// Whether a provider's filter speaks: it declined this question, and will again.
bool is_filter(simdjson::dom::element error);
// The server's own words, on one line, inert; of OpenRouter's "Provider returned error"
// what the provider said, and who it is.
std::string words_of(simdjson::dom::element error);
// The error of a 200.
Error told_error(simdjson::dom::element error);

}  // namespace proctor

// The bodies that models' servers answer with, dialect by dialect.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "request.h"

namespace proctor::fakes {

enum class Finish { stop, length, refusal };

struct Reply {
  std::optional<std::string> text;  // nothing: null where a text belongs
  Finish finish = Finish::stop;
  std::string reasoning;
  bool choices = true;    // false: an answer that holds no answer
  bool logprobs = false;  // if the request asks for them
};

struct ReplyStyle {
  std::string build;    // system_fingerprint
  std::string letters;  // the labels that log-probabilities are made up for
  std::int64_t created = 0;
};

// Four characters a token.
std::size_t tokens_in(std::size_t characters);

// The body of a 200. `number` makes the id.
std::string body_of(const ModelRequest& request, const Reply& reply,
                    const ReplyStyle& style, std::uint64_t number);

// The body of an error in the dialect's shape. An empty `message` takes the one the
// real server would give. `retry_delay` (seconds) goes into Gemini's body only.
std::string error_body(Dialect dialect, Flavour flavour, int status,
                       std::string_view model, std::string_view message = {},
                       std::string_view retry_delay = {});

}  // namespace proctor::fakes

#include <nlohmann/json.hpp>

#include "proctor/reply/reply.h"

namespace proctor {

std::optional<std::int64_t> decoded_tokens(const Attempt& attempt) {
  if (!attempt.outcome) return std::nullopt;
  const auto& known = attempt.outcome->tokens.decoded;
  // A status is a server's: its response is long, and says nothing of this.
  if (known || attempt.status != 0 || attempt.response.empty()) return known;
  const auto json = nlohmann::json::parse(attempt.response, nullptr, false);
  const nlohmann::json::json_pointer place("/tokens/decoded");
  if (!json.is_object() || !json.contains(place)) return std::nullopt;
  const nlohmann::json& decoded = json.at(place);
  return decoded.is_number_integer() ? std::optional(decoded.get<std::int64_t>())
                                     : std::nullopt;
}

}  // namespace proctor

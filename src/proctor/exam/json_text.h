// JSON that a user wrote or a server was sent. Not for other folders.
#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

namespace proctor {

// Discarded where it is no JSON, or nested more than 500 deep: what writes JSON and
// what looks through it calls itself once a level, and would end the program.
inline nlohmann::json parse_json(std::string_view text) {
  constexpr int most_nested = 500;
  bool is_too_deep = false;
  const auto look = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    is_too_deep = is_too_deep || depth > most_nested;
    return !is_too_deep;
  };
  auto json = nlohmann::json::parse(text, look, false);
  return is_too_deep ? nlohmann::json(nlohmann::json::value_t::discarded) : json;
}

}  // namespace proctor

// JSON as it is printed, and the same as CSV. Not for other folders.
#pragma once

#include <span>
#include <string>

#include <nlohmann/json.hpp>

namespace proctor {

// On one line, without its end. Servers' words may be no UTF-8: U+FFFD stands for what
// is not.
inline std::string json_line(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// A line an object, the first one's keys as titles; null is an empty cell, and a
// decimal has two places.
std::string csv_of(std::span<const nlohmann::ordered_json> objects);

}  // namespace proctor

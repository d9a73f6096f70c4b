// JSON as it is printed. Not for other folders.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace proctor {

// On one line, without its end. Servers' words may be no UTF-8: U+FFFD stands for what
// is not.
inline std::string json_line(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace proctor

// JSON that a user wrote or a server was sent. Not for other folders.
#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

#include "proctor/base/base.h"

namespace proctor {

// Discarded where it is no JSON, or nested too deeply to be written again.
inline nlohmann::json parse_json(std::string_view text) {
  if (is_nested_too_deeply(text))
    return nlohmann::json(nlohmann::json::value_t::discarded);
  return nlohmann::json::parse(text, nullptr, false);
}

}  // namespace proctor

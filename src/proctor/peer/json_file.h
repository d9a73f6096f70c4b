// JSON that others wrote, and what is expected in it. Not for other folders.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "proctor/base/base.h"

namespace proctor {

// Fault::data for what is no JSON, is cut off, or is nested so deeply that functions
// which call themselves a level would end the program.
Result<nlohmann::ordered_json> json_of(std::string_view text);

// An object's member; null where it is none or has none of that name.
const nlohmann::ordered_json& member(const nlohmann::ordered_json& object,
                                     std::string_view name);
// Fault::data names it, and says what it is instead.
Result<std::string> text_in(const nlohmann::ordered_json& object,
                            std::string_view name);
Result<std::vector<std::string>> texts_in(const nlohmann::ordered_json& object,
                                          std::string_view name);
// A text or a number, as a text; or empty.
std::string word_in(const nlohmann::ordered_json& object, std::string_view name);
std::optional<double> number_in(const nlohmann::ordered_json& object,
                                std::string_view name);
// On one line.
std::string compact(const nlohmann::ordered_json& json);

}  // namespace proctor

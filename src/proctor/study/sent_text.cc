#include "proctor/study/sent_text.h"

#include <nlohmann/json.hpp>

namespace proctor {
namespace {

using Json = nlohmann::json;

// A text, or the texts in it: [{"text": …}], {"parts": […]}.
std::string words_in(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  std::string words;
  if (value.is_array()) {
    for (const Json& each : value) words += words_in(each);
  } else if (value.is_object()) {
    for (const char* const key : {"text", "content", "parts"})
      if (value.contains(key)) words += words_in(value[key]);
  }
  return words;
}

}  // namespace

std::vector<SentTurn> sent_turns(std::string_view body) {
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return {};
  if (json.contains("prompt")) return {{"", words_in(json["prompt"])}};
  std::vector<SentTurn> turns;
  for (const char* const key : {"system", "systemInstruction"})
    if (json.contains(key)) turns.push_back({"system", words_in(json[key])});
  for (const char* const key : {"messages", "contents"}) {
    if (!json.contains(key) || !json[key].is_array()) continue;
    for (const Json& turn : json[key]) {
      const bool has_role = turn.is_object() && turn.contains("role");
      turns.push_back({has_role ? words_in(turn["role"]) : "", words_in(turn)});
    }
  }
  return turns;
}

std::optional<std::string> sent_text(std::string_view body) {
  const std::vector<SentTurn> turns = sent_turns(body);
  if (turns.empty()) return std::nullopt;
  if (turns.size() == 1) return turns.front().words;
  std::string text;
  for (const auto& [role, words] : turns)
    text += (text.empty() ? "[" : "\n\n[") + role + "]\n" + words;
  return text;
}

}  // namespace proctor

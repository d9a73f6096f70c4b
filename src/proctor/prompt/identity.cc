#include <nlohmann/json.hpp>

#include "proctor/prompt/names.h"
#include "proctor/prompt/prompt.h"

namespace proctor {
namespace {

using Json = nlohmann::json;  // its objects are sorted by key

Json json_of(const Sampling& sampling) {
  Json json = Json::object();
  if (sampling.max_tokens) json["max_tokens"] = *sampling.max_tokens;
  if (sampling.temperature) json["temperature"] = *sampling.temperature;
  if (sampling.top_p) json["top_p"] = *sampling.top_p;
  if (sampling.seed) json["seed"] = *sampling.seed;
  if (!sampling.stop.empty()) json["stop"] = sampling.stop;
  if (!sampling.reasoning.empty()) json["reasoning"] = sampling.reasoning;
  if (sampling.only_letters) json["only_letters"] = true;
  return json;
}

}  // namespace

std::span<const std::string_view> reasoning_words() {
  static constexpr std::string_view words[] = {"on",  "off",    "minimal",
                                               "low", "medium", "high"};
  return words;
}

std::string identity_of(const Protocol& protocol) {
  Json texts = Json::object();
  for (const TextField& field : text_fields())
    if (const std::string& text = protocol.templates.*field.text; !text.empty())
      texts[std::string(field.name)] = text;
  if (!protocol.templates.opening_of.empty())
    texts["opening_of"] = protocol.templates.opening_of;
  const Json json = {
      {"drop_choice", protocol.drop_choice},
      {"form", name_of(protocol.form)},
      {"sampling", json_of(protocol.sampling)},
      {"scoring", name_of(protocol.scoring)},
      {"shots",
       {{"count", protocol.shots},
        {"digest", protocol.shots_digest},
        {"from", protocol.shots_from},
        {"order", name_of(protocol.shot_order)}}},
      {"system", protocol.system},
      {"texts", std::move(texts)},
  };
  // Invalid UTF-8 cannot come from TOML; from --system it can.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace proctor

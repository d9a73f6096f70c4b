#include <algorithm>

#include <nlohmann/json.hpp>

#include "proctor/reply/reply.h"

namespace proctor {
namespace {

nlohmann::json facts_of(const Answerer& answerer) {
  nlohmann::json json = nlohmann::json::object();
  if (!answerer.model.empty()) json["model"] = answerer.model;
  if (!answerer.digest.empty()) json["digest"] = answerer.digest;
  if (answerer.parameters) json["n_params"] = *answerer.parameters;
  if (answerer.bytes) json["size"] = *answerer.bytes;
  if (answerer.words) json["n_vocab"] = *answerer.words;
  return json;
}

std::string dump(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string file_name_of(std::string_view word) {
  const bool is_path = word.ends_with(".gguf") || word.starts_with('/') ||
                       word.starts_with('.') || word.starts_with('~') ||
                       word.find('\\') != std::string_view::npos;
  const std::size_t slash = word.find_last_of("/\\");
  if (!is_path || slash == std::string_view::npos) return std::string(word);
  return std::string(word.substr(slash + 1));
}

bool Answerer::says_who() const {
  return !facts_of(*this).empty();
}

std::string Answerer::identity() const {
  return says_who() ? dump(facts_of(*this)) : std::string();
}

std::string answerer_json(const Answerer& answerer) {
  if (!answerer.says_who()) return {};
  nlohmann::json json = facts_of(answerer);
  if (!answerer.build.empty()) json["build"] = answerer.build;
  return dump(json);
}

Answerer read_answerer(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return {};
  const auto word = [&](const char* key) {
    return json.contains(key) && json[key].is_string() ? json[key].get<std::string>()
                                                       : std::string();
  };
  const auto number = [&](const char* key) {
    return json.contains(key) && json[key].is_number_integer()
               ? std::optional(json[key].get<std::int64_t>())
               : std::nullopt;
  };
  return {.model = word("model"),
          .digest = word("digest"),
          .parameters = number("n_params"),
          .bytes = number("size"),
          .words = number("n_vocab"),
          .build = word("build")};
}

bool contradicts(const Answerer& one, const Answerer& other) {
  const auto facts = facts_of(one);
  const auto others = facts_of(other);
  return std::ranges::any_of(facts.items(), [&](const auto& fact) {
    return others.contains(fact.key()) && others[fact.key()] != fact.value();
  });
}

std::string title_of(const Answerer& answerer) {
  std::vector<std::string> parts;
  if (!answerer.model.empty()) parts.push_back(for_terminal_line(answerer.model));
  if (!answerer.digest.empty()) {
    std::string_view digest = answerer.digest;
    if (digest.starts_with("sha256:")) digest.remove_prefix(7);
    parts.push_back(for_terminal_line(digest.substr(0, 12)));
  }
  if (!answerer.build.empty()) parts.push_back(for_terminal_line(answerer.build));
  return join(parts, ", ");
}

std::string model_said(std::string_view asked, std::string_view said) {
  // The last is what llama-server says where nobody has asked for a name.
  if (said == asked || said == "gpt-3.5-turbo") return {};
  return file_name_of(said);
}

}  // namespace proctor

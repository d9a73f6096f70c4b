#include "proctor/exam/preview.h"

#include <nlohmann/json.hpp>

#include "proctor/exam/secrets.h"

namespace proctor {

using Json = nlohmann::ordered_json;

std::string prompt_json(const Question& question, const Prompt& prompt,
                        const ModelChoice& choice) {
  Json json = {
      {"id", question.id}, {"subject", question.subject}, {"index", question.index}};
  if (prompt.messages.empty()) {
    json["prompt"] = prompt.text;
  } else {
    json["messages"] = Json::array();
    for (const Message& message : prompt.messages) {
      json["messages"].push_back(
          {{"role", message.role}, {"content", message.content}});
    }
  }
  if (!prompt.continuations.empty()) json["continuations"] = prompt.continuations;
  const auto dumped = [&] {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  };
  if (choice.provider == nullptr) return dumped();
  const auto request = choice.provider->dialect->encode(choice.model, prompt);
  json["url"] = request ? Json(url_to_show(request->url)) : Json(nullptr);
  json["body"] = request ? Json::parse(body_to_keep(request->body)) : Json(nullptr);
  if (!request) json["cannot_be_sent"] = request.error().message;
  return dumped();
}

std::string prompt_text(const Prompt& prompt) {
  if (prompt.messages.empty()) return prompt.text;
  std::string text;
  for (const Message& message : prompt.messages) {
    // One user's message is the whole prompt, as it is.
    if (prompt.messages.size() > 1) text += fmt::format("[{}]\n", message.role);
    text += message.content;
    if (prompt.messages.size() > 1) text += "\n";
  }
  return text;
}

}  // namespace proctor

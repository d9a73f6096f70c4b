// Google's generateContent.
#include "proctor/backend/dialects.h"
#include "proctor/backend/json.h"
#include "proctor/backend/letters.h"

namespace proctor {
namespace {

nlohmann::json parts_of(const std::string& text) {
  return nlohmann::json::array({{{"text", text}}});
}

nlohmann::json generation_config(const Sampling& sampling) {
  nlohmann::json config = nlohmann::json::object();
  if (sampling.max_tokens) config["maxOutputTokens"] = *sampling.max_tokens;
  if (sampling.temperature) config["temperature"] = *sampling.temperature;
  if (sampling.top_p) config["topP"] = *sampling.top_p;
  if (sampling.seed) config["seed"] = *sampling.seed;
  if (!sampling.stop.empty()) config["stopSequences"] = sampling.stop;
  return config;
}

}  // namespace

Result<HttpRequest> encode_gemini(const Model& model, const Prompt& prompt) {
  TRY(check_generates(prompt, "gemini"));
  nlohmann::json body = nlohmann::json::object();
  if (prompt.messages.empty()) {
    body["contents"] = {{{"role", "user"}, {"parts", parts_of(prompt.text)}}};
  }
  std::string system;
  for (const Message& message : prompt.messages) {
    if (message.role == "system") {
      system += (system.empty() ? "" : "\n\n") + message.content;
    } else {
      body["contents"].push_back({{"role", message.role == "user" ? "user" : "model"},
                                  {"parts", parts_of(message.content)}});
    }
  }
  if (!system.empty()) body["systemInstruction"] = {{"parts", parts_of(system)}};
  if (auto config = generation_config(prompt.sampling); !config.empty()) {
    body["generationConfig"] = std::move(config);
  }
  TRY(add_reasoning(model, prompt, body));
  TRY(add_only_letters(model, prompt, body));
  auto request = TRY(json_request(
      model,
      fmt::format("{}/v1beta/models/{}:generateContent", model.base_url, model.name),
      std::move(body)));
  // In a header, not in the URL: URLs end in logs.
  if (!model.key.empty()) add_header(request, "x-goog-api-key", model.key);
  return request;
}

Result<Reply> decode_gemini(std::string_view body, const Prompt&) {
  const Document document = TRY(Document::parse(body));
  const simdjson::dom::element root = document.root();
  Reply reply;
  reply.model = text_at(root, "/modelVersion");
  reply.tokens = {.prompt = number_at(root, "/usageMetadata/promptTokenCount"),
                  .reply = number_at(root, "/usageMetadata/candidatesTokenCount")};
  simdjson::dom::element candidate;
  if (root.at_pointer("/candidates/0").get(candidate) != simdjson::SUCCESS) {
    // A prompt that Google blocks has no candidates: the model was not asked, for good.
    const std::string_view blocked = text_at(root, "/promptFeedback/blockReason");
    if (blocked.empty()) {
      return fail(Fault::network, "the answer has no candidates: {}",
                  beginning_of(body));
    }
    reply.finish_reason = blocked;
    return reply;
  }
  reply.finish_reason = text_at(candidate, "/finishReason");
  simdjson::dom::array parts;
  if (candidate.at_pointer("/content/parts").get(parts) == simdjson::SUCCESS) {
    for (const auto part : parts) {
      bool flag = false;
      const bool is_thought = part["thought"].get(flag) == simdjson::SUCCESS && flag;
      (is_thought ? reply.reasoning : reply.text) += text_at(part, "/text");
    }
  }
  return reply;
}

}  // namespace proctor

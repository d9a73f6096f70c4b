// Google's generateContent.
#include "proctor/backend/dialects.h"
#include "proctor/backend/errors.h"
#include "proctor/backend/json.h"
#include "proctor/backend/letters.h"
#include "proctor/backend/pieces.h"

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

// Puts an answer together, from one piece or from many.
class GeminiReader {
 public:
  Status see(simdjson::dom::element root) {
    if (const auto error = error_in(root)) return tl::unexpected(told_error(*error));
    if (const auto model = text_at(root, "/modelVersion"); !model.empty()) {
      reply_.model = model;
    }
    see_usage(root);
    // A prompt that Google blocks has no candidates: the model was not asked, for good.
    if (const auto why = text_at(root, "/promptFeedback/blockReason"); !why.empty()) {
      reply_.finish_reason = why;
      is_blocked_ = true;
    }
    simdjson::dom::element candidate;
    if (root.at_pointer("/candidates/0").get(candidate) != simdjson::SUCCESS) return {};
    has_candidate_ = true;
    if (const auto why = text_at(candidate, "/finishReason"); !why.empty()) {
      reply_.finish_reason = why;
    }
    simdjson::dom::array parts;
    if (candidate.at_pointer("/content/parts").get(parts) != simdjson::SUCCESS) {
      return {};
    }
    for (const auto part : parts) see_part(part);
    return {};
  }

  Result<Reply> reply(const Pieces& pieces, std::string_view body) {
    TRY(check_whole(pieces, reply_));
    if (is_blocked_) return std::move(reply_);
    if (!has_candidate_) {
      return fail(Fault::network, "the answer has no candidates: {}",
                  beginning_of(body));
    }
    if (pieces.left_out && reply_.text.empty()) return too_long();
    const std::string& finish = reply_.finish_reason;
    if (!has_part_ && (finish.empty() || finish == "STOP")) {
      return fail(Fault::network, "the answer holds no reply: {}", beginning_of(body));
    }
    return std::move(reply_);
  }

 private:
  void see_usage(simdjson::dom::element root) {
    keep_number(reply_.tokens.prompt, root, "/usageMetadata/promptTokenCount");
    keep_number(reply_.tokens.reply, root, "/usageMetadata/candidatesTokenCount");
    keep_number(reply_.tokens.thought, root, "/usageMetadata/thoughtsTokenCount");
  }

  void see_part(simdjson::dom::element part) {
    has_part_ = true;
    bool flag = false;
    const bool is_thought = part["thought"].get(flag) == simdjson::SUCCESS && flag;
    (is_thought ? reply_.reasoning : reply_.text) += text_at(part, "/text");
  }

  Reply reply_;
  bool has_candidate_ = false;
  bool has_part_ = false;
  bool is_blocked_ = false;
};

}  // namespace

Result<HttpRequest> encode_gemini(const Model& model, const Prompt& prompt) {
  TRY(check_generates(prompt, model.provider));
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
      endpoint_url(model, fmt::format("/v1beta/models/{}:generateContent", model.name)),
      std::move(body)));
  add_key(request, model);
  return request;
}

Result<Reply> decode_gemini(std::string_view body, const Prompt&) {
  GeminiReader reader;
  const Pieces pieces = TRY(each_piece(
      body, [&reader](simdjson::dom::element piece) { return reader.see(piece); }));
  return reader.reply(pieces, body);
}

}  // namespace proctor

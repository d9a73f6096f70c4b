// Anthropic's messages.
#include "proctor/backend/dialects.h"
#include "proctor/backend/json.h"
#include "proctor/backend/letters.h"

namespace proctor {
namespace {

// The API demands a limit; this one is sent where neither protocol nor user sets one.
constexpr int default_max_tokens = 4096;

}  // namespace

Result<HttpRequest> encode_anthropic(const Model& model, const Prompt& prompt) {
  TRY(check_generates(prompt, "anthropic"));
  const Sampling& sampling = prompt.sampling;
  nlohmann::json body = {
      {"model", model.name},
      {"max_tokens", sampling.max_tokens.value_or(default_max_tokens)}};
  if (prompt.messages.empty()) {
    body["messages"] = {{{"role", "user"}, {"content", prompt.text}}};
  }
  std::string system;
  for (const Message& message : prompt.messages) {
    if (message.role == "system") {
      system += (system.empty() ? "" : "\n\n") + message.content;
    } else {
      body["messages"].push_back(
          {{"role", message.role}, {"content", message.content}});
    }
  }
  if (!system.empty()) body["system"] = std::move(system);
  if (sampling.temperature) body["temperature"] = *sampling.temperature;
  if (sampling.top_p) body["top_p"] = *sampling.top_p;
  if (!sampling.stop.empty()) body["stop_sequences"] = sampling.stop;
  TRY(add_reasoning(model, prompt, body));
  TRY(add_only_letters(model, prompt, body));
  auto request =
      TRY(json_request(model, model.base_url + "/v1/messages", std::move(body)));
  add_header(request, "anthropic-version", "2023-06-01");
  if (!model.key.empty()) add_header(request, "x-api-key", model.key);
  return request;
}

Result<Reply> decode_anthropic(std::string_view body, const Prompt&) {
  const Document document = TRY(Document::parse(body));
  const simdjson::dom::element root = document.root();
  simdjson::dom::array blocks;
  if (root["content"].get(blocks) != simdjson::SUCCESS) {
    return fail(Fault::network, "the answer has no content: {}", beginning_of(body));
  }
  Reply reply;
  for (const auto block : blocks) {
    reply.text += text_at(block, "/text");
    reply.reasoning += text_at(block, "/thinking");
  }
  reply.finish_reason = text_at(root, "/stop_reason");
  reply.model = text_at(root, "/model");
  reply.tokens = {.prompt = number_at(root, "/usage/input_tokens"),
                  .reply = number_at(root, "/usage/output_tokens")};
  return reply;
}

}  // namespace proctor

// ollama speaks OpenAI's chats. Letters after a raw text are asked for in its own way:
// its /v1/completions puts the text into the model's chat template.
#include "proctor/backend/dialects.h"
#include "proctor/backend/errors.h"
#include "proctor/backend/json.h"
#include "proctor/backend/letters.h"
#include "proctor/backend/pieces.h"

namespace proctor {
namespace {

bool is_own(const Prompt& prompt) {
  return !prompt.continuations.empty() && prompt.messages.empty();
}

}  // namespace

Result<HttpRequest> encode_ollama(const Model& model, const Prompt& prompt) {
  if (!is_own(prompt)) {
    if (!model.context) return encode_openai(model, prompt);
    return fail(Fault::usage,
                "`context`: ollama takes it with protocols that score letters after a "
                "text; for others set OLLAMA_CONTEXT_LENGTH where ollama runs, or "
                "num_ctx in a Modelfile");
  }
  TRY(check_letters(prompt));
  const Sampling& sampling = prompt.sampling;
  nlohmann::json options = {{"num_predict", 1}};
  if (model.context) options["num_ctx"] = *model.context;
  if (sampling.temperature) options["temperature"] = *sampling.temperature;
  if (sampling.top_p) options["top_p"] = *sampling.top_p;
  if (sampling.seed) options["seed"] = *sampling.seed;
  auto request =
      TRY(json_request(model, endpoint_url(model, "/api/generate"),
                       {{"model", model.name},
                        {"prompt", prompt.text},
                        {"raw", true},
                        {"stream", false},
                        {"logprobs", true},
                        {"top_logprobs", provider_of(model).listed_after_text},
                        {"options", std::move(options)}}));
  add_key(request, model);
  return request;
}

Result<Reply> decode_ollama(std::string_view body, const Prompt& prompt) {
  if (!is_own(prompt)) return decode_openai(body, prompt);
  Reply reply;
  bool has_response = false;
  Status letters = fail(Fault::usage, "");
  const auto see = [&](simdjson::dom::element root) -> Status {
    if (const auto error = error_in(root)) return tl::unexpected(told_error(*error));
    simdjson::dom::element text;
    has_response = has_response || root["response"].get(text) == simdjson::SUCCESS;
    if (!letters) letters = read_letters(root, prompt, reply);
    reply.model = text_at(root, "/model");
    keep_number(reply.tokens.prompt, root, "/prompt_eval_count");
    keep_number(reply.tokens.reply, root, "/eval_count");
    return {};
  };
  // One token is asked for: where a stream ends behind it does not matter.
  TRY(each_piece(body, see));
  if (!has_response) {
    return fail(Fault::network, "the answer has no response: {}", beginning_of(body));
  }
  TRY(letters);
  return reply;
}

}  // namespace proctor

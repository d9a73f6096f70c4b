// Anthropic's messages.
#include "proctor/backend/dialects.h"
#include "proctor/backend/errors.h"
#include "proctor/backend/json.h"
#include "proctor/backend/letters.h"
#include "proctor/backend/pieces.h"

namespace proctor {
namespace {

// The API demands a limit; this one is sent where neither protocol nor user sets one.
constexpr int default_max_tokens = 4096;

// Puts an answer together: a message, or the events of one.
class AnthropicReader {
 public:
  Status see(simdjson::dom::element root) {
    if (const auto error = error_in(root)) {
      if (!is_filter(*error)) return tl::unexpected(told_error(*error));
      reply_.finish_reason = "refusal";
      return {};
    }
    simdjson::dom::element message = root, part;
    // message_start holds the message so far; what follows adds to it.
    if (root["message"].get(part) == simdjson::SUCCESS) message = part;
    see_message(message);
    for (const std::string_view more : {"content_block", "delta"}) {
      if (root[more].get(part) != simdjson::SUCCESS) continue;
      see_block(part);
      see_stop(part);
    }
    return {};
  }

  Result<Reply> reply(const Pieces& pieces, std::string_view body) {
    TRY(check_whole(pieces, reply_));
    if (!has_content_ && reply_.finish_reason != "refusal") {
      return fail(Fault::network, "the answer has no content: {}", beginning_of(body));
    }
    if (pieces.left_out && reply_.text.empty()) return too_long();
    return std::move(reply_);
  }

 private:
  void see_message(simdjson::dom::element message) {
    simdjson::dom::array blocks;
    if (message["content"].get(blocks) == simdjson::SUCCESS) {
      has_content_ = true;
      for (const auto block : blocks) see_block(block);
    }
    if (const auto model = text_at(message, "/model"); !model.empty()) {
      reply_.model = model;
    }
    keep_number(reply_.tokens.prompt, message, "/usage/input_tokens");
    keep_number(reply_.tokens.reply, message, "/usage/output_tokens");
    see_stop(message);
  }

  void see_block(simdjson::dom::element block) {
    reply_.text += text_at(block, "/text");
    reply_.reasoning += text_at(block, "/thinking");
  }

  void see_stop(simdjson::dom::element part) {
    if (const auto why = text_at(part, "/stop_reason"); !why.empty()) {
      reply_.finish_reason = why;
    }
  }

  Reply reply_;
  bool has_content_ = false;
};

}  // namespace

Result<HttpRequest> encode_anthropic(const Model& model, const Prompt& prompt) {
  TRY(check_generates(prompt, model.provider));
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
      TRY(json_request(model, endpoint_url(model, "/v1/messages"), std::move(body)));
  add_header(request, "anthropic-version", "2023-06-01");
  add_key(request, model);
  return request;
}

Result<Reply> decode_anthropic(std::string_view body, const Prompt&) {
  AnthropicReader reader;
  const Pieces pieces = TRY(each_piece(
      body, [&reader](simdjson::dom::element piece) { return reader.see(piece); }));
  return reader.reply(pieces, body);
}

}  // namespace proctor

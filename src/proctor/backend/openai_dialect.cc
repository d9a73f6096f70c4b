// The chat completions of OpenAI, which ollama, llama-server, DeepSeek and most others
// speak (docs/backends.md has the differences).
#include "proctor/backend/dialects.h"
#include "proctor/backend/json.h"
#include "proctor/backend/letters.h"

namespace proctor {
namespace {

bool is_version(std::string_view segment) {
  return segment.size() >= 2 && segment[0] == 'v' && segment[1] >= '0' &&
         segment[1] <= '9';
}

// o1, o3-mini, gpt-5 and their like take max_completion_tokens and refuse max_tokens.
bool wants_max_completion_tokens(const Model& model) {
  if (model.provider != "openai") return false;
  const std::string_view name = model.name;
  return name.starts_with("gpt-5") ||
         (name.size() >= 2 && name[0] == 'o' && name[1] >= '0' && name[1] <= '9');
}

nlohmann::json sampling_body(const Model& model, const Sampling& sampling) {
  nlohmann::json body = nlohmann::json::object();
  if (!model.name.empty()) body["model"] = model.name;
  if (sampling.max_tokens) {
    body[wants_max_completion_tokens(model) ? "max_completion_tokens" : "max_tokens"] =
        *sampling.max_tokens;
  }
  if (sampling.temperature) body["temperature"] = *sampling.temperature;
  if (sampling.top_p) body["top_p"] = *sampling.top_p;
  if (sampling.seed) body["seed"] = *sampling.seed;
  if (!sampling.stop.empty()) body["stop"] = sampling.stop;
  return body;
}

// How many tokens a server lists at most; llama-server lists as many as are asked for.
int most_listed(const Model& model, bool is_chat) {
  if (model.provider == "llama") return 100;
  return model.provider == "openai" && !is_chat ? 5 : 20;
}

Status ask_for_letters(const Model& model, const Prompt& prompt, nlohmann::json& body) {
  TRY(check_letters(prompt));
  const bool is_chat = !prompt.messages.empty();
  const bool thinks =
      wants_max_completion_tokens(model) || model.name == "deepseek-reasoner";
  if (thinks) TRY(check_generates(prompt, model.name));
  if (model.provider == "deepseek" && !is_chat) {
    TRY(check_generates(prompt, "deepseek after a raw text"));
  }
  const int most = most_listed(model, is_chat);
  body["max_tokens"] = 1;
  if (is_chat) {
    body["logprobs"] = true;
    body["top_logprobs"] = most;
  } else {
    // llama-server's own name for it; the other one its older versions do not read.
    body[model.provider == "llama" ? "n_probs" : "logprobs"] = most;
  }
  // llama-server writes nothing but a letter then, while the likelihoods stay those of
  // all tokens: it lists none of them where its first token is part of a character
  // only.
  if (model.provider == "llama") body["grammar"] = letters_grammar(prompt.labels);
  return {};
}

// A chat's content is a string, null, or (in some servers) a list of parts.
std::string content_of(simdjson::dom::element message) {
  simdjson::dom::array parts;
  if (message["content"].get(parts) != simdjson::SUCCESS) {
    return std::string(text_at(message, "/content"));
  }
  std::string text;
  for (const auto part : parts) text += text_at(part, "/text");
  return text;
}

void read_message(simdjson::dom::element message, Reply& reply) {
  reply.text = content_of(message);
  reply.reasoning = text_at(message, "/reasoning_content");  // DeepSeek, llama
  if (reply.reasoning.empty())
    reply.reasoning = text_at(message, "/reasoning");  // ollama
  if (const auto refusal = text_at(message, "/refusal"); !refusal.empty()) {
    if (reply.text.empty()) reply.text = refusal;
    reply.finish_reason = "refusal";
  }
}

}  // namespace

std::string openai_url(const Model& model, std::string_view endpoint) {
  const auto url = parse_url(model.base_url);
  bool has_version = false;
  for (const std::string& segment : split(url ? url->path : "", '/')) {
    has_version = has_version || is_version(segment);
  }
  // DeepSeek's own address needs no /v1, and the seed's script sends none.
  const bool bare = has_version || model.provider == "deepseek";
  return fmt::format("{}{}{}", model.base_url, bare ? "" : "/v1", endpoint);
}

Result<HttpRequest> encode_openai(const Model& model, const Prompt& prompt) {
  nlohmann::json body = sampling_body(model, prompt.sampling);
  if (!prompt.continuations.empty()) TRY(ask_for_letters(model, prompt, body));
  if (prompt.messages.empty()) {
    body["prompt"] = prompt.text;
  } else {
    for (const Message& message : prompt.messages) {
      body["messages"].push_back(
          {{"role", message.role}, {"content", message.content}});
    }
  }
  const bool is_chat = !prompt.messages.empty();
  TRY(add_reasoning(model, prompt, body));
  TRY(add_only_letters(model, prompt, body));
  auto request = TRY(json_request(
      model, openai_url(model, is_chat ? "/chat/completions" : "/completions"),
      std::move(body)));
  if (!model.key.empty()) {
    add_header(request, "Authorization", "Bearer " + model.key);
  }
  return request;
}

Result<Reply> decode_openai(std::string_view body, const Prompt& prompt) {
  const Document document = TRY(Document::parse(body));
  const simdjson::dom::element root = document.root();
  simdjson::dom::element choice;
  if (root.at_pointer("/choices/0").get(choice) != simdjson::SUCCESS) {
    const std::string_view message = text_at(root, "/error/message");
    if (!message.empty()) {
      return fail(Fault::network, "{}", fit(for_terminal_line(message), 300));
    }
    return fail(Fault::network, "the answer has no choices: {}", beginning_of(body));
  }
  Reply reply;
  reply.finish_reason = text_at(choice, "/finish_reason");
  simdjson::dom::element message;
  if (choice["message"].get(message) == simdjson::SUCCESS) {
    read_message(message, reply);
  } else {
    reply.text = text_at(choice, "/text");
  }
  reply.model = text_at(root, "/model");
  reply.build = text_at(root, "/system_fingerprint");
  reply.tokens = {.prompt = number_at(root, "/usage/prompt_tokens"),
                  .reply = number_at(root, "/usage/completion_tokens")};
  const bool is_refused =
      reply.finish_reason == "refusal" || reply.finish_reason == "content_filter";
  if (!prompt.continuations.empty() && !is_refused) {
    TRY(read_letters(root, prompt, reply));
  }
  return reply;
}

}  // namespace proctor

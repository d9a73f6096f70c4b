// The chat completions of OpenAI, which ollama, llama-server, DeepSeek and most others
// speak (docs/backends.md has the differences).
#include <algorithm>

#include "proctor/backend/dialects.h"
#include "proctor/backend/errors.h"
#include "proctor/backend/json.h"
#include "proctor/backend/letters.h"
#include "proctor/backend/pieces.h"

namespace proctor {
namespace {

bool is_version(std::string_view segment) {
  return segment.size() >= 2 && segment[0] == 'v' && segment[1] >= '0' &&
         segment[1] <= '9';
}

// o1, o3-mini, gpt-5 and their like: they refuse max_tokens, and list no tokens.
bool is_thinker_of_openai(const Model& model) {
  if (provider_of(model).token_limit != TokenLimit::by_model) return false;
  const std::string_view name = model.name;
  return name.starts_with("gpt-5") ||
         (name.size() >= 2 && name[0] == 'o' && name[1] >= '0' && name[1] <= '9');
}

// The newer name is that of chats: what continues a text has the older one.
const char* token_limit(const Model& model, bool is_chat) {
  const bool is_new =
      provider_of(model).token_limit == TokenLimit::max_completion_tokens && is_chat;
  return is_new || is_thinker_of_openai(model) ? "max_completion_tokens" : "max_tokens";
}

nlohmann::json sampling_body(const Model& model, const Prompt& prompt) {
  const Sampling& sampling = prompt.sampling;
  nlohmann::json body = nlohmann::json::object();
  if (!model.name.empty()) body["model"] = model.name;
  if (sampling.max_tokens) {
    body[token_limit(model, !prompt.messages.empty())] = *sampling.max_tokens;
  }
  if (sampling.temperature) body["temperature"] = *sampling.temperature;
  if (sampling.top_p) body["top_p"] = *sampling.top_p;
  const std::string seed(provider_of(model).seed_name);
  if (sampling.seed && !seed.empty()) body[seed] = *sampling.seed;
  if (!sampling.stop.empty()) body["stop"] = sampling.stop;
  return body;
}

Status ask_for_letters(const Model& model, const Prompt& prompt, nlohmann::json& body) {
  TRY(check_letters(prompt));
  const Provider& provider = provider_of(model);
  const bool is_chat = !prompt.messages.empty();
  const bool thinks = is_thinker_of_openai(model) || model.name == "deepseek-reasoner";
  if (thinks) TRY(check_generates(prompt, model.name));
  const int most = is_chat ? provider.listed_in_chat : provider.listed_after_text;
  if (most == 0) {
    const bool only_here = !is_chat && provider.listed_in_chat > 0;
    TRY(check_generates(prompt, fmt::format("{}{}", provider.name,
                                            only_here ? " after a raw text" : "")));
  }
  body[token_limit(model, is_chat)] = 1;
  if (is_chat) {
    body["logprobs"] = true;
    body["top_logprobs"] = most;
  } else {
    body[std::string(provider.listed_name)] = most;
  }
  // llama-server writes nothing but a letter then, while the likelihoods stay those of
  // all tokens: it lists none of them where its first token is part of a character
  // only.
  if (provider.takes_grammar) body["grammar"] = letters_grammar(prompt.labels);
  return {};
}

// A chat's content is a string, null, or (in some servers) a list of parts.
std::optional<std::string> content_of(simdjson::dom::element message) {
  simdjson::dom::element content;
  if (message["content"].get(content) != simdjson::SUCCESS) return std::nullopt;
  std::string_view whole;
  if (content.get(whole) == simdjson::SUCCESS) return std::string(whole);
  simdjson::dom::array parts;
  if (content.get(parts) != simdjson::SUCCESS) return std::nullopt;
  std::string text;
  for (const auto part : parts) text += text_at(part, "/text");
  return text;
}

// Whether a filter kept the prompt from the model: Azure's answer without choices.
bool is_filtered_prompt(simdjson::dom::element root) {
  simdjson::dom::object results;
  if (root.at_pointer("/prompt_filter_results/0/content_filter_results").get(results) !=
      simdjson::SUCCESS) {
    return false;
  }
  return std::ranges::any_of(results, [](const auto& field) {
    bool filtered = false;
    return field.value.at_pointer("/filtered").get(filtered) == simdjson::SUCCESS &&
           filtered;
  });
}

// Puts an answer together, from one piece or from many.
class OpenaiReader {
 public:
  explicit OpenaiReader(const Prompt& prompt) : prompt_(prompt) {}

  Status see(simdjson::dom::element root) {
    if (const auto error = error_in(root)) return see_error(*error);
    if (const auto model = text_at(root, "/model"); !model.empty())
      reply_.model = model;
    if (const auto build = text_at(root, "/system_fingerprint"); !build.empty()) {
      reply_.build = build;
    }
    see_usage(root);
    simdjson::dom::element choice;
    if (root.at_pointer("/choices/0").get(choice) != simdjson::SUCCESS) {
      if (is_filtered_prompt(root)) reply_.finish_reason = "content_filter";
      return {};
    }
    has_choice_ = true;
    return see_choice(root, choice);
  }

  Result<Reply> reply(const Pieces& pieces, std::string_view body) {
    TRY(check_whole(pieces, reply_));
    std::string& finish = reply_.finish_reason;
    if (!refusal_.empty()) {
      if (reply_.text.empty()) reply_.text = refusal_;
      finish = "refusal";
    }
    if (finish == "refusal" || finish == "content_filter") return std::move(reply_);
    if (!has_choice_) {
      return fail(Fault::network, "the answer has no choices: {}", beginning_of(body));
    }
    if (!prompt_.continuations.empty()) {
      TRY(letters_);
      reply_.text = std::move(scored_.text);
      reply_.logprobs = std::move(scored_.logprobs);
      finish = std::move(scored_.finish_reason);
      return std::move(reply_);
    }
    if (pieces.left_out && !has_text_) return too_long();
    // Nothing, and no reason for it: whoever is asked again may do better.
    const bool gives_no_reason = finish.empty() || finish == "stop";
    if (!has_text_ && !does_something_ && gives_no_reason) {
      return fail(Fault::network, "the answer holds no reply: {}", beginning_of(body));
    }
    return std::move(reply_);
  }

 private:
  Status see_error(simdjson::dom::element error) {
    if (!is_filter(error)) return tl::unexpected(told_error(error));
    reply_.finish_reason = "content_filter";
    return {};
  }

  void see_usage(simdjson::dom::element root) {
    keep_number(reply_.tokens.prompt, root, "/usage/prompt_tokens");
    keep_number(reply_.tokens.reply, root, "/usage/completion_tokens");
    keep_number(reply_.tokens.thought, root,
                "/usage/completion_tokens_details/reasoning_tokens");
  }

  Status see_choice(simdjson::dom::element root, simdjson::dom::element choice) {
    if (const auto why = text_at(choice, "/finish_reason"); !why.empty()) {
      if (why == "error") {
        return fail(Fault::network,
                    "the server broke its reply off: finish_reason is "
                    "error");
      }
      reply_.finish_reason = why;
    }
    simdjson::dom::element said;
    if (choice["message"].get(said) == simdjson::SUCCESS ||
        choice["delta"].get(said) == simdjson::SUCCESS) {
      see_message(said);
    } else if (std::string_view text; choice["text"].get(text) == simdjson::SUCCESS) {
      has_text_ = true;
      reply_.text += text;
    }
    if (!prompt_.continuations.empty() && !letters_) {
      letters_ = read_letters(root, prompt_, scored_);
    }
    return {};
  }

  void see_message(simdjson::dom::element message) {
    if (const auto content = content_of(message)) {
      has_text_ = true;
      reply_.text += *content;
    }
    // DeepSeek and llama-server; ollama and OpenRouter; ollama's own chats.
    for (const std::string_view thoughts :
         {"/reasoning_content", "/reasoning", "/thinking"}) {
      const auto thought = text_at(message, thoughts);
      if (thought.empty()) continue;
      does_something_ = true;
      reply_.reasoning += thought;
      break;
    }
    for (const std::string_view call : {"/tool_calls/0", "/function_call"}) {
      does_something_ =
          does_something_ || message.at_pointer(call).error() == simdjson::SUCCESS;
    }
    refusal_ += text_at(message, "/refusal");
  }

  const Prompt& prompt_;
  Reply reply_, scored_;
  Status letters_ = fail(Fault::usage, "");
  std::string refusal_;
  bool has_choice_ = false;
  bool has_text_ = false;        // if only an empty one
  bool does_something_ = false;  // it thinks, or calls a tool
};

}  // namespace

std::string endpoint_url(const Model& model, std::string_view endpoint) {
  const std::string_view base = model.base_url;
  const std::size_t mark = std::min(base.find('?'), base.size());
  std::string url =
      fmt::format("{}{}{}", base.substr(0, mark), endpoint, base.substr(mark));
  if (model.secret_query.empty()) return url;
  return url + (mark == base.size() ? '?' : '&') + model.secret_query;
}

bool path_needs_no_version(std::string_view path) {
  return std::ranges::any_of(split(path, '/'), is_version) ||
         path.find("/openai/deployments/") != path.npos;
}

std::string openai_url(const Model& model, std::string_view endpoint) {
  const auto url = parse_url(model.base_url);
  const std::string path = url ? url->path : "";
  for (const std::string_view whole : {"/chat/completions", "/completions"}) {
    if (!path.ends_with(whole)) continue;
    Model there = model;
    const std::size_t at = there.base_url.rfind(whole, there.base_url.find('?'));
    there.base_url.erase(at, whole.size());
    return endpoint_url(there, endpoint);
  }
  const bool bare =
      path_needs_no_version(path) || !provider_of(model).path_is_versioned;
  return endpoint_url(model, fmt::format("{}{}", bare ? "" : "/v1", endpoint));
}

Result<HttpRequest> encode_openai(const Model& model, const Prompt& prompt) {
  nlohmann::json body = sampling_body(model, prompt);
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
  add_key(request, model);
  return request;
}

Result<Reply> decode_openai(std::string_view body, const Prompt& prompt) {
  OpenaiReader reader(prompt);
  const Pieces pieces = TRY(each_piece(
      body, [&reader](simdjson::dom::element piece) { return reader.see(piece); }));
  return reader.reply(pieces, body);
}

}  // namespace proctor

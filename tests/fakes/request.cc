#include "request.h"

#include <charconv>

#include "json_text.h"

namespace proctor::fakes {

namespace {

constexpr std::string_view gemini_prefix = "/v1beta/models/";
constexpr std::string_view gemini_suffix = ":generateContent";

int number_in(std::string_view word) {
  int out = 0;
  std::from_chars(word.data(), word.data() + word.size(), out);
  return out;
}

// A string, or the texts of parts such as {"type":"text","text":"..."} one after
// another.
std::string text_in(JsonWalk& walk) {
  if (walk.next() == '"') return walk.string();
  std::string out;
  if (walk.next() != '[') {
    walk.skip();
    return out;
  }
  walk.array([&] {
    if (walk.next() == '"') {
      out += walk.string();
      return;
    }
    walk.object([&](std::string_view key) {
      if (key == "text" && walk.next() == '"') {
        out += walk.string();
      } else {
        walk.skip();
      }
    });
  });
  return out;
}

void read_messages(JsonWalk& walk, ModelRequest& request) {
  walk.array([&] {
    std::string role = "user";
    std::string content;
    walk.object([&](std::string_view key) {
      if (key == "role" && walk.next() == '"') {
        role = walk.string();
      } else if (key == "content" || key == "parts") {
        content = text_in(walk);
      } else {
        walk.skip();
      }
    });
    request.prompt_characters += content.size();
    if (role == "user") request.prompt = std::move(content);
  });
}

Flavour guess(std::string_view path, std::string_view model) {
  if (path == "/chat/completions" || model.starts_with("deepseek"))
    return Flavour::deepseek;
  if (model.empty()) return Flavour::llama;
  return model.starts_with("gpt") ? Flavour::openai : Flavour::ollama;
}

}  // namespace

std::optional<Flavour> flavour_named(std::string_view name) {
  if (name == "openai") return Flavour::openai;
  if (name == "ollama") return Flavour::ollama;
  if (name == "llama") return Flavour::llama;
  if (name == "deepseek") return Flavour::deepseek;
  return std::nullopt;
}

std::optional<Dialect> dialect_of(std::string_view path) {
  if (path == "/v1/chat/completions" || path == "/chat/completions" ||
      path == "/v1beta/openai/chat/completions")
    return Dialect::chat;
  if (path == "/v1/completions" || path == "/completions") return Dialect::completions;
  if (path == "/api/generate") return Dialect::generate;
  if (path == "/v1/messages") return Dialect::anthropic;
  if (path.starts_with(gemini_prefix) && path.ends_with(gemini_suffix))
    return Dialect::gemini;
  return std::nullopt;
}

std::optional<ModelRequest> read_request(Dialect dialect, std::string_view path,
                                         std::string_view body,
                                         std::optional<Flavour> flavour) {
  // ollama's own streams unless it is told not to.
  ModelRequest request{.dialect = dialect, .stream = dialect == Dialect::generate};
  bool logprobs = false;
  int top = -1;
  bool asked = false;
  JsonWalk walk(body);
  walk.object([&](std::string_view key) {
    if (key == "messages" || key == "contents" || key == "prompt") {
      asked = true;
      if (key == "prompt") {
        request.prompt = text_in(walk);
        request.prompt_characters = request.prompt.size();
      } else {
        read_messages(walk, request);
      }
    } else if (key == "model" && walk.next() == '"') {
      request.model = walk.string();
    } else if (key == "stream") {
      request.stream = walk.word() == "true";
    } else if (key == "logprobs" && walk.next() != '{') {
      const std::string_view word = walk.word();
      logprobs = word != "false" && word != "null";
      if (logprobs && word != "true") top = number_in(word);
    } else if (key == "n_probs") {  // llama-server's name
      logprobs = true;
      top = number_in(walk.word());
    } else if (key == "top_logprobs") {
      top = number_in(walk.word());
    } else {
      walk.skip();
    }
  });
  if (!walk.good() || !walk.at_end() || !asked) return std::nullopt;
  // llama-server's number where `logprobs` comes without `top_logprobs`.
  if (logprobs) request.top_logprobs = top < 0 ? 20 : top;
  if (dialect == Dialect::gemini)
    request.model =
        path.substr(gemini_prefix.size(),
                    path.size() - gemini_prefix.size() - gemini_suffix.size());
  request.flavour = dialect == Dialect::generate
                        ? Flavour::ollama
                        : flavour.value_or(guess(path, request.model));
  return request;
}

}  // namespace proctor::fakes

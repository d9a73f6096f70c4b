// What a model request asks, whatever its dialect.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace proctor::fakes {

// `generate` is ollama's own /api/generate.
enum class Dialect { chat, completions, generate, gemini, anthropic };
// Whose chat/completions this is: they differ in errors, reasoning and extras.
enum class Flavour { openai, ollama, llama, deepseek };

struct ModelRequest {
  Dialect dialect = Dialect::chat;
  Flavour flavour = Flavour::openai;
  std::string model;
  std::string prompt;  // the last user message, or the prompt of /v1/completions
  std::size_t prompt_characters = 0;  // of all messages
  bool stream = false;
  int top_logprobs = -1;  // -1: none asked for
};

std::optional<Flavour> flavour_named(std::string_view name);

// The dialect of a path that models are asked at.
std::optional<Dialect> dialect_of(std::string_view path);

// Reads the body. Nothing if it is not the JSON that the dialect wants. Without a
// `flavour`, it is guessed: DeepSeek at /chat/completions or for its models,
// llama-server for a request without a model, OpenAI for gpt-*, else ollama.
std::optional<ModelRequest> read_request(Dialect dialect, std::string_view path,
                                         std::string_view body,
                                         std::optional<Flavour> flavour);

}  // namespace proctor::fakes

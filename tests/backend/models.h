// Models and prompts that the sentences about backends share.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/backend/backend.h"

namespace proctor {

inline constexpr std::string_view test_key = "sk-test-0123456789abcdef";

inline const Provider& provider_named(std::string_view name) {
  const auto found = find_provider(name);
  EXPECT_TRUE(found) << name;
  return **found;
}

inline Model model_of(std::string_view provider, std::string_view name,
                      std::string_view base_url = "") {
  return {.provider = std::string(provider),
          .name = std::string(name),
          .base_url = std::string(base_url.empty() ? provider_named(provider).base_url
                                                   : base_url),
          .key = std::string(test_key)};
}

inline Prompt chat(std::string_view words) {
  return {.messages = {{"user", std::string(words)}},
          .labels = "ABCD",
          .choices = {"one", "two", "three", "four"}};
}

inline HttpRequest encoded(const Model& model, const Prompt& prompt) {
  auto request = provider_named(model.provider).dialect->encode(model, prompt);
  EXPECT_TRUE(request) << request.error().message;
  return request ? *std::move(request) : HttpRequest{};
}

inline Result<Reply> decoded(std::string_view provider, std::string_view body,
                             const Prompt& prompt = {}) {
  return provider_named(provider).dialect->decode(body, prompt);
}

// A question whose letters are scored, after a text or in a chat.
inline Prompt letters_after(std::string_view text) {
  return {.text = std::string(text),
          .continuations = {" A", " B", " C", " D"},
          .sampling = {.max_tokens = 1, .temperature = 0},
          .labels = "ABCD",
          .choices = {"one", "two", "three", "four"}};
}
inline Prompt letters_in_a_chat(std::string_view words) {
  Prompt prompt = letters_after("");
  prompt.messages = {{"user", std::string(words)}};
  prompt.continuations = {"A", "B", "C", "D"};
  return prompt;
}

// All values that a request sends for a header.
inline std::vector<std::string> header(const HttpRequest& request,
                                       std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [key, value] : request.headers) {
    if (ascii_lower(key) == ascii_lower(name)) values.push_back(value);
  }
  return values;
}

}  // namespace proctor

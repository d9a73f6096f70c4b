// The servers' languages, one file each. Not for other folders: they meet them in the
// table of providers.
#pragma once

#include "proctor/backend/backend.h"

namespace proctor {

// base URL + /v1 where no version stands in it + endpoint ("/chat/completions").
std::string openai_url(const Model& model, std::string_view endpoint);

// llama-server says so for as long as it reads a model from disk: not a failed try.
bool is_loading(const HttpResponse& response);

Result<HttpRequest> encode_openai(const Model& model, const Prompt& prompt);
Result<Reply> decode_openai(std::string_view body, const Prompt& prompt);
Result<HttpRequest> encode_ollama(const Model& model, const Prompt& prompt);
Result<Reply> decode_ollama(std::string_view body, const Prompt& prompt);
Result<HttpRequest> encode_gemini(const Model& model, const Prompt& prompt);
Result<Reply> decode_gemini(std::string_view body, const Prompt& prompt);
Result<HttpRequest> encode_anthropic(const Model& model, const Prompt& prompt);
Result<Reply> decode_anthropic(std::string_view body, const Prompt& prompt);

}  // namespace proctor

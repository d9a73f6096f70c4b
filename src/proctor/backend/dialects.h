// The servers' languages, one file each. Not for other folders: they meet them in the
// table of providers.
#pragma once

#include "proctor/backend/backend.h"

namespace proctor {

// The server's address with `endpoint` at its path's end, before what it asks (its
// query).
std::string endpoint_url(const Model& model, std::string_view endpoint);
// The same with /v1 before the endpoint ("/chat/completions"), where no version stands
// in the path; an endpoint that stands there is taken as it is.
std::string openai_url(const Model& model, std::string_view endpoint);
// A version stands in it (/v1beta/openai), or it is a deployment of Azure's.
bool path_needs_no_version(std::string_view path);

// The row of a model that a server is asked for; there must be one.
const Provider& provider_of(const Model& model);
// The model's key, where there is one, in the header that its provider reads.
void add_key(HttpRequest& request, const Model& model);
// "temperature", "temperature and stop", "temperature, top_p and stop".
std::string listed(std::vector<std::string> words);

// llama-server says so for as long as it reads a model from disk: not a failed try.
bool is_loading(const HttpResponse& response);

// The models that a server lists, in its order; none where it says nothing of the kind.
std::vector<std::string> models_there(const Provider& provider, const Model& model,
                                      HttpClient& http);

// All that a request of that model carries and that nothing a server says may repeat
// into a store or onto a screen.
Secrets secrets_of(const Model& model);

Result<HttpRequest> encode_openai(const Model& model, const Prompt& prompt);
Result<Reply> decode_openai(std::string_view body, const Prompt& prompt);
Result<HttpRequest> encode_ollama(const Model& model, const Prompt& prompt);
Result<Reply> decode_ollama(std::string_view body, const Prompt& prompt);
Result<HttpRequest> encode_gemini(const Model& model, const Prompt& prompt);
Result<Reply> decode_gemini(std::string_view body, const Prompt& prompt);
Result<HttpRequest> encode_anthropic(const Model& model, const Prompt& prompt);
Result<Reply> decode_anthropic(std::string_view body, const Prompt& prompt);

}  // namespace proctor

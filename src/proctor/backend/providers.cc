#include <algorithm>
#include <array>
#include <cassert>

#include "proctor/backend/dialects.h"
#include "proctor/backend/json.h"

namespace proctor {
namespace {

void cut_slashes(std::string_view& path) {
  while (path.ends_with('/')) path.remove_suffix(1);
}

bool cut(std::string_view& path, std::string_view ending) {
  if (!path.ends_with(ending)) return false;
  path.remove_suffix(ending.size());
  cut_slashes(path);
  return true;
}

std::string_view without_ollama_s(std::string_view path) {
  cut(path, "/api/chat") || cut(path, "/api/generate") || cut(path, "/api");
  return path;
}

std::string_view without_anthropic_s(std::string_view path) {
  cut(path, "/messages");
  return path;
}

std::string_view without_gemini_s(std::string_view path) {
  path = path.substr(0, path.find("/models/"));
  cut(path, "/openai");
  cut(path, "/v1beta");
  return path;
}

constexpr Dialect openai_dialect = {encode_openai, decode_openai};
constexpr Dialect ollama_dialect = {encode_ollama, decode_ollama, without_ollama_s};
constexpr Dialect gemini_dialect = {encode_gemini, decode_gemini, without_gemini_s};
constexpr Dialect anthropic_dialect = {encode_anthropic, decode_anthropic,
                                       without_anthropic_s};

constexpr std::array<std::string_view, 1> deepseek_keys = {"DEEPSEEK_API_KEY"};
constexpr std::array<std::string_view, 2> gemini_keys = {"GEMINI_API_KEY",
                                                         "GOOGLE_API_KEY"};
constexpr std::array<std::string_view, 1> openai_keys = {"OPENAI_API_KEY"};
constexpr std::array<std::string_view, 1> anthropic_keys = {"ANTHROPIC_API_KEY"};
constexpr std::array<std::string_view, 1> compatible_keys = {
    "OPENAI_COMPATIBLE_API_KEY"};
constexpr std::array<std::string_view, 1> llama_keys = {"LLAMA_API_KEY"};

constexpr std::array<std::string_view, 1> ollama_addresses = {"OLLAMA_HOST"};
constexpr std::array<std::string_view, 2> openai_addresses = {"OPENAI_BASE_URL",
                                                              "OPENAI_API_BASE"};
constexpr std::array<std::string_view, 1> anthropic_addresses = {"ANTHROPIC_BASE_URL"};
constexpr std::array<std::string_view, 1> gemini_addresses = {"GOOGLE_GEMINI_BASE_URL"};

constexpr std::array all_providers = {
    Provider{.name = "ollama",
             .default_model = "mistral:7b",
             .base_url = "http://localhost:11434",
             .key_variables = {},
             .address_variables = ollama_addresses,
             .key_is_needed = false,
             .concurrency = 4,
             .dialect = &ollama_dialect,
             .hint = "is ollama running? (ollama serve)",
             .tells = Tells::tags,
             .reasoning = ReasoningForm::effort_think,
             .reasoning_words = "on off low medium high",
             .takes_context = true,
             .names_may_be_files = true,
             .read_address = ollama_address,
             .concurrency_variable = "OLLAMA_NUM_PARALLEL"},
    Provider{
        .name = "llama",
        .default_model = "",
        .base_url = "http://localhost:8080",
        .key_variables = llama_keys,
        .address_variables = {},
        .key_is_needed = false,
        .concurrency = 4,
        .dialect = &openai_dialect,
        .hint = "is llama-server running? (llama-server -m MODEL.gguf --port 8080)",
        .tells = Tells::props,
        .may_be_nameless = true,
        .reasoning = ReasoningForm::template_words,
        .listed_in_chat = 100,  // it lists as many as are asked for
        .listed_after_text = 100,
        .listed_name = "n_probs",  // its older versions do not read the other one
        .takes_grammar = true},
    Provider{.name = "deepseek",
             .default_model = "deepseek-chat",
             .base_url = "https://api.deepseek.com",
             .key_variables = deepseek_keys,
             .address_variables = {},
             .key_is_needed = true,
             .concurrency = 32,
             .dialect = &openai_dialect,
             .hint = "is the network there?",
             .tells = Tells::models,
             // Its own address needs no /v1, and the seed's script sends none.
             .path_is_versioned = false,
             .reasoning = ReasoningForm::thinking_type,
             .reasoning_words = "on off",
             .listed_after_text = 0},
    Provider{.name = "gemini",
             .default_model = "gemini-3.5-flash",
             .base_url = "https://generativelanguage.googleapis.com",
             .key_variables = gemini_keys,
             .address_variables = gemini_addresses,
             .key_is_needed = true,
             .concurrency = 32,
             .dialect = &gemini_dialect,
             .hint = "is the network there?",
             .key_header = "x-goog-api-key",
             .reasoning = ReasoningForm::thinking_config,
             .listed_in_chat = 0,
             .listed_after_text = 0},
    Provider{.name = "openai",
             .default_model = "",
             .base_url = "https://api.openai.com",
             .key_variables = openai_keys,
             .address_variables = openai_addresses,
             .key_is_needed = true,
             .concurrency = 32,
             .dialect = &openai_dialect,
             .hint = "is the network there?",
             .tells = Tells::models,
             .token_limit = TokenLimit::by_model,
             .reasoning = ReasoningForm::effort,
             .listed_after_text = 5},
    Provider{.name = "anthropic",
             .default_model = "",
             .base_url = "https://api.anthropic.com",
             .key_variables = anthropic_keys,
             .address_variables = anthropic_addresses,
             .key_is_needed = true,
             .concurrency = 32,
             .dialect = &anthropic_dialect,
             .hint = "is the network there?",
             .key_header = "x-api-key",
             .seed_name = "",
             .reasoning = ReasoningForm::thinking_budget,
             .listed_in_chat = 0,
             .listed_after_text = 0},
    Provider{.name = "openai-compatible",
             .default_model = "",
             .base_url = "",
             .key_variables = compatible_keys,
             .address_variables = {},
             .key_is_needed = false,
             .concurrency = 32,
             .dialect = &openai_dialect,
             .hint = "is the server running?",
             .tells = Tells::models,
             .reasoning = ReasoningForm::template_switch},
};

}  // namespace

std::span<const Provider> providers() {
  return all_providers;
}

Result<const Provider*> find_provider(std::string_view name) {
  const auto found = std::ranges::find(all_providers, name, &Provider::name);
  if (found != all_providers.end()) return &*found;
  std::vector<std::string> names = {"baseline"};
  for (const Provider& provider : all_providers) names.emplace_back(provider.name);
  std::string hint = suggestion(name, names);
  if (name.find(':') != name.npos) {
    hint = fmt::format("; a model of ollama's is written ollama/{}", name);
  }
  if (hint.empty()) hint = fmt::format("; there are {}", join(names, ", "));
  return fail(Fault::usage, "no such provider{}", hint);
}

const Provider& provider_of(const Model& model) {
  const auto found = std::ranges::find(all_providers, model.provider, &Provider::name);
  assert(found != all_providers.end());
  return *found;
}

// In a header, not in the URL: URLs end in logs.
void add_key(HttpRequest& request, const Model& model) {
  if (model.key.empty()) return;
  const std::string_view name = provider_of(model).key_header;
  add_header(request, name,
             name == "Authorization" ? "Bearer " + model.key : model.key);
}

std::string normal_base_url(std::string_view url, std::string_view provider) {
  const std::size_t mark = std::min(url.find('?'), url.size());
  const std::string_view query = url.substr(mark);
  const std::size_t scheme = url.find("://");
  const std::size_t host = scheme == url.npos ? 0 : scheme + 3;
  const std::size_t slash = std::min(url.find('/', host), mark);
  std::string_view path = url.substr(slash, mark - slash);

  cut_slashes(path);
  const auto row = std::ranges::find(all_providers, provider, &Provider::name);
  const bool has_own_endpoints =
      row != all_providers.end() && row->dialect->without_endpoint != nullptr;
  if (has_own_endpoints) path = row->dialect->without_endpoint(path);
  std::string_view stem = path;
  const bool is_endpoint = cut(stem, "/chat/completions") || cut(stem, "/completions");
  // Where we would put a /v1 between, the endpoint stays: it says that there is none.
  if (is_endpoint && path_needs_no_version(stem)) path = stem;
  cut(path, "/v1");
  return fmt::format("{}{}{}", url.substr(0, slash), path,
                     query == "?" ? std::string_view() : query);
}

std::string ollama_address(std::string_view text) {
  std::string_view host = trimmed(text, " \t\"'");
  std::string scheme = "http";
  std::string port = "11434";
  if (const std::size_t colon = host.find("://"); colon != host.npos) {
    scheme = host.substr(0, colon);
    port = scheme == "https" ? "443" : "80";
    host.remove_prefix(colon + 3);
  }
  const std::size_t slash = std::min(host.find('/'), host.size());
  const std::string_view path = host.substr(slash);
  host = host.substr(0, slash);
  const std::size_t colon = host.rfind(':');
  const bool is_bare_six = host.find(':') != colon && !host.starts_with('[');
  if (colon != host.npos && !is_bare_six && host.substr(colon).find(']') == host.npos) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
  }
  std::string name(host);
  if (is_bare_six) name = "[" + name + "]";
  if (host.empty() || is_loopback(host)) name = "localhost";
  const std::string standard = scheme == "https" ? "443" : "80";
  return fmt::format("{}://{}{}{}", scheme, name, port == standard ? "" : ":" + port,
                     path);
}

Secrets secrets_of(const Model& model) {
  Secrets secrets = model.secrets;
  secrets.add(model.key);
  for (const auto& [name, value] : model.headers) secrets.add_named(name, value);
  for (const std::string& parameter : split(model.secret_query, '&')) {
    secrets.add(
        parameter.substr(std::min(parameter.find('='), parameter.size() - 1) + 1));
  }
  return secrets;
}

}  // namespace proctor

#include <algorithm>
#include <array>

#include "proctor/backend/dialects.h"
#include "proctor/backend/json.h"

namespace proctor {
namespace {

constexpr Dialect openai_dialect = {encode_openai, decode_openai};
constexpr Dialect ollama_dialect = {encode_ollama, decode_ollama};
constexpr Dialect gemini_dialect = {encode_gemini, decode_gemini};
constexpr Dialect anthropic_dialect = {encode_anthropic, decode_anthropic};

constexpr std::array<std::string_view, 1> deepseek_keys = {"DEEPSEEK_API_KEY"};
constexpr std::array<std::string_view, 2> gemini_keys = {"GEMINI_API_KEY",
                                                         "GOOGLE_API_KEY"};
constexpr std::array<std::string_view, 1> openai_keys = {"OPENAI_API_KEY"};
constexpr std::array<std::string_view, 1> anthropic_keys = {"ANTHROPIC_API_KEY"};
constexpr std::array<std::string_view, 1> compatible_keys = {
    "OPENAI_COMPATIBLE_API_KEY"};
constexpr std::array<std::string_view, 1> llama_keys = {"LLAMA_API_KEY"};

constexpr std::array all_providers = {
    Provider{.name = "ollama",
             .default_model = "mistral:7b",
             .base_url = "http://localhost:11434",
             .key_variables = {},
             .key_is_needed = false,
             .concurrency = 4,
             .dialect = &ollama_dialect,
             .hint = "is ollama running? (ollama serve)",
             .tells = Tells::tags},
    Provider{
        .name = "llama",
        .default_model = "",
        .base_url = "http://localhost:8080",
        .key_variables = llama_keys,
        .key_is_needed = false,
        .concurrency = 4,
        .dialect = &openai_dialect,
        .hint = "is llama-server running? (llama-server -m MODEL.gguf --port 8080)",
        .tells = Tells::props},
    Provider{.name = "deepseek",
             .default_model = "deepseek-chat",
             .base_url = "https://api.deepseek.com",
             .key_variables = deepseek_keys,
             .key_is_needed = true,
             .concurrency = 32,
             .dialect = &openai_dialect,
             .hint = "is the network there?",
             .tells = Tells::models},
    Provider{.name = "gemini",
             .default_model = "gemini-1.5-flash",
             .base_url = "https://generativelanguage.googleapis.com",
             .key_variables = gemini_keys,
             .key_is_needed = true,
             .concurrency = 32,
             .dialect = &gemini_dialect,
             .hint = "is the network there?"},
    Provider{.name = "openai",
             .default_model = "",
             .base_url = "https://api.openai.com",
             .key_variables = openai_keys,
             .key_is_needed = true,
             .concurrency = 32,
             .dialect = &openai_dialect,
             .hint = "is the network there?",
             .tells = Tells::models},
    Provider{.name = "anthropic",
             .default_model = "",
             .base_url = "https://api.anthropic.com",
             .key_variables = anthropic_keys,
             .key_is_needed = true,
             .concurrency = 32,
             .dialect = &anthropic_dialect,
             .hint = "is the network there?"},
    Provider{.name = "openai-compatible",
             .default_model = "",
             .base_url = "",
             .key_variables = compatible_keys,
             .key_is_needed = false,
             .concurrency = 32,
             .dialect = &openai_dialect,
             .hint = "is the server running?",
             .tells = Tells::models},
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

std::string normal_base_url(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  if (url.ends_with("/v1")) url.remove_suffix(3);
  while (url.ends_with('/')) url.remove_suffix(1);
  return std::string(url);
}

}  // namespace proctor

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

constexpr std::array all_providers = {
    Provider{.name = "ollama",
             .default_model = "mistral:7b",
             .base_url = "http://localhost:11434",
             .address_variables = {"OLLAMA_HOST"},
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
        .base_url = "http://localhost:8080",
        .key_variables = {"LLAMA_API_KEY"},
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
             .key_variables = {"DEEPSEEK_API_KEY"},
             .dialect = &openai_dialect,
             // Its own address needs no /v1, and the seed's script sends none.
             .path_is_versioned = false,
             .reasoning = ReasoningForm::thinking_type,
             .reasoning_words = "on off",
             .listed_after_text = 0},
    Provider{.name = "gemini",
             .default_model = "gemini-3.5-flash",
             .base_url = "https://generativelanguage.googleapis.com",
             .key_variables = {"GEMINI_API_KEY", "GOOGLE_API_KEY"},
             .address_variables = {"GOOGLE_GEMINI_BASE_URL"},
             .dialect = &gemini_dialect,
             .tells = Tells::nothing,
             .key_header = "x-goog-api-key",
             .reasoning = ReasoningForm::thinking_config,
             .listed_in_chat = 0,
             .listed_after_text = 0},
    Provider{.name = "openai",
             .base_url = "https://api.openai.com",
             .key_variables = {"OPENAI_API_KEY"},
             .address_variables = {"OPENAI_BASE_URL", "OPENAI_API_BASE"},
             .dialect = &openai_dialect,
             .token_limit = TokenLimit::by_model,
             .reasoning = ReasoningForm::effort,
             .listed_after_text = 5},
    Provider{.name = "anthropic",
             .base_url = "https://api.anthropic.com",
             .key_variables = {"ANTHROPIC_API_KEY"},
             .address_variables = {"ANTHROPIC_BASE_URL"},
             .dialect = &anthropic_dialect,
             .tells = Tells::nothing,
             .key_header = "x-api-key",
             .seed_name = "",
             .reasoning = ReasoningForm::thinking_budget,
             .listed_in_chat = 0,
             .listed_after_text = 0},
    // ---- Clouds that speak OpenAI's form. Key, address and what differs are after
    // their own documents, but for what is marked: that was found elsewhere, or was not
    // confirmed. Where nothing was found of lists of tokens, none are asked for. ----
    // Not confirmed: its list of 20.
    Provider{.name = "openrouter",
             .base_url = "https://openrouter.ai/api",
             .key_variables = {"OPENROUTER_API_KEY"},
             .dialect = &openai_dialect,
             .reasoning = ReasoningForm::effort,
             .listed_after_text = 0},
    Provider{.name = "groq",
             .base_url = "https://api.groq.com/openai",
             .key_variables = {"GROQ_API_KEY"},
             .dialect = &openai_dialect,
             .token_limit = TokenLimit::max_completion_tokens,
             .reasoning = ReasoningForm::effort,
             // "on" is another word for every model of it.
             .reasoning_words = "off low medium high",
             .listed_in_chat = 0,
             .listed_after_text = 0},
    Provider{.name = "together",
             .base_url = "https://api.together.ai",
             .key_variables = {"TOGETHER_API_KEY"},
             .address_variables = {"TOGETHER_BASE_URL"},
             .dialect = &openai_dialect,
             .reasoning = ReasoningForm::reasoning_switch,
             .reasoning_words = "on off low medium high",
             // It lists them in a form of its own.
             .listed_in_chat = 0,
             .listed_after_text = 0},
    Provider{.name = "fireworks",
             .base_url = "https://api.fireworks.ai/inference",
             .key_variables = {"FIREWORKS_API_KEY"},
             .dialect = &openai_dialect,
             .reasoning = ReasoningForm::effort,
             .reasoning_words = "on off low medium high",
             // Not confirmed: that it lists five.
             .listed_in_chat = 5,
             .listed_after_text = 5},
    Provider{.name = "mistral",
             .base_url = "https://api.mistral.ai",
             .key_variables = {"MISTRAL_API_KEY"},
             .dialect = &openai_dialect,
             .seed_name = "random_seed",
             .reasoning = ReasoningForm::effort,
             .reasoning_words = "on off low medium high",
             .effort_of_on = "high",  // the one that all its models that think know
             .listed_in_chat = 0,
             .listed_after_text = 0},
    // Not confirmed: how it is told to think, and whether it takes a seed.
    Provider{.name = "cohere",
             .base_url = "https://api.cohere.ai/compatibility",
             .key_variables = {"CO_API_KEY", "COHERE_API_KEY"},
             .dialect = &openai_dialect,
             .listed_in_chat = 0,
             .listed_after_text = 0},
    // Not confirmed by its own pages: its efforts and its list.
    Provider{.name = "xai",
             .base_url = "https://api.x.ai",
             .key_variables = {"XAI_API_KEY"},
             .dialect = &openai_dialect,
             .reasoning = ReasoningForm::effort,
             .reasoning_words = "on off low medium high",
             .listed_in_chat = 8,
             .listed_after_text = 0},
    Provider{.name = "qwen",
             .base_url = "https://dashscope-intl.aliyuncs.com/compatible-mode",
             .key_variables = {"DASHSCOPE_API_KEY"},
             .dialect = &openai_dialect,
             .reasoning = ReasoningForm::enable_thinking,
             .reasoning_words = "on off",
             .listed_in_chat = 5,  // not confirmed
             .listed_after_text = 0},
    // Not confirmed by its own pages: limit and switch.
    Provider{.name = "moonshot",
             .base_url = "https://api.moonshot.ai",
             .key_variables = {"MOONSHOT_API_KEY"},
             .dialect = &openai_dialect,
             .token_limit = TokenLimit::max_completion_tokens,
             .reasoning = ReasoningForm::thinking_type,
             .reasoning_words = "on off",
             .listed_in_chat = 0,
             .listed_after_text = 0},
    // Its models are each told to think in words of their own.
    Provider{.name = "nvidia",
             .base_url = "https://integrate.api.nvidia.com",
             .key_variables = {"NVIDIA_API_KEY"},
             .dialect = &openai_dialect,
             .listed_in_chat = 0,
             .listed_after_text = 0},
    Provider{.name = "huggingface",
             .base_url = "https://router.huggingface.co",
             .key_variables = {"HF_TOKEN"},
             .dialect = &openai_dialect,
             .reasoning = ReasoningForm::effort,
             .listed_in_chat = 5,  // not confirmed
             .listed_after_text = 0},
    // Not confirmed by its own pages: address, efforts and what it does not take.
    Provider{.name = "perplexity",
             .base_url = "https://api.perplexity.ai",
             .key_variables = {"PERPLEXITY_API_KEY"},
             .dialect = &openai_dialect,
             .path_is_versioned = false,
             .seed_name = "",
             .reasoning = ReasoningForm::effort,
             .reasoning_words = "on minimal low medium high",
             .listed_in_chat = 0,
             .listed_after_text = 0},
    // Not confirmed by its own pages: its efforts and its list.
    Provider{.name = "cerebras",
             .base_url = "https://api.cerebras.ai",
             .key_variables = {"CEREBRAS_API_KEY"},
             .address_variables = {"CEREBRAS_BASE_URL"},
             .dialect = &openai_dialect,
             .token_limit = TokenLimit::max_completion_tokens,
             .reasoning = ReasoningForm::effort,
             .reasoning_words = "on low medium high",
             .listed_after_text = 0},
    // Not confirmed: how it is told to think.
    Provider{.name = "sambanova",
             .base_url = "https://api.sambanova.ai",
             .key_variables = {"SAMBANOVA_API_KEY"},
             .dialect = &openai_dialect,
             .listed_in_chat = 0,
             .listed_after_text = 0},
    // The model is the deployment. An address without a path is its v1 API; one that
    // names a deployment and an api-version is asked as it stands.
    Provider{.name = "azure",
             .key_variables = {"AZURE_OPENAI_API_KEY"},
             .address_variables = {"AZURE_OPENAI_ENDPOINT"},
             .dialect = &openai_dialect,
             .tells = Tells::nothing,
             .key_header = "api-key",
             .root = "/openai",
             .token_limit = TokenLimit::by_model,
             .reasoning = ReasoningForm::effort,
             .listed_after_text = 5,
             .models_of = "openai"},
    // By region, so it has no address of its own. Not confirmed: how it is told to
    // think.
    Provider{.name = "bedrock",
             .key_variables = {"AWS_BEARER_TOKEN_BEDROCK"},
             .address_variables = {"AWS_BEDROCK_BASE_URL"},
             .dialect = &openai_dialect,
             .tells = Tells::nothing,
             .listed_in_chat = 0,
             .listed_after_text = 0},

    // ---- Servers on this machine ----
    Provider{.name = "vllm",
             .base_url = "http://localhost:8000",
             .key_variables = {"VLLM_API_KEY"},
             .key_is_needed = false,
             .dialect = &openai_dialect,
             .hint = "is vLLM running? (vllm serve MODEL)",
             .tells = Tells::models,
             .reasoning = ReasoningForm::template_switch},
    Provider{.name = "sglang",
             .base_url = "http://localhost:30000",
             .key_is_needed = false,
             .dialect = &openai_dialect,
             .hint = "is SGLang running? (sglang serve --model-path MODEL)",
             .tells = Tells::models,
             .reasoning = ReasoningForm::template_switch},
    Provider{.name = "lmstudio",
             .base_url = "http://localhost:1234",
             .key_variables = {"LM_API_TOKEN"},
             .key_is_needed = false,
             .concurrency = 4,
             .dialect = &openai_dialect,
             .hint = "is LM Studio's server running? (lms server start)",
             .tells = Tells::models,
             .listed_in_chat = 0,
             .listed_after_text = 0,
             .names_may_be_files = true},
    Provider{.name = "litellm",
             .base_url = "http://localhost:4000",
             .key_variables = {"LITELLM_PROXY_API_KEY", "LITELLM_API_KEY"},
             .address_variables = {"LITELLM_PROXY_API_BASE"},
             .key_is_needed = false,
             .dialect = &openai_dialect,
             .hint = "is the proxy running? (litellm --config FILE)",
             .tells = Tells::models,
             .reasoning = ReasoningForm::effort},
    Provider{.name = "openai-compatible",
             .key_variables = {"OPENAI_COMPATIBLE_API_KEY"},
             .key_is_needed = false,
             .dialect = &openai_dialect,
             .hint = "is the server running?",
             .tells = Tells::models,
             .reasoning = ReasoningForm::template_switch},
};

}  // namespace

std::span<const Provider> providers() {
  return all_providers;
}

std::vector<std::string> provider_names() {
  std::vector<std::string> names = {"baseline"};
  for (const Provider& provider : all_providers) names.emplace_back(provider.name);
  return names;
}

Result<const Provider*> find_provider(std::string_view name) {
  const auto found = std::ranges::find(all_providers, name, &Provider::name);
  if (found != all_providers.end()) return &*found;
  std::vector<std::string> names = provider_names();
  std::string hint = suggestion(name, names);
  if (name.find(':') != name.npos) {
    hint = fmt::format("; a model of ollama's is written ollama/{}", name);
  }
  if (hint.empty()) {
    const std::size_t shown = 6;
    const std::size_t more = names.size() - shown;
    names.resize(shown);
    hint = fmt::format("; there are {} and {} more: proctor list models",
                       join(names, ", "), more);
  }
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
  const bool is_known = row != all_providers.end();
  if (is_known && row->dialect->without_endpoint != nullptr)
    path = row->dialect->without_endpoint(path);
  std::string_view stem = path;
  const bool is_endpoint = cut(stem, "/chat/completions") || cut(stem, "/completions");
  // Where we would put a /v1 between, the endpoint stays: it says that there is none.
  if (is_endpoint && path_needs_no_version(stem)) path = stem;
  cut(path, "/v1");
  if (is_known && path.empty() && !url.empty()) path = row->root;
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

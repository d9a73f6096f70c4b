#include "proctor/exam/choose_model.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "proctor/engine/engine.h"
#include "proctor/exam/json_text.h"
#include "proctor/exam/own_server.h"
#include "proctor/exam/secrets.h"
#include "proctor/hub/hub.h"

namespace proctor {
namespace {

constexpr std::size_t most_named = 5;  // files of a folder

Result<std::string> key_for(const Provider& provider, const ModelSpec& spec,
                            const Environment& environment, bool is_asked) {
  const auto variables = key_variables_of(provider, spec);
  for (const std::string& variable : variables) {
    const auto key = environment.get(variable);
    if (!key) continue;
    for (const char c : *key) {
      if (c <= ' ' || c > '~') {
        return fail(Fault::usage, "{}: holds a blank or a character that no key has",
                    variable);
      }
    }
    return *key;
  }
  const bool is_needed = provider.key_is_needed || spec.key_variable.has_value();
  if (is_asked && is_needed) {
    return fail(Fault::usage, "no key: set {0}, or put {0}=… into .env",
                join(variables, " or "));
  }
  return std::string();
}

Result<std::pair<std::string, std::string>> header_of(const std::string& text) {
  const std::size_t colon = text.find(':');
  const bool fits = colon != std::string::npos && colon > 0 &&
                    text.find_first_of("\r\n") == std::string::npos;
  if (!fits) {
    // It may be a key without its name.
    return fail(
        Fault::usage, "`headers`: found {}, expected 'Name: value'",
        colon == std::string::npos ? "no colon in it" : "a line end or no name");
  }
  return std::pair(std::string(python_strip(text.substr(0, colon))),
                   std::string(python_strip(text.substr(colon + 1))));
}

Result<std::string> extra_body(const ModelSpec& spec) {
  if (!spec.extra_body) return std::string();
  const auto json = parse_json(*spec.extra_body);
  if (!json.is_object()) {
    return fail(
        Fault::usage, "`extra_body`: found {}, expected a JSON object",
        json.is_discarded() ? "what is no JSON, or too deep" : json.type_name());
  }
  return json.dump();
}

// Where a server is asked, and what says so: a field or a variable.
struct Address {
  std::string url, place;
};

// The spec's, else what the provider's own tools read, else the provider's own.
Result<Address> address_of(const Provider& provider, const ModelSpec& spec,
                           const Environment& environment, const std::string& serve) {
  if (spec.base_url) return Address{*spec.base_url, "`base_url`"};
  if (!serve.empty()) return Address{};  // one of its own
  for (const std::string_view variable : provider.address_variables) {
    const auto url = environment.get(std::string(variable));
    if (!url) continue;
    const bool is_read = provider.read_address != nullptr;
    return Address{is_read ? provider.read_address(*url) : *url, std::string(variable)};
  }
  return Address{std::string(provider.base_url), ""};
}

// The address itself goes into the run's name and onto the screen; what is secret in it
// travels beside it: a user and a password as a header, a parameter in a query apart.
Status take_address(const Provider& provider, const Address& address, Model& model) {
  if (address.url.find('#') != std::string::npos) {
    return fail(Fault::usage,
                "found a # in the address; what stands behind it is never sent to a "
                "server: leave it out (a # of a password is written %23)");
  }
  const UrlAndUser parts = TRY(without_user(address.url));
  if (!parts.user.empty() || !parts.password.empty()) {
    const bool has_own = std::ranges::any_of(model.headers, [](const auto& header) {
      return ascii_lower(header.first) == "authorization";
    });
    if (!has_own) {
      model.headers.emplace_back(
          "Authorization", "Basic " + base64_of(parts.user + ":" + parts.password));
    }
  }
  model.base_url = normal_base_url(address_to_keep(parts.url), provider.name);
  const std::size_t mark = parts.url.find('?');
  if (mark == std::string::npos) return {};
  std::vector<std::string> secret;
  for (std::string& parameter : split(parts.url.substr(mark + 1), '&')) {
    if (is_secret_parameter(parameter.substr(0, parameter.find('='))))
      secret.push_back(std::move(parameter));
  }
  model.secret_query = join(secret, "&");
  return {};
}

// The same model at the spec's other addresses. `bare` has no address yet, nor what
// belongs to one.
Status take_more_addresses(const Model& bare, ModelChoice& choice) {
  for (const std::string& url : choice.spec.also_at) {
    Model other = choice.model;
    other.base_url = bare.base_url;
    other.secret_query = bare.secret_query;
    other.headers = bare.headers;
    TRY(take_address(*choice.provider, {url, ""}, other).in("`base_url`"));
    const auto is_there = [&](const Model& model) {
      return model.base_url == other.base_url;
    };
    if (is_there(choice.model) || std::ranges::any_of(choice.also_at, is_there)) {
      return fail(Fault::usage, "`base_url`: {} is named twice",
                  for_terminal_line(other.base_url));
    }
    choice.also_at.push_back(std::move(other));
  }
  return {};
}

// The server's part of a choice: address, key, and what is added to requests.
Status choose_server(const std::string& place, const Environment& environment,
                     bool is_asked, ModelChoice& choice) {
  const Provider& provider = *choice.provider;
  const ModelSpec& spec = choice.spec;
  Address address = TRY(address_of(provider, spec, environment, choice.serve));
  if (address.url.empty() && choice.serve.empty()) {
    const std::vector<std::string> variables(provider.address_variables.begin(),
                                             provider.address_variables.end());
    return fail(Fault::usage, "{}: `base_url` is missing: the server's address{}",
                place, variables.empty() ? "" : ", or set " + join(variables, " or "));
  }
  for (const std::string& header : spec.headers) {
    choice.model.headers.push_back(TRY(header_of(header)));
  }
  const Model bare = choice.model;
  if (!address.url.empty())
    TRY(take_address(provider, address, choice.model).in(address.place));
  choice.asked_at = std::move(address.place);
  choice.model.key = TRY(key_for(provider, spec, environment, is_asked).in(place));
  choice.model.secrets = secrets_given(spec, environment);
  if (provider.takes_context) choice.model.context = spec.context;
  choice.model.extra_body = TRY(extra_body(spec));
  return take_more_addresses(bare, choice);
}

std::vector<std::string> model_files_in(const std::filesystem::path& folder,
                                        std::error_code& problem) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  for (fs::directory_iterator each(folder, problem), end; !problem && each != end;
       each.increment(problem)) {
    if (each->path().extension() == ".gguf")
      files.push_back(each->path().filename().string());
  }
  std::ranges::sort(files);
  return files;
}

// What may well be there.
tl::unexpected<Error> cannot_look(const std::filesystem::path& path,
                                  const std::error_code& problem) {
  return fail(Fault::io, "{}: {}", path.string(), ascii_lower(problem.message()));
}

// Before anything is fetched for it.
Status check_is_here(const std::filesystem::path& file) {
  namespace fs = std::filesystem;
  if (is_hub_model(file.string())) return {};
  std::error_code problem;
  const fs::file_status status = fs::status(file, problem);
  if (fs::exists(status)) return {};
  if (status.type() != fs::file_type::not_found) return cannot_look(file, problem);
  const fs::path folder = file.has_parent_path() ? file.parent_path() : ".";
  std::error_code unread;  // then there is nothing to suggest
  return fail(Fault::usage, "{}: no such file{}", file.string(),
              suggestion(file.filename().string(), model_files_in(folder, unread)));
}

// In this process, or by a llama-server that is started for it.
Result<ModelChoice> choose_file(ModelChoice choice, const Environment& environment,
                                bool is_asked) {
  const std::string& path = choice.spec.name;
  choice.file = path;
  if (is_asked) TRY(check_is_here(choice.file));
  choice.model.provider = "gguf";
  choice.model.name = choice.file.filename().string();
  if (choice.serve.empty()) return choice;
  choice.model.provider = "llama";
  choice.provider = TRY(find_provider("llama"));
  TRY(choose_server(path, environment, is_asked, choice));
  return choice;
}

// What lies on the disk by that name is meant: why it is no model.
Status check_path(const std::string& named) {
  namespace fs = std::filesystem;
  std::error_code problem;
  const fs::path path(named);
  if (fs::is_directory(path, problem)) {
    std::vector<std::string> files = model_files_in(path, problem);
    if (problem) return cannot_look(path, problem);
    const bool are_more = files.size() > most_named;
    files.resize(std::min(files.size(), most_named));
    return fail(Fault::usage, "{}: a folder; expected a .gguf file in it ({}{})", named,
                files.empty() ? "it has none" : "it has " + join(files, ", "),
                are_more ? ", …" : "");
  }
  if (!fs::is_regular_file(path, problem)) return {};
  TRY(read_model_file(path));
  return fail(Fault::usage,
              "{}: a GGUF file whose name does not end in .gguf; give it one that does",
              named);
}

}  // namespace

std::string ModelChoice::title() const {
  return model.name.empty() ? model.provider : model.provider + "/" + model.name;
}

std::string where_asked(const ModelChoice& choice) {
  const bool is_usual = choice.provider == nullptr || choice.asked_at.empty() ||
                        choice.asked_at.starts_with('`') ||
                        choice.model.base_url == choice.provider->base_url;
  if (is_usual) return {};
  return fmt::format("{} is asked at {} ({})", for_terminal_line(choice.title()),
                     for_terminal_line(url_to_show(choice.model.base_url)),
                     choice.asked_at);
}

std::string addresses_in_name(const ModelChoice& choice) {
  std::vector<std::string> addresses = {choice.model.base_url};
  for (const Model& other : choice.also_at) addresses.push_back(other.base_url);
  std::ranges::sort(addresses);
  return join(addresses, " ");
}

std::vector<std::string> key_variables_of(const Provider& provider,
                                          const ModelSpec& spec) {
  if (spec.key_variable) return {*spec.key_variable};
  return {provider.key_variables.begin(), provider.key_variables.end()};
}

bool has_key(const Provider& provider, const ModelSpec& spec,
             const Environment& environment) {
  return std::ranges::any_of(key_variables_of(provider, spec),
                             [&](const std::string& variable) {
                               return environment.get(variable).has_value();
                             });
}

Result<ModelSpec> with_file_here(ModelSpec spec, const ExamWorld& world) {
  if (!is_hub_model(spec.name)) return spec;
  HttpClient http(http_options(world.environment, 1));
  HubWorld outside{world.environment, http, world.talk, world.downloads};
  spec.name = TRY(hub_model(spec.name, spec.cache_dir, outside)).path.string();
  return spec;
}

std::string advice_on(const Error& error, const ModelChoice& choice) {
  if (choice.provider == nullptr || !error.message.starts_with("HTTP 401")) return "";
  const std::string variables =
      join(key_variables_of(*choice.provider, choice.spec), " or ");
  return variables.empty() ? "; `key_variable` names the variable that holds the key"
                           : fmt::format("; is {} set and right?", variables);
}

namespace {

// How a model is written here whose name is known from elsewhere; empty: it is not.
std::string spelling_of(std::string_view name) {
  for (const std::string_view page :
       {"https://huggingface.co/", "http://huggingface.co/", "huggingface.co/",
        "https://hf.co/", "hf.co/"}) {
    if (!name.starts_with(page)) continue;
    // A page of a repository's may go on: /tree/main, /blob/main/FILE.
    const std::vector<std::string> parts = split(name.substr(page.size()), '/');
    if (parts.size() < 2) return {};
    return fmt::format("hf:{}/{}", parts[0], parts[1]);
  }
  const bool is_path =
      name.starts_with('.') || name.starts_with('/') || name.starts_with('~');
  if (!is_path && name.find('/') != std::string_view::npos) {
    return fmt::format(
        "hf:{} for a GGUF file of the hub, or the provider before it, as "
        "openrouter/{} or vllm/{}",
        name, name, name);
  }
  if (name.find(':') != std::string_view::npos) return {};  // as ollama lists them
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> makers = {
      {{"gpt-", "openai"},
       {"chatgpt-", "openai"},
       {"o1", "openai"},
       {"o3", "openai"},
       {"o4", "openai"},
       {"claude-", "anthropic"},
       {"gemini-", "gemini"},
       {"deepseek-chat", "deepseek"},
       {"deepseek-reasoner", "deepseek"}}};
  for (const auto& [start, maker] : makers)
    if (name.starts_with(start)) return fmt::format("{}/{}", maker, name);
  return {};
}

// A word that is nearly a provider's is that; else how its like is written.
Result<const Provider*> provider_called(const std::string& word,
                                        const std::string& name) {
  auto found = find_provider(word);
  // Qwen/Qwen2.5-7B is an owner of the hub's, ollma/mistral a slip of the finger.
  const bool is_slip =
      word == ascii_lower(word) && did_you_mean(word, provider_names()).has_value();
  if (found || is_slip) return found;
  const std::string spelling = spelling_of(name);
  if (spelling.empty()) return found;
  return fail(Fault::usage, "no such provider; write {}", spelling);
}

}  // namespace

Result<ModelChoice> choose_model(const ModelSpec& spec, const Environment& environment,
                                 bool is_asked) {
  const std::string& place = spec.called.empty() ? spec.name : spec.called;
  TRY(check_numbers(spec));
  std::string serve = TRY(server_command(spec, environment));
  ModelChoice choice{.spec = spec, .serve = std::move(serve)};
  const std::string& named = spec.name;
  const std::size_t slash = named.find('/');
  const std::string provider_name = named.substr(0, slash);
  const auto known = find_provider(provider_name);
  const bool is_file =
      named.ends_with(".gguf") && !(known && (*known)->names_may_be_files);
  if (is_file || is_hub_model(named))
    return choose_file(std::move(choice), environment, is_asked);
  choice.model.provider = provider_name;
  choice.model.name = slash == std::string::npos ? "" : named.substr(slash + 1);
  if (provider_name == "baseline") {
    TRY(make_baseline(choice.model.name, 0, 0));
    return choice;
  }
  if (!known) TRY(check_path(named));
  const Provider& provider = *TRY(provider_called(provider_name, named).in(place));
  choice.provider = &provider;
  if (choice.model.name.empty()) choice.model.name = provider.default_model;
  if (choice.model.name.empty() && !provider.may_be_nameless) {
    return fail(Fault::usage, "{}: expected a model's name: {}/NAME", place,
                provider.name);
  }
  TRY(choose_server(place, environment, is_asked, choice));
  return choice;
}

HttpOptions http_options(const Environment& environment, std::size_t connections) {
  return {.connections = connections,
          .user_agent = "proctor/" PROCTOR_VERSION,
          .ca_file = environment.get("SSL_CERT_FILE").value_or("")};
}

}  // namespace proctor

#include "proctor/exam/secrets.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "proctor/backend/backend.h"
#include "proctor/exam/json_text.h"
#include "proctor/hub/hub.h"

namespace proctor {
namespace {

using Json = nlohmann::json;

// Where a value stands in a command.
struct Span {
  std::size_t from = 0, size = 0;
};

bool is_quote(char c) {
  return c == '"' || c == '\'';
}

// One word of a shell's, with its quotes: up to a blank outside of them.
Span next_word(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n'))
    ++at;
  const std::size_t from = at;
  char open = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (open != 0) {
      if (c == open) open = 0;
    } else if (is_quote(c)) {
      open = c;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == ';' || c == '|') {
      break;
    }
  }
  if (at == from && at < text.size()) ++at;  // a ; alone
  return {from, at - from};
}

Span without_quotes(std::string_view text, Span span) {
  while (span.size > 0 && is_quote(text[span.from])) {
    ++span.from;
    --span.size;
  }
  while (span.size > 0 && is_quote(text[span.from + span.size - 1])) --span.size;
  return span;
}

std::string_view at(std::string_view text, Span span) {
  return text.substr(span.from, span.size);
}

// Values of --api-key K, --api-key=K, OPENAI_API_KEY=K, also within a quoted script. A
// $VARIABLE holds a secret and is none.
std::vector<Span> secrets_in(std::string_view command) {
  std::vector<Span> found;
  const auto take = [&](Span value) {
    value = without_quotes(command, value);
    if (value.size > 0 && command[value.from] != '$') found.push_back(value);
  };
  bool is_next = false;
  for (Span word = next_word(command, 0); word.size > 0;
       word = next_word(command, word.from + word.size)) {
    const Span bare = without_quotes(command, word);
    const std::string_view text = at(command, bare);
    const bool is_flag = text.starts_with('-');
    if (is_next && !is_flag) take(word);
    is_next = false;
    if (text.find_first_of(" \t\n") != text.npos) {
      for (Span inner : secrets_in(text))
        found.push_back({bare.from + inner.from, inner.size});
      continue;
    }
    const std::size_t equals = text.find('=');
    const std::string_view name = trimmed(text.substr(0, equals), "-\"'");
    // --key mostly names a file: of a certificate, of answers.
    if (!names_a_secret(name) || text.starts_with("--key")) continue;
    if (equals != text.npos) {
      take({bare.from + equals + 1, bare.size - equals - 1});
    } else {
      is_next = is_flag;
    }
  }
  return found;
}

void for_secrets_of(Json& json, const std::function<void(std::string&)>& see) {
  for (auto& [name, value] : json.items()) {
    if (value.is_structured()) {
      for_secrets_of(value, see);
    } else if (value.is_string() && json.is_object() && names_a_secret(name)) {
      see(value.get_ref<std::string&>());
    }
  }
}

void add_address(const std::string& url, Secrets& secrets) {
  const auto parts = without_user(url);
  if (!parts) {
    // Not one that is asked; an error may repeat it all the same.
    const std::size_t at = url.rfind('@');
    const std::size_t colon =
        url.find(':', std::min(url.find("://"), url.size() - 1) + 1);
    if (at != url.npos && colon < at)
      secrets.add(url.substr(colon + 1, at - colon - 1));
    return;
  }
  // A user alone is a token.
  const std::string& secret = parts->password.empty() ? parts->user : parts->password;
  secrets.add(secret);
  secrets.add(url_encoded(secret));
  if (!secret.empty()) secrets.add(base64_of(parts->user + ":" + parts->password));
  const std::size_t mark = std::min(url.find('?'), url.size());
  for (const std::string& parameter : split(url.substr(mark), '&')) {
    const std::size_t equals = parameter.find('=');
    if (equals == parameter.npos) continue;
    const std::string name(trimmed(parameter.substr(0, equals), "?"));
    if (is_secret_parameter(name)) secrets.add(parameter.substr(equals + 1));
  }
}

void add_environment(const ModelSpec& spec, const Environment& environment,
                     Secrets& secrets) {
  const auto add = [&](const std::string& name) {
    secrets.add(environment.get(name).value_or(""));
  };
  for (const Provider& provider : providers()) {
    for (const std::string_view name : provider.key_variables) add(std::string(name));
    for (const std::string_view name : provider.address_variables) {
      if (const auto url = environment.get(std::string(name)))
        add_address(*url, secrets);
    }
  }
  if (spec.key_variable) add(*spec.key_variable);
  secrets.add(hub_token(environment));
  secrets.add(environment.get("PGPASSWORD").value_or(""));
  for (const char* name : {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                           "all_proxy", "ALL_PROXY"}) {
    if (const auto proxy = environment.get(name)) {
      const bool has_scheme = proxy->find("://") != proxy->npos;
      add_address(has_scheme ? *proxy : "http://" + *proxy, secrets);
    }
  }
}

}  // namespace

Secrets secrets_given(const ModelSpec& spec, const Environment& environment) {
  Secrets secrets;
  add_environment(spec, environment, secrets);
  for (const std::string& header : spec.headers) {
    const std::size_t colon = header.find(':');
    // Without a colon it is refused, and may be a key alone.
    if (colon == header.npos) secrets.add_named("key", header);
    if (colon != header.npos)
      secrets.add_named(header.substr(0, colon), trimmed(header.substr(colon + 1)));
  }
  if (spec.base_url) add_address(*spec.base_url, secrets);
  for (const std::string& url : spec.also_at) add_address(url, secrets);
  if (spec.extra_body) {
    Json json = parse_json(*spec.extra_body);
    for_secrets_of(json, [&](const std::string& secret) { secrets.add(secret); });
  }
  if (spec.serve) {
    for (const Span span : secrets_in(*spec.serve)) secrets.add(at(*spec.serve, span));
  }
  return secrets;
}

std::string command_to_keep(std::string_view command) {
  std::string kept(command);
  std::vector<Span> spans = secrets_in(command);
  std::ranges::sort(spans, std::ranges::greater{}, &Span::from);
  for (const Span span : spans) kept.replace(span.from, span.size, "***");
  return kept;
}

std::string body_to_keep(const std::string& text) {
  Json json = parse_json(text);
  if (json.is_discarded()) return text;
  for_secrets_of(json, [](std::string& secret) { secret = "***"; });
  return json.dump();
}

std::string address_to_keep(std::string_view url) {
  const auto bare = without_user(url);
  const std::string text = bare ? bare->url : std::string(url);
  const std::size_t mark = text.find('?');
  if (mark == text.npos) return text;
  std::vector<std::string> kept;
  for (std::string& parameter : split(text.substr(mark + 1), '&')) {
    if (!is_secret_parameter(parameter.substr(0, parameter.find('='))))
      kept.push_back(std::move(parameter));
  }
  return text.substr(0, mark) + (kept.empty() ? "" : "?" + join(kept, "&"));
}

}  // namespace proctor

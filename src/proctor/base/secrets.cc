#include <algorithm>
#include <array>

#include <openssl/evp.h>

#include "proctor/base/base.h"

namespace proctor {
namespace {

constexpr std::size_t least = 8;        // of a secret that is looked for
constexpr std::size_t least_word = 16;  // of one that is letters alone
constexpr std::size_t least_nameless = 20;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool looks_like_a_key(std::string_view value) {
  const bool is_one_word =
      std::ranges::all_of(value, [](char c) { return c > ' ' && c <= '~'; });
  return value.size() >= least_nameless && is_one_word &&
         std::ranges::any_of(value, is_letter) && std::ranges::any_of(value, is_digit);
}

}  // namespace

bool names_a_secret(std::string_view name) {
  // What stands at the end: "api_key" and "OPENAI_API_KEY", not "api_key_file".
  constexpr std::array<std::string_view, 13> ends = {
      "key",         "secret", "password",  "passwd",        "passphrase",
      "pwd",         "sig",    "signature", "authorization", "credential",
      "credentials", "cookie", "auth"};
  // A token is also what a text consists of: --eos-token, --image-token.
  constexpr std::array<std::string_view, 12> tokens = {
      "token",        "api_token",   "access_token",  "auth_token",
      "bearer_token", "hf_token",    "hub_token",     "refresh_token",
      "id_token",     "admin_token", "service_token", "session_token"};
  std::string bare;
  char before = 0;
  for (const char c : name) {
    // apiKey is api_key.
    if (c >= 'A' && c <= 'Z' && before >= 'a' && before <= 'z') bare += '_';
    bare += c == '-' ? '_' : c;
    before = c;
  }
  bare = ascii_lower(trimmed(bare, "_ "));
  const auto ends_with = [&bare](std::string_view end) {
    if (!bare.ends_with(end)) return false;
    const std::size_t rest = bare.size() - end.size();
    return rest == 0 || bare[rest - 1] == '_';
  };
  return std::ranges::any_of(ends, ends_with) || bare.ends_with("apikey") ||
         std::ranges::find(tokens, bare) != tokens.end() ||
         std::ranges::any_of(tokens, [&](std::string_view token) {
           return token != "token" && ends_with(token);
         });
}

void Secrets::add(std::string_view secret) {
  const bool is_word = std::ranges::all_of(secret, is_letter);
  if (secret.size() < (is_word ? least_word : least)) return;
  std::string escaped;
  for (const char c : secret) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  for (std::string spelling :
       {replace_all(escaped, "/", "\\/"), escaped, std::string(secret)}) {
    if (std::ranges::find(spellings_, spelling) == spellings_.end())
      spellings_.push_back(std::move(spelling));
  }
  // One that holds another must go first, or its rest would stay.
  std::ranges::stable_sort(spellings_, std::ranges::greater{}, &std::string::size);
}

void Secrets::add_named(std::string_view name, std::string_view value) {
  if (!names_a_secret(name)) {
    if (looks_like_a_key(value)) add(value);
    return;
  }
  add(value);
  std::string word;  // "Bearer abc", "session=abc; theme=dark"
  for (const char c : std::string(value) + " ") {
    const bool parts = c == ' ' || c == ';' || c == ',';
    if (!parts) {
      word += c;
      continue;
    }
    add(word);
    // Padding of base64 is no name's end.
    const std::size_t equals = word.find('=');
    if (equals < word.find_last_not_of('=')) add(word.substr(equals + 1));
    word.clear();
  }
}

void Secrets::add(const Secrets& others) {
  for (const std::string& spelling : others.spellings_) {
    if (std::ranges::find(spellings_, spelling) == spellings_.end())
      spellings_.push_back(spelling);
  }
  std::ranges::stable_sort(spellings_, std::ranges::greater{}, &std::string::size);
}

std::string Secrets::clean(std::string text) const {
  for (const std::string& spelling : spellings_) {
    // Most texts hold none: they are not copied.
    if (text.find(spelling) == std::string::npos) continue;
    text = replace_all(std::move(text), spelling, "***");
  }
  return text;
}

std::string base64_of(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length =
      ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()),
                        static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace proctor

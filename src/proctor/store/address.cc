#include "proctor/store/address.h"

#include <charconv>

#include "proctor/store/store.h"

namespace proctor {
namespace {

// An address in three: before a password behind a user's name, that password with its
// colon, and the rest, in which parameters may be.
struct Address {
  std::string_view head, password, tail;
};

Address parts_of(std::string_view url) {
  const std::size_t start = url.find("://") + 3;
  const std::string_view rest = url.substr(start);
  // The last one: a password that nobody encoded may hold others.
  const std::size_t at = rest.rfind('@'), colon = rest.find(':');
  if (at == rest.npos || colon > at) return {url, {}, {}};
  return {url.substr(0, start + colon), rest.substr(colon, at - colon),
          rest.substr(at)};
}

bool is_secret(std::string_view parameter) {
  const std::string_view name = parameter.substr(0, parameter.find('='));
  return names_a_secret(name) || name.ends_with("password");
}

// "host/db" and the parameters behind it.
std::pair<std::string_view, std::vector<std::string>> parameters_of(
    std::string_view text) {
  const std::size_t mark = text.find('?');
  if (mark == text.npos) return {text, {}};
  return {text.substr(0, mark), split(text.substr(mark + 1), '&')};
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char* const digits = text.data() + i + 1;
    const bool is_byte =
        text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    decoded += is_byte ? static_cast<char>(byte) : text[i];
    if (is_byte) i += 2;
  }
  return decoded;
}

}  // namespace

bool is_store_url(std::string_view where) {
  return where.starts_with("postgresql://") || where.starts_with("postgres://");
}

std::string shown_store(std::string_view where) {
  if (!is_store_url(where)) return std::string(where);
  const Address address = parts_of(where);
  const std::string bare = std::string(address.head) + std::string(address.tail);
  auto [text, parameters] = parameters_of(bare);
  std::erase_if(parameters, is_secret);
  return std::string(text) + (parameters.empty() ? "" : "?" + join(parameters, "&"));
}

std::vector<std::string> passwords_in(std::string_view url) {
  const Address address = parts_of(url);
  std::vector<std::string> written;
  if (address.password.size() > 1) written.emplace_back(address.password.substr(1));
  const auto rest = address.tail.empty() ? address.head : address.tail;
  for (const std::string& parameter : parameters_of(rest).second) {
    const std::size_t equals = parameter.find('=');
    if (equals + 1 < parameter.size() && is_secret(parameter))
      written.push_back(parameter.substr(equals + 1));
  }
  std::vector<std::string> passwords = written;
  for (const std::string& password : written) {
    if (std::string meant = percent_decoded(password); meant != password)
      passwords.push_back(std::move(meant));
  }
  return passwords;
}

Secrets store_secrets(std::string_view word) {
  Secrets secrets;
  const std::size_t start = word.find("postgres");
  if (start == word.npos || !is_store_url(word.substr(start))) return secrets;
  for (const std::string& password : passwords_in(word.substr(start)))
    secrets.add(password);
  return secrets;
}

}  // namespace proctor

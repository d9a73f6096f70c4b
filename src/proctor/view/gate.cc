#include "proctor/view/gate.h"

#include <algorithm>

#include <strings.h>

#include "proctor/base/base.h"

namespace proctor {
namespace {

// All values of a header, whatever the case of its name.
std::vector<std::string_view> header(const ViewRequest& request, const char* name) {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : request.headers) {
    if (::strcasecmp(key.c_str(), name) == 0) values.push_back(value);
  }
  return values;
}

bool are(const std::vector<std::string_view>& values,
         const std::vector<std::string>& allowed) {
  return std::ranges::all_of(values, [&](std::string_view value) {
    return std::ranges::find(allowed, value) != allowed.end();
  });
}

// In the same time for any two texts of one length: how long a refusal takes must not
// tell how much of a token was right.
bool is_same_secret(std::string_view one, std::string_view other) {
  if (one.size() != other.size()) return false;
  unsigned different = 0;
  for (std::size_t i = 0; i < one.size(); ++i)
    different |=
        static_cast<unsigned char>(one[i]) ^ static_cast<unsigned char>(other[i]);
  return different == 0;
}

bool has_token(const ViewRequest& request, const Gate& gate) {
  if (request.path == "/") return is_same_secret(request.word("token"), gate.token);
  const auto given = header(request, "X-Proctor-Token");
  return given.size() == 1 && is_same_secret(given.front(), gate.token);
}

}  // namespace

std::string_view ViewRequest::word(std::string_view name) const {
  const auto found =
      std::ranges::find(words, name, &std::pair<std::string, std::string>::first);
  return found == words.end() ? std::string_view() : found->second;
}

std::optional<Refusal> refusal(const ViewRequest& request, const Gate& gate) {
  const std::vector<std::string> hosts = {fmt::format("127.0.0.1:{}", gate.port),
                                          fmt::format("localhost:{}", gate.port)};
  // DNS rebinding: a page of another name lets that name mean 127.0.0.1, and is then of
  // one origin with us in the browser's eyes. But the name is in the Host header.
  const auto host = header(request, "Host");
  if (host.size() != 1 || !are(host, hosts))
    return Refusal{403, "403: asked under another name than 127.0.0.1"};
  std::vector<std::string> origins;
  for (const std::string& one : hosts) origins.push_back("http://" + one);
  // "none": a person has opened the address.
  if (!are(header(request, "Origin"), origins) ||
      !are(header(request, "Sec-Fetch-Site"), {"same-origin", "none"}))
    return Refusal{403, "403: asked by another page; open the address by hand"};
  if (!has_token(request, gate)) {
    return Refusal{403,
                   "403: the token is missing or of another start; open the whole "
                   "address that proctor view has printed"};
  }
  if (request.method != "GET")
    return Refusal{405, "405: this page is only read; ask by GET"};
  return std::nullopt;
}

}  // namespace proctor

#include <memory>

#include <arpa/inet.h>
#include <curl/curl.h>

#include "proctor/http/http.h"

namespace proctor {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

// libcurl's own parser, so that what is checked here is what is asked there.
Url parsed(const std::string& text) {
  Url url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    return nullptr;
  }
  return url;
}

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK || text == nullptr) return {};
  std::string copy = text;
  curl_free(text);
  return copy;
}

bool is_http(CURLU* url) {
  const std::string scheme = part(url, CURLUPART_SCHEME);
  return scheme == "http" || scheme == "https";
}

bool is_unreserved(char byte) {
  return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
         (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' ||
         byte == '~';
}

tl::unexpected<Error> no_url(std::string_view text) {
  return fail(Fault::usage, "{}: expected a URL that starts with http:// or https://",
              for_terminal_line(url_origin(text)));
}

}  // namespace

std::string url_encoded(std::string_view text) {
  std::string encoded;
  encoded.reserve(text.size());
  for (const char byte : text) {
    if (is_unreserved(byte)) {
      encoded += byte;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
  }
  return encoded;
}

Result<UrlParts> parse_url(std::string_view text) {
  const Url url = parsed(std::string(text));
  if (!url || !is_http(url.get())) return no_url(text);
  // libcurl has checked that it is a number up to 65535; "00" passes there.
  const int port = std::stoi(part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT));
  if (port == 0) return no_url(text);
  return UrlParts{.scheme = part(url.get(), CURLUPART_SCHEME),
                  .host = ascii_lower(part(url.get(), CURLUPART_HOST)),
                  .path = part(url.get(), CURLUPART_PATH),
                  .port = port};
}

Result<std::string> resolved_url(std::string_view base, std::string_view location) {
  const Url url = parsed(std::string(base));
  if (!url) return no_url(base);
  // A space is forgiven, as browsers do: servers send unescaped file names.
  const std::string target(location);
  if (curl_url_set(url.get(), CURLUPART_URL, target.c_str(), CURLU_URLENCODE) !=
          CURLUE_OK ||
      !is_http(url.get())) {
    return no_url(location);
  }
  return part(url.get(), CURLUPART_URL);
}

std::string url_origin(std::string_view text) {
  const Url url = parsed(std::string(text));
  if (!url || !is_http(url.get())) {
    const std::size_t colon = text.find("://");
    std::string scheme(colon == text.npos ? "" : text.substr(0, colon + 3));
    if (scheme.find('@') != scheme.npos) scheme.clear();
    if (colon != text.npos) text.remove_prefix(colon + 3);
    // A password may hold / ? or # unescaped: whatever stands before the last @ goes.
    if (const std::size_t at = text.rfind('@'); at != text.npos) {
      text.remove_prefix(at + 1);
    }
    return scheme + std::string(text.substr(0, text.find_first_of("/?#")));
  }
  std::string origin =
      part(url.get(), CURLUPART_SCHEME) + "://" + part(url.get(), CURLUPART_HOST);
  const std::string port = part(url.get(), CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
  if (!port.empty()) origin += ":" + port;
  return origin;
}

bool is_secret_parameter(std::string_view name) {
  return names_a_secret(name) || ascii_lower(name) == "code";
}

std::string url_to_show(std::string_view text) {
  const Url url = parsed(std::string(text));
  if (!url || !is_http(url.get())) return url_origin(text);
  std::string shown = url_origin(text) + part(url.get(), CURLUPART_PATH);
  char separator = '?';
  const std::string query = part(url.get(), CURLUPART_QUERY);
  for (const std::string& parameter : split(query, '&')) {
    if (parameter.empty()) continue;
    const std::string name = parameter.substr(0, parameter.find('='));
    shown += separator;
    shown += is_secret_parameter(name) ? name + "=***" : parameter;
    separator = '&';
  }
  return shown;
}

Result<UrlAndUser> without_user(std::string_view text) {
  const Url url = parsed(std::string(text));
  if (!url || !is_http(url.get())) return no_url(text);
  UrlAndUser parts{.url = std::string(text),
                   .user = part(url.get(), CURLUPART_USER, CURLU_URLDECODE),
                   .password = part(url.get(), CURLUPART_PASSWORD, CURLU_URLDECODE)};
  const bool has_user = !part(url.get(), CURLUPART_USER).empty() ||
                        !part(url.get(), CURLUPART_PASSWORD).empty();
  if (!has_user) return parts;  // the very text, however it is spelled
  curl_url_set(url.get(), CURLUPART_USER, nullptr, 0);
  curl_url_set(url.get(), CURLUPART_PASSWORD, nullptr, 0);
  parts.url = part(url.get(), CURLUPART_URL);
  return parts;
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  std::string bare(trimmed(host, "[]"));
  in_addr four{};
  if (::inet_pton(AF_INET, bare.c_str(), &four) == 1) {
    const std::uint32_t number = ntohl(four.s_addr);
    return number >> 24U == 127 || number == 0;
  }
  in6_addr six{};
  if (::inet_pton(AF_INET6, bare.c_str(), &six) != 1) return false;
  if (IN6_IS_ADDR_V4MAPPED(&six)) return six.s6_addr[12] == 127;
  return IN6_IS_ADDR_LOOPBACK(&six) != 0 || IN6_IS_ADDR_UNSPECIFIED(&six) != 0;
}

}  // namespace proctor

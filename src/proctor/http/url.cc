#include <memory>

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
    return std::string(text.substr(0, text.find_first_of("@?#")));
  }
  std::string origin =
      part(url.get(), CURLUPART_SCHEME) + "://" + part(url.get(), CURLUPART_HOST);
  const std::string port = part(url.get(), CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
  if (!port.empty()) origin += ":" + port;
  return origin;
}

}  // namespace proctor

// Addresses: those a user types, and those a server redirects to.
#include "fuzz/fuzz.h"
#include "proctor/http/http.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view url = text_of(data, size);
  const auto parts = proctor::parse_url(url);
  if (parts) PROMISE(parts->port > 0 && parts->port < 65536 && !parts->host.empty());
  const auto moved = proctor::resolved_url("https://host/a/b?c", url);
  if (moved) PROMISE(proctor::parse_url(*moved));
  const std::string origin = proctor::url_origin(url);
  PROMISE(origin.find_first_of("?@") == std::string::npos);
  return 0;
}

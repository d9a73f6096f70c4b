// Many HTTP requests at once over libcurl's multi interface. Knows nothing of models.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proctor/base/base.h"

namespace proctor {

// Every deadline is finite. Before the first byte of a response only `connect` and
// `total` hold: a reply that is not streamed starts when it is complete.
struct HttpDeadlines {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds silence{120'000};  // between bytes, once one has come
  std::chrono::milliseconds total{600'000};
};

struct HttpRequest {
  std::string method = "GET";  // GET, HEAD or POST
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // POST's
  HttpDeadlines deadlines;
  // A longer response is an error (Fault::rejected), whatever Content-Length says.
  std::size_t most_bytes = 64U << 20U;
  // Where set, the body of a 2xx answer is appended to this file instead of kept in
  // `body`; other answers' bodies are kept. Used for downloads.
  std::filesystem::path sink;
  // Told now and then of the bytes so far and in all (0: not known). Called on the
  // client's thread, so it must be quick and thread-safe.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  Microseconds latency{};  // from start to the last byte

  // The first header of that name (given in lower case).
  std::optional<std::string_view> header(std::string_view name) const;
};

struct HttpCompletion {
  std::uint64_t tag = 0;
  // Any status is a response. An error is one where no whole response came:
  // Fault::network (refused, reset, timed out, truncated), Fault::denied (certificate,
  // no such host name, unsupported URL), Fault::rejected (too long), Fault::io (sink),
  // Fault::cancelled. The message names the host and port, never a header or a body.
  Result<HttpResponse> response;
};

struct HttpOptions {
  std::size_t connections = 32;  // at most so many at once, kept alive
  std::string user_agent;
  std::string proxy;    // empty: as libcurl reads HTTPS_PROXY and its like
  std::string ca_file;  // SSL_CERT_FILE; empty: the system's
};

// One thread of its own does the I/O; all members may be called from one other thread,
// cancel() from any. No redirect is followed, ever: whoever may follow one asks again.
class HttpClient {
 public:
  explicit HttpClient(HttpOptions options);
  ~HttpClient();  // cancels what is under way
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  // Returns at once. Every tag started comes back from wait() exactly once.
  void start(std::uint64_t tag, HttpRequest request);
  // What has ended; waits for at least one until `until`, then may be empty.
  std::vector<HttpCompletion> wait(TimePoint until);
  // Ends wait() early, from any thread.
  void wake();
  // Everything under way comes back as Fault::cancelled.
  void cancel();

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

// One request, waited for. For the few that stand alone (a download, a health check).
Result<HttpResponse> fetch(HttpClient& client, HttpRequest request);

// Percent-encoded, with no safe characters but the unreserved ones (RFC 3986).
std::string url_encoded(std::string_view text);
struct UrlParts {
  std::string scheme, host, path;
  int port = 0;
  bool operator==(const UrlParts&) const = default;
};
Result<UrlParts> parse_url(std::string_view url);

}  // namespace proctor

// Many HTTP requests at once over libcurl's multi interface. Knows nothing of models.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proctor/base/base.h"

namespace proctor {

// Every deadline is finite, and counts from the moment the request leaves the client's
// queue. A reply that is not streamed starts when it is complete, so the first byte may
// take as long as all of it: `first_byte` is for downloads, whose `total` is long.
struct HttpDeadlines {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds first_byte = std::chrono::hours(24);
  std::chrono::milliseconds silence{120'000};  // between bytes, once one has come
  std::chrono::milliseconds total{600'000};
};

struct HttpRequest {
  std::string method = "GET";  // GET, HEAD or POST
  std::string url;
  // Sent as they are. Accept-Encoding is `identity` unless it is among them; there is
  // no Content-Type unless it is.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // POST's
  HttpDeadlines deadlines;
  // A longer response is an error (Fault::rejected), whatever Content-Length says.
  std::size_t most_bytes = 64U << 20U;
  // Where set, the body of a 2xx answer goes to this file instead of `body`; other
  // answers' bodies are kept. A 206 is appended if its Content-Range starts where the
  // file ends (if not, nothing is written: Fault::rejected); any other 2xx starts the
  // file anew. What has come of a broken answer stays, so that a Range can go on there.
  std::filesystem::path sink;
  // Told now and then, and at the end, of the bytes so far and in all (0: not known);
  // for a 206 what was there before counts too. Called on the thread that does the I/O,
  // so it must be quick and thread-safe.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  Microseconds latency{};  // from leaving the queue to the last byte

  // The first header of that name (given in lower case).
  std::optional<std::string_view> header(std::string_view name) const;
};

struct HttpCompletion {
  std::uint64_t tag = 0;
  // Any status is a response. An error is one where no whole response came:
  // Fault::network (refused, reset, timed out, truncated), Fault::denied (certificate,
  // no such host name, unsupported URL, a header that cannot be sent), Fault::rejected
  // (too long), Fault::io (sink), Fault::cancelled. The message begins with scheme,
  // host and port, a sink's with its path, and holds no header, body or query: keys.
  Result<HttpResponse> response;
  // How often the request was put on a wire: 0 where no connection came about, 2 where
  // a kept connection was closed by the server before it answered.
  int sent = 0;
};

struct HttpOptions {
  // At most so many requests at once, others wait in order; connections are kept alive.
  std::size_t connections = 32;
  std::string user_agent;
  std::string ca_file;  // SSL_CERT_FILE; empty: the system's
  // What wait() and the deadlines `first_byte` and `silence` go by; `connect` and
  // `total` are libcurl's, which knows no clock but the system's.
  Clock clock;
};

// One thread of its own does the I/O; all members may be called from one other thread,
// cancel() from any. No redirect is followed, ever: whoever may follow one asks again.
// A proxy is the one of http_proxy, HTTPS_PROXY, ALL_PROXY and NO_PROXY, as curl reads
// them in the process's environment; this machine's own addresses (is_loopback()) are
// asked without one, whatever they say. HTTP/1.1, and HTTP/2 where
// TLS offers it. Nothing is retried, but that a kept connection which turns out to be
// closed is replaced: HttpCompletion::sent counts.
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
  // Everything under way comes back as Fault::cancelled.
  void cancel();

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

// One request, waited for. For the few that stand alone (a download, a health check):
// requires that nothing else is under way in this client.
Result<HttpResponse> fetch(HttpClient& client, HttpRequest request);

// Percent-encoded, with no safe characters but the unreserved ones (RFC 3986).
std::string url_encoded(std::string_view text);
// The parts of an http or https URL. The host is in lower case, an IPv6 address keeps
// its brackets; the port is the scheme's where none is written; the path has no query.
struct UrlParts {
  std::string scheme, host, path;
  int port = 0;
  bool operator==(const UrlParts&) const = default;
};
// Fault::usage for what is no http or https URL.
Result<UrlParts> parse_url(std::string_view url);
// What a Location header says, seen from the URL that answered with it (RFC 3986, 5).
// Fault::usage as above.
Result<std::string> resolved_url(std::string_view base, std::string_view location);
// "https://host" or "http://host:8080": the URL's place without user, path and query,
// fit for an error message. Of what is no URL, what stands behind the last @ and before
// the path: neither can hold a password.
std::string url_origin(std::string_view url);
// The whole address, fit for an error message: without user and fragment, and with ***
// for the value of a parameter whose name is a secret's (is_secret_parameter()). What
// is no URL is shown as url_origin() has it.
std::string url_to_show(std::string_view url);
// key, sig, token and their like; and code, by which Azure's functions are asked.
bool is_secret_parameter(std::string_view name);
// A URL without user and password, and these two, decoded; empty where there are none.
struct UrlAndUser {
  std::string url, user, password;
};
// Fault::usage as parse_url().
Result<UrlAndUser> without_user(std::string_view url);
// Whether a host, as parse_url() gives it, is this machine: localhost and names that
// end in .localhost, 127.0.0.0/8, 0.0.0.0, [::1], [::].
bool is_loopback(std::string_view host);

}  // namespace proctor

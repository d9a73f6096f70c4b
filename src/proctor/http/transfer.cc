#include "proctor/http/transfer.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <fcntl.h>
#include <netdb.h>
#include <sys/stat.h>
#include <unistd.h>

namespace proctor {
namespace {

// libcurl bounds one header line (100 KiB), and only from 8.3 on all of them together
// (CVE-2023-38039; 300 KiB, as a broken connection).
constexpr std::size_t most_header_bytes = 256U << 10U;
constexpr auto between_progress = std::chrono::milliseconds(50);

template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
  [[maybe_unused]] const CURLcode code = curl_easy_setopt(easy, option, value);
  assert(code == CURLE_OK || code == CURLE_OUT_OF_MEMORY);
}

long milliseconds(std::chrono::milliseconds duration) {
  // 0 would mean "none" to libcurl, and every deadline is finite.
  return static_cast<long>(std::max<std::chrono::milliseconds::rep>(
      1, std::min<std::chrono::milliseconds::rep>(duration.count(), 1'000'000'000)));
}

std::string in_seconds(std::chrono::milliseconds duration) {
  return fmt::format("{:g} s", static_cast<double>(duration.count()) / 1000.0);
}

bool is_token(std::string_view name) {  // RFC 9110, 5.6.2
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(byte) != std::string_view::npos;
  });
}

bool fits_a_line(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

bool names(const std::pair<std::string, std::string>& header, std::string_view lower) {
  return header.first.size() == lower.size() && ascii_lower(header.first) == lower;
}

// What libcurl adds of its own accord is emptied, unless the caller says something.
constexpr std::array<std::pair<std::string_view, const char*>, 3> own_headers{{
    {"expect", "Expect:"},
    {"accept-encoding", "Accept-Encoding: identity"},
    {"content-type", "Content-Type:"},
}};

bool append_header(std::unique_ptr<curl_slist, FreeList>& list, const char* line) {
  curl_slist* longer = curl_slist_append(list.get(), line);
  if (longer == nullptr) return false;
  [[maybe_unused]] curl_slist* same = list.release();
  list.reset(longer);
  return true;
}

Status list_headers(EasyHandle& handle, const HttpRequest& request) {
  if (handle.list && handle.headers == request.headers) return {};
  handle.list.reset();
  bool fits = true;
  for (const auto& header : request.headers) {
    const auto& [name, value] = header;
    if (!is_token(name)) {
      return fail(Fault::denied, "a header's name holds a character it must not");
    }
    if (!fits_a_line(value)) {
      return fail(Fault::denied,
                  "the header {} holds a line end; is there one in the key?", name);
    }
    // "Name:" would tell libcurl to leave the header out.
    const std::string line = value.empty() ? name + ";" : name + ": " + value;
    fits = fits && append_header(handle.list, line.c_str());
  }
  for (const auto& [name, line] : own_headers) {
    const std::string_view own = name;
    const bool is_set =
        std::any_of(request.headers.begin(), request.headers.end(),
                    [own](const auto& header) { return names(header, own); });
    if (!is_set) fits = fits && append_header(handle.list, line);
  }
  if (!fits) return fail(Fault::io, "out of memory");
  handle.headers = request.headers;
  return {};
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
  if (error != std::errc{} || end != text.end()) return std::nullopt;
  return number;
}

// The first byte's position in "bytes 120-511/512".
std::optional<std::uint64_t> range_start(std::optional<std::string_view> header) {
  if (!header || ascii_lower(header->substr(0, 6)) != "bytes ") return std::nullopt;
  const std::string_view range = trimmed(header->substr(6));
  return number_in(range.substr(0, range.find('-')));
}

}  // namespace

Transfer::Transfer(std::uint64_t tag, HttpRequest request, BodyRoom& room,
                   const Clock& clock)
    : tag_(tag), request_(std::move(request)), room_(room), clock_(clock) {}

Transfer::~Transfer() {
  if (sink_ >= 0) ::close(sink_);
  room_.held -= response_.body.size();  // nothing, where the body was handed on
  if (room_.first == this) room_.first = nullptr;
}

EasyHandle Transfer::release() {
  if (handle_.easy) curl_easy_reset(handle_.easy.get());
  return std::move(handle_);
}

Status Transfer::prepare(EasyHandle handle, const HttpOptions& options) {
  handle_ = std::move(handle);
  if (!handle_.easy) return fail(Fault::io, "{}: out of memory", place());
  CURL* curl = handle_.easy.get();
  if (handle_.url != request_.url) {
    auto url = parse_url(request_.url);
    if (!url) return fail(Fault::denied, "{}", url.error().message);
    handle_.url = request_.url;
    handle_.is_loopback = is_loopback(url->host);
  }
  auto headers = list_headers(handle_, request_);
  if (!headers) return tl::unexpected(headers.error().in(place()));

  began_ = clock_.now();
  set(curl, CURLOPT_PRIVATE, this);
  set(curl, CURLOPT_URL, request_.url.c_str());
  set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  // h2c is never asked for: libcurl 7.88 fails nearly all POSTs over it.
  set(curl, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2TLS});
  const bool is_tls = request_.url.size() > 4 && (request_.url[4] | 0x20) == 's';
  // One TLS connection carries many HTTP/2 requests: a burst waits for its handshake
  // instead of making one each.
  set(curl, CURLOPT_PIPEWAIT, is_tls ? 1L : 0L);
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_TCP_NODELAY, 1L);
  // A reply may take minutes to begin; routers forget silent connections sooner.
  set(curl, CURLOPT_TCP_KEEPALIVE, 1L);
  set(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(curl, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(request_.deadlines.connect));
  set(curl, CURLOPT_TIMEOUT_MS, milliseconds(request_.deadlines.total));
  set(curl, CURLOPT_HTTPHEADER, handle_.list.get());
  set(curl, CURLOPT_ERRORBUFFER, curl_says_.data());
  set(curl, CURLOPT_PREREQFUNCTION, &Transfer::on_send);
  set(curl, CURLOPT_PREREQDATA, this);
  set(curl, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(curl, CURLOPT_HEADERDATA, this);
  set(curl, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(curl, CURLOPT_WRITEDATA, this);
  if (!request_.sink.empty()) set(curl, CURLOPT_BUFFERSIZE, 256L * 1024L);
  if (!options.user_agent.empty()) {
    set(curl, CURLOPT_USERAGENT, options.user_agent.c_str());
  }
  // An empty one is none: without it libcurl looks into the environment.
  if (handle_.is_loopback) set(curl, CURLOPT_PROXY, "");
  if (!options.ca_file.empty()) set(curl, CURLOPT_CAINFO, options.ca_file.c_str());

  if (request_.method == "HEAD") {
    set(curl, CURLOPT_NOBODY, 1L);
  } else if (request_.method == "POST") {
    set(curl, CURLOPT_POST, 1L);
    set(curl, CURLOPT_POSTFIELDSIZE_LARGE,
        static_cast<curl_off_t>(request_.body.size()));
    set(curl, CURLOPT_POSTFIELDS, request_.body.data());  // not copied: it lives here
  } else {
    assert(request_.method == "GET");
  }
  return {};
}

int Transfer::on_send(void* self, char*, char*, int, int) {
  ++static_cast<Transfer*>(self)->sent_;
  return CURL_PREREQFUNC_OK;
}

std::size_t Transfer::on_header(char* data, std::size_t one, std::size_t size,
                                void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.last_byte_ = transfer.clock_.now();
  transfer.header_bytes_ += one * size;
  if (transfer.header_bytes_ > most_header_bytes) {
    transfer.gave_up_ = Error{Fault::rejected,
                              fmt::format("{}: the answer's headers are longer than {} "
                                          "bytes",
                                          transfer.place(), most_header_bytes)};
    return 0;
  }
  transfer.take_header({data, one * size});
  return transfer.gave_up_ ? 0 : one * size;
}

void Transfer::take_header(std::string_view line) {
  if (body_has_begun_) return;  // trailers
  auto& headers = response_.headers;
  if (line.starts_with("HTTP/")) {  // a "100 Continue" or "103 Early Hints" came before
    headers.clear();
    headers_are_whole_ = false;
    return;
  }
  const std::string_view text = trimmed(line);
  if (text.empty()) {
    headers_are_whole_ = true;
    const auto length = response_.header("content-length");
    body_size_ = length ? number_in(*length) : std::nullopt;
    return;
  }
  if ((line.front() == ' ' || line.front() == '\t') && !headers.empty()) {
    headers.back().second.append(" ").append(text);  // a folded line, RFC 9112, 5.2
    return;
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return;
  headers.emplace_back(ascii_lower(trimmed(text.substr(0, colon))),
                       trimmed(text.substr(colon + 1)));
}

std::size_t Transfer::on_body(char* data, std::size_t one, std::size_t size,
                              void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.last_byte_ = transfer.clock_.now();
  if (!transfer.has_room_for(one * size)) {
    transfer.is_paused_ = true;
    transfer.room_.somebody_waits = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  // Any other number than the size tells libcurl to stop.
  return transfer.take_body({data, one * size}) ? one * size : CURL_WRITEFUNC_ERROR;
}

bool Transfer::take_body(std::string_view bytes) {
  if (!body_has_begun_ && !begin_body()) return false;
  // Both are told apart without overflow: body_bytes_ never exceeds most_bytes.
  if (bytes.size() > request_.most_bytes - body_bytes_ ||
      body_size_.value_or(0) > request_.most_bytes) {
    gave_up_ =
        Error{Fault::rejected, fmt::format("{}: the answer is longer than {} bytes",
                                           place(), request_.most_bytes)};
    return false;
  }
  if (sink_ >= 0) {
    if (auto written = write_sink(bytes); !written) {
      gave_up_ = written.error();
      return false;
    }
  } else {
    append(bytes);
  }
  body_bytes_ += bytes.size();
  if (request_.progress) tell_progress(false);
  return true;
}

bool Transfer::has_room_for(std::size_t bytes) {
  if (!request_.sink.empty() || room_.held + bytes <= room_.most) return true;
  if (room_.untaken > 0) return false;
  if (room_.first == nullptr) room_.first = this;
  return room_.first == this;
}

bool Transfer::may_resume() const {
  const bool is_first = room_.first == nullptr || room_.first == this;
  return room_.held < room_.most || (is_first && room_.untaken == 0);
}

void Transfer::resume() {
  is_paused_ = false;
  last_byte_ = clock_.now();                // the silence was ours
  curl_easy_pause(easy(), CURLPAUSE_CONT);  // may pause it again
}

void Transfer::append(std::string_view bytes) {
  std::string& body = response_.body;
  // Who has sent a part in earnest is believed about the whole: it is not copied again
  // and again as it grows.
  if (body.size() + bytes.size() > body.capacity()) {
    body.reserve(std::max({2 * body.capacity(), body.size() + bytes.size(),
                           static_cast<std::size_t>(body_size_.value_or(0))}));
  }
  body.append(bytes);
  room_.held += bytes.size();
}

bool Transfer::begin_body() {
  body_has_begun_ = true;
  long status = 0;
  curl_easy_getinfo(easy(), CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  if (!request_.sink.empty() && status >= 200 && status < 300) {
    if (auto opened = open_sink(); !opened) {
      gave_up_ = opened.error();
      return false;
    }
  } else {
    constexpr std::uint64_t believed = 1U << 20U;  // a lie costs no more than this
    response_.body.reserve(std::min(body_size_.value_or(0), believed));
  }
  return true;
}

Status Transfer::open_sink() {
  const std::string path = request_.sink.string();
  const bool goes_on = response_.status == 206;
  sink_ =
      ::open(path.c_str(),
             O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND | (goes_on ? 0 : O_TRUNC), 0666);
  if (sink_ < 0) return fail(Fault::io, "{}: {}", path, system_says(errno));
  struct stat status {};
  if (::fstat(sink_, &status) != 0) {
    return fail(Fault::io, "{}: {}", path, system_says(errno));
  }
  sink_had_ = static_cast<std::uint64_t>(status.st_size);
  if (goes_on && range_start(response_.header("content-range")) != sink_had_) {
    return fail(Fault::rejected,
                "{}: the answer is another part of the file than the one after byte {}",
                place(), sink_had_);
  }
  return {};
}

Status Transfer::write_sink(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(sink_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      return fail(Fault::io, "{}: {}", request_.sink.string(), system_says(errno));
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

void Transfer::tell_progress(bool at_end) {
  const TimePoint now = last_byte_.value_or(TimePoint{});
  if (!at_end && now - last_progress_ < between_progress) return;
  last_progress_ = now;
  request_.progress(sink_had_ + body_bytes_, body_size_ ? sink_had_ + *body_size_ : 0);
}

bool Transfer::is_silent(TimePoint now) const {
  if (is_paused_) return false;
  const HttpDeadlines& deadlines = request_.deadlines;
  return last_byte_ ? now - *last_byte_ >= deadlines.silence
                    : now - began_ >= deadlines.first_byte;
}

Error Transfer::silence() const {
  if (!last_byte_) {
    return {Fault::network, fmt::format("{}: no answer within {}", place(),
                                        in_seconds(request_.deadlines.first_byte))};
  }
  return {Fault::network,
          fmt::format("{}: the answer stopped after {} bytes, none came for {}",
                      place(), body_bytes_, in_seconds(request_.deadlines.silence))};
}

HttpCompletion Transfer::complete(Error error) {
  return {.tag = tag_, .response = tl::unexpected(std::move(error)), .sent = sent_};
}

HttpCompletion Transfer::cancelled() {
  return complete(Error{Fault::cancelled, place() + ": cancelled"});
}

HttpCompletion Transfer::complete(CURLcode code) {
  if (gave_up_) return complete(*std::move(gave_up_));
  if (code != CURLE_OK) return complete(error_of(code));
  long status = 0;
  curl_easy_getinfo(easy(), CURLINFO_RESPONSE_CODE, &status);
  // libcurl calls an answer that ends among its headers a whole one.
  if (status < 200 || !headers_are_whole_) return complete(broken_off());
  if (!body_has_begun_ && request_.method != "HEAD" && !begin_body()) {
    return complete(*std::move(gave_up_));  // an empty body makes an empty file
  }
  if (request_.progress) tell_progress(true);
  curl_off_t microseconds = 0;
  curl_easy_getinfo(easy(), CURLINFO_TOTAL_TIME_T, &microseconds);
  response_.status = static_cast<int>(status);
  response_.latency = Microseconds(microseconds);
  room_.untaken += response_.body.size();
  return {
      .tag = tag_, .response = std::exchange(response_, HttpResponse{}), .sent = sent_};
}

Error Transfer::error_of(CURLcode code) const {
  const auto error = [this](Fault fault, std::string_view what) {
    return Error{fault, fmt::format("{}: {}", place(), what)};
  };
  const std::string_view says = curl_says_.data();
  switch (code) {
    case CURLE_COULDNT_CONNECT: {
      long number = 0;
      curl_easy_getinfo(easy(), CURLINFO_OS_ERRNO, &number);
      return error(Fault::network, number == 0 ? "no connection"
                                               : system_says(static_cast<int>(number)));
    }
    case CURLE_OPERATION_TIMEDOUT:
      return timed_out();
    case CURLE_PARTIAL_FILE:
      return broken_off();
    case CURLE_GOT_NOTHING:
      return error(Fault::network, "the connection was closed without an answer");
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return says.find("reset") != std::string_view::npos
                 ? error(Fault::network, "connection reset")
                 : error(Fault::network, "the connection broke");
    case CURLE_UNSUPPORTED_PROTOCOL:
      // The URL's own was checked in prepare(): this is libcurl's "HTTP/0.9".
      return error(Fault::network, "what came is no HTTP answer");
    case CURLE_COULDNT_RESOLVE_PROXY:
      return error(Fault::denied, "the proxy's host name is not known");
    case CURLE_URL_MALFORMAT:
      return error(Fault::denied, "no URL that can be asked");
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      return tls_error(code);
    default:
      // curl_easy_strerror's texts are fixed: they hold nothing of the request.
      return error(Fault::network,
                   fmt::format("{} (libcurl {})", ascii_lower(curl_easy_strerror(code)),
                               static_cast<int>(code)));
  }
}

Error Transfer::timed_out() const {
  curl_off_t ready = 0;  // when the connection, TLS and all, stood; 0: never
  curl_easy_getinfo(easy(), CURLINFO_PRETRANSFER_TIME_T, &ready);
  const auto& deadlines = request_.deadlines;
  const std::string total = in_seconds(deadlines.total);
  if (last_byte_) {
    return {Fault::network,
            fmt::format("{}: the answer was not whole within {}: {} bytes "
                        "had come",
                        place(), total, body_bytes_)};
  }
  if (ready > 0) {
    return {Fault::network, fmt::format("{}: no answer within {}", place(), total)};
  }
  return {Fault::network,
          fmt::format("{}: no connection within {}", place(),
                      in_seconds(std::min(deadlines.connect, deadlines.total)))};
}

Error Transfer::broken_off() const {
  if (!headers_are_whole_ || !body_has_begun_) {
    return {Fault::network,
            fmt::format("{}: the answer ended before its body", place())};
  }
  if (!body_size_) {
    return {Fault::network,
            fmt::format("{}: the answer ended after {} bytes, before its last chunk",
                        place(), body_bytes_)};
  }
  return {Fault::network, fmt::format("{}: the answer ended after {} of {} bytes",
                                      place(), body_bytes_, *body_size_)};
}

Error Transfer::tls_error(CURLcode code) const {
  const std::string_view says = curl_says_.data();
  const auto has = [says](std::string_view what) {
    return says.find(what) != std::string_view::npos;
  };
  if (code == CURLE_SSL_CONNECT_ERROR) {
    if (has("wrong version number") || has("packet length too long")) {
      return {Fault::denied,
              fmt::format("{}: the server does not speak TLS here; is it http://?",
                          place())};
    }
    // An alert is the server's considered no; anything else may be a broken line.
    if (!has("alert")) {
      return {Fault::network, fmt::format("{}: the TLS handshake broke", place())};
    }
  }
  if (code == CURLE_SSL_CACERT_BADFILE) {
    return {Fault::denied,
            fmt::format("{}: the file of trusted certificates cannot be read; see "
                        "SSL_CERT_FILE",
                        place())};
  }
  return {Fault::denied, fmt::format("{}: TLS: {}", place(),
                                     says.empty() ? curl_easy_strerror(code) : says)};
}

Error name_error(std::string_view place, std::string_view host, int getaddrinfo_says) {
  switch (getaddrinfo_says) {
    case EAI_NONAME:
#if defined(EAI_NODATA) && EAI_NODATA != EAI_NONAME
    case EAI_NODATA:
#endif
      return {Fault::denied, fmt::format("{}: no host is named {}", place, host)};
    default:
      return {Fault::network,
              fmt::format("{}: the address of {} cannot be found out at the moment",
                          place, host)};
  }
}

}  // namespace proctor

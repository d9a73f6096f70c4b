// One request under way: what libcurl is told, what its callbacks gather, and what came
// of it. Internal to http/; everything here lives on the thread that does the I/O.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <curl/curl.h>

#include "proctor/base/base.h"
#include "proctor/http/http.h"

namespace proctor {

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// An easy handle, the URL and the header list it was last used with: requests to one
// server differ in their bodies only, so neither is often checked or made again.
struct EasyHandle {
  std::unique_ptr<curl_slist, FreeList> list;  // outlives the handle that points to it
  std::unique_ptr<CURL, FreeEasy> easy;
  std::string url;
  bool is_loopback = false;  // that URL's host
  std::vector<std::pair<std::string, std::string>> headers;
};

class Transfer;

// Memory for the bodies of all transfers of a client, those included that ended and
// were not taken yet. Where it is used up, reading pauses. One transfer goes on then,
// so that some always end; but none for as long as bodies wait to be taken.
struct BodyRoom {
  std::size_t most = 32U << 20U;
  std::atomic<std::size_t> held = 0;     // also written where completions are taken
  std::atomic<std::size_t> untaken = 0;  // of them, what ended
  std::atomic<bool> somebody_waits = false;
  const Transfer* first = nullptr;  // the one that goes on; the I/O thread's
};

class Transfer {
 public:
  // `room` and `clock` must outlive it.
  Transfer(std::uint64_t tag, HttpRequest request, BodyRoom& room, const Clock& clock);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  // Takes the handle and sets it up. An error where the request cannot be asked at all.
  Status prepare(EasyHandle handle, const HttpOptions& options);
  // The handle, when libcurl has let go of it; it points to nothing of this any more.
  EasyHandle release();
  CURL* easy() const { return handle_.easy.get(); }

  const HttpRequest& request() const { return request_; }
  // Its place in the loop's list of those under way.
  std::size_t slot = 0;

  // Whether `first_byte` or `silence` has passed, the deadlines libcurl does not keep.
  bool is_silent(TimePoint now) const;
  Error silence() const;
  // Call once, before release(): what has come, or why it has not.
  HttpCompletion complete(CURLcode code);
  HttpCompletion complete(Error error);
  HttpCompletion cancelled();

  // Whether it waits for room; then resume() lets it try again.
  bool is_paused() const { return is_paused_; }
  bool may_resume() const;
  void resume();

 private:
  static std::size_t on_header(char* data, std::size_t one, std::size_t size,
                               void* self);
  static int on_send(void* self, char* to, char* from, int to_port, int from_port);
  static std::size_t on_body(char* data, std::size_t one, std::size_t size, void* self);
  void take_header(std::string_view line);
  bool take_body(std::string_view bytes);
  bool has_room_for(std::size_t bytes);
  void append(std::string_view bytes);
  bool begin_body();
  Status open_sink();
  Status write_sink(std::string_view bytes);
  void tell_progress(bool at_end);
  std::string place() const { return url_origin(request_.url); }
  Error error_of(CURLcode code) const;
  Error timed_out() const;
  Error broken_off() const;
  Error tls_error(CURLcode code) const;

  std::uint64_t tag_;
  HttpRequest request_;
  BodyRoom& room_;
  const Clock& clock_;
  HttpResponse response_;
  std::array<char, CURL_ERROR_SIZE> curl_says_{};
  int sent_ = 0;
  std::size_t header_bytes_ = 0;
  bool headers_are_whole_ = false;
  bool body_has_begun_ = false;
  std::uint64_t body_bytes_ = 0;
  std::optional<std::uint64_t> body_size_;  // Content-Length's
  int sink_ = -1;
  std::uint64_t sink_had_ = 0;    // bytes in the file before this answer
  std::optional<Error> gave_up_;  // why a callback stopped the transfer
  TimePoint began_{};
  std::optional<TimePoint> last_byte_;
  TimePoint last_progress_{};
  bool is_paused_ = false;
  EasyHandle handle_;  // last: until it is gone it points to what stands above
};

// What getaddrinfo's answer for a host without an address means: denied where the name
// does not exist, network where that may pass.
Error name_error(std::string_view place, std::string_view host, int getaddrinfo_says);

}  // namespace proctor

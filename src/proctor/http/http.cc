#include "proctor/http/http.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <condition_variable>
#include <deque>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>

#include <curl/curl.h>
#include <netdb.h>

#include "proctor/http/transfer.h"

namespace proctor {
namespace {

using std::chrono::milliseconds;

// libcurl wants to be set up once in a process, before its first use. A constant of the
// process, made by the first client and never changed: not state anybody shares.
void set_up_libcurl() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  assert(code == CURLE_OK);
}

struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

// libcurl says that a name has no address, but not why. getaddrinfo knows, and may take
// long, so a thread asks it. The answer is shared by that thread and the loop, because
// the loop does not wait for it when it ends.
struct NameQuestion {
  std::string host;
  std::shared_ptr<std::atomic<int>> answer;
  TimePoint until;
};
constexpr int no_answer_yet = std::numeric_limits<int>::max();  // no EAI_ code
constexpr auto patience_with_names = std::chrono::seconds(5);

NameQuestion ask_for_name(const std::string& host, TimePoint now) {
  NameQuestion question{host, std::make_shared<std::atomic<int>>(no_answer_yet),
                        now + patience_with_names};
  try {
    std::thread([name = host, answer = question.answer] {
      addrinfo* addresses = nullptr;
      const int code = ::getaddrinfo(name.c_str(), nullptr, nullptr, &addresses);
      if (addresses != nullptr) ::freeaddrinfo(addresses);
      answer->store(code);
    }).detach();
  } catch (const std::system_error&) {
    question.answer->store(EAI_AGAIN);
  }
  return question;
}

milliseconds shortest_silence(const Transfer& transfer) {
  const HttpDeadlines& deadlines = transfer.request().deadlines;
  return std::min(deadlines.first_byte, deadlines.silence);
}

}  // namespace

class HttpClient::Loop {
 public:
  explicit Loop(HttpOptions options);
  ~Loop();

  void start(std::uint64_t tag, HttpRequest request);
  std::vector<HttpCompletion> wait(TimePoint until);
  void cancel();

 private:
  using Transfers = std::vector<std::unique_ptr<Transfer>>;

  void run();
  bool obey();  // false: the end
  void begin_queued();
  void begin(std::unique_ptr<Transfer> transfer);
  void collect();
  void end(Transfer& transfer, CURLcode code);
  std::unique_ptr<Transfer> take_out(Transfer& transfer);
  void keep_for_reuse(Transfer& transfer);
  void resume_paused();
  void end_silent(TimePoint now);
  void end_nameless(TimePoint now);
  void cancel_all();
  void deliver();
  milliseconds patience(TimePoint now) const;

  const HttpOptions options_;
  BodyRoom room_;
  std::unique_ptr<CURLM, FreeMulti> multi_;

  // Shared, under the mutex. Callers write the orders, the I/O thread takes them; the
  // I/O thread writes the completions (cancel() those it had not taken yet), wait()
  // takes them.
  std::mutex mutex_;
  std::condition_variable something_ended_;
  Transfers ordered_;
  bool cancel_ordered_ = false;
  bool end_ordered_ = false;
  bool has_orders_ = false;  // libcurl has been woken for them
  std::vector<HttpCompletion> ended_;

  std::size_t not_taken_ = 0;  // of what was started; the caller's own

  // The I/O thread's own.
  std::deque<std::unique_ptr<Transfer>> queue_;
  Transfers under_way_;
  Transfers nameless_;
  std::vector<NameQuestion> name_questions_;
  std::vector<EasyHandle> spare_;
  std::vector<HttpCompletion> fresh_;
  milliseconds shortest_silence_ = milliseconds::max();
  TimePoint next_silence_check_{};

  std::thread thread_;
};

HttpClient::Loop::Loop(HttpOptions options) : options_(std::move(options)) {
  set_up_libcurl();
  multi_.reset(curl_multi_init());
  assert(multi_ && options_.connections > 0);
  const auto most =
      static_cast<long>(std::min<std::size_t>(options_.connections, 65536));
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, most);
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, most);
  curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, long{CURLPIPE_MULTIPLEX});
  // libcurl's own bound is 100; the server's still holds.
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_CONCURRENT_STREAMS,
                    std::max(most, 100L));
  const SignalsBlocked for_the_new_thread;
  thread_ = std::thread([this] { run(); });
}

HttpClient::Loop::~Loop() {
  {
    const std::lock_guard lock(mutex_);
    end_ordered_ = true;
  }
  curl_multi_wakeup(multi_.get());
  thread_.join();
}

void HttpClient::Loop::start(std::uint64_t tag, HttpRequest request) {
  auto transfer =
      std::make_unique<Transfer>(tag, std::move(request), room_, options_.clock);
  ++not_taken_;
  bool sleeps = false;
  {
    const std::lock_guard lock(mutex_);
    ordered_.push_back(std::move(transfer));
    sleeps = !std::exchange(has_orders_, true);
  }
  if (sleeps) curl_multi_wakeup(multi_.get());
}

std::vector<HttpCompletion> HttpClient::Loop::wait(TimePoint until) {
  if (not_taken_ == 0) {
    options_.clock.sleep_until(until);
    return {};
  }
  std::unique_lock lock(mutex_);
  while (ended_.empty()) {
    options_.clock.wait(something_ended_, lock, until);
    if (options_.clock.now() >= until) break;
  }
  std::vector<HttpCompletion> ended = std::exchange(ended_, {});
  lock.unlock();
  not_taken_ -= ended.size();
  for (const HttpCompletion& each : ended) {
    if (!each.response) continue;
    room_.held -= each.response->body.size();
    room_.untaken -= each.response->body.size();
  }
  if (room_.somebody_waits.exchange(false)) curl_multi_wakeup(multi_.get());
  return ended;
}

void HttpClient::Loop::cancel() {
  {
    const std::lock_guard lock(mutex_);
    // Here and not on the I/O thread, so that what is started after this goes on.
    for (const auto& transfer : ordered_) {
      ended_.push_back(transfer->cancelled());
    }
    ordered_.clear();
    cancel_ordered_ = true;
    has_orders_ = true;
  }
  something_ended_.notify_one();
  curl_multi_wakeup(multi_.get());
}

void HttpClient::Loop::run() {
  while (obey()) {
    begin_queued();
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
    collect();
    const TimePoint now = options_.clock.now();
    end_silent(now);
    end_nameless(now);
    deliver();
    resume_paused();
    begin_queued();  // into the places that are free now
    curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(patience(now).count()),
                    nullptr);
  }
  cancel_all();
}

bool HttpClient::Loop::obey() {
  Transfers ordered;
  bool to_cancel = false;
  {
    const std::lock_guard lock(mutex_);
    if (end_ordered_) return false;
    ordered.swap(ordered_);
    to_cancel = std::exchange(cancel_ordered_, false);
    has_orders_ = false;
  }
  if (to_cancel) cancel_all();
  for (auto& transfer : ordered) queue_.push_back(std::move(transfer));
  return true;
}

void HttpClient::Loop::begin_queued() {
  while (!queue_.empty() && under_way_.size() < options_.connections) {
    begin(std::move(queue_.front()));
    queue_.pop_front();
  }
}

void HttpClient::Loop::begin(std::unique_ptr<Transfer> transfer) {
  EasyHandle handle;
  if (spare_.empty()) {
    handle.easy.reset(curl_easy_init());
  } else {
    handle = std::move(spare_.back());
    spare_.pop_back();
  }
  if (auto ready = transfer->prepare(std::move(handle), options_); !ready) {
    fresh_.push_back(transfer->complete(ready.error()));
    keep_for_reuse(*transfer);
    return;
  }
  const milliseconds silence = shortest_silence(*transfer);
  if (silence < shortest_silence_) {
    shortest_silence_ = silence;
    next_silence_check_ = TimePoint{};
  }
  transfer->slot = under_way_.size();
  curl_multi_add_handle(multi_.get(), transfer->easy());
  under_way_.push_back(std::move(transfer));
}

void HttpClient::Loop::collect() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    Transfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    end(*transfer, code);  // invalidates the message
  }
}

void HttpClient::Loop::end(Transfer& transfer, CURLcode code) {
  if (code == CURLE_COULDNT_RESOLVE_HOST) {
    nameless_.push_back(take_out(transfer));
    return;
  }
  fresh_.push_back(transfer.complete(code));
  keep_for_reuse(*take_out(transfer));
}

std::unique_ptr<Transfer> HttpClient::Loop::take_out(Transfer& transfer) {
  curl_multi_remove_handle(multi_.get(), transfer.easy());
  const std::size_t slot = transfer.slot;
  std::unique_ptr<Transfer> out = std::move(under_way_[slot]);
  if (slot + 1 != under_way_.size()) {
    under_way_[slot] = std::move(under_way_.back());
    under_way_[slot]->slot = slot;
  }
  under_way_.pop_back();
  return out;
}

void HttpClient::Loop::keep_for_reuse(Transfer& transfer) {
  EasyHandle handle = transfer.release();
  if (handle.easy && spare_.size() < options_.connections) {
    spare_.push_back(std::move(handle));
  }
}

// Those that wait for room go on one by one where there is none: each may become the
// one that reads in any case.
void HttpClient::Loop::resume_paused() {
  bool somebody_waits = false;
  for (const auto& transfer : under_way_) {
    if (!transfer->is_paused()) continue;
    if (transfer->may_resume()) transfer->resume();
    somebody_waits = somebody_waits || transfer->is_paused();
  }
  if (somebody_waits) room_.somebody_waits = true;
}

// libcurl's LOW_SPEED options count the wait for the first byte too, so the time
// between bytes is watched here: now and then, at an eighth of the shortest silence
// allowed.
void HttpClient::Loop::end_silent(TimePoint now) {
  if (under_way_.empty() || now < next_silence_check_) return;
  shortest_silence_ = milliseconds::max();
  for (std::size_t at = under_way_.size(); at-- > 0;) {  // take_out moves the last one
    Transfer& transfer = *under_way_[at];
    if (transfer.is_silent(now)) {
      fresh_.push_back(transfer.complete(transfer.silence()));
      keep_for_reuse(*take_out(transfer));
    } else {
      shortest_silence_ = std::min(shortest_silence_, shortest_silence(transfer));
    }
  }
  next_silence_check_ =
      now + std::clamp(shortest_silence_ / 8, milliseconds(5), milliseconds(1000));
}

void HttpClient::Loop::end_nameless(TimePoint now) {
  Transfers still;
  for (auto& transfer : nameless_) {
    const std::string& url = transfer->request().url;
    const std::string host = take(parse_url(url)).host;  // it was parsed to be asked
    auto question =
        std::find_if(name_questions_.begin(), name_questions_.end(),
                     [&host](const NameQuestion& asked) { return asked.host == host; });
    if (question == name_questions_.end()) {
      question = name_questions_.insert(question, ask_for_name(host, now));
    }
    const int answer = question->answer->load();
    if (answer == no_answer_yet && now < question->until) {
      still.push_back(std::move(transfer));
    } else {
      fresh_.push_back(transfer->complete(name_error(url_origin(url), host, answer)));
      keep_for_reuse(*transfer);
    }
  }
  nameless_ = std::move(still);
  if (nameless_.empty()) name_questions_.clear();
}

void HttpClient::Loop::cancel_all() {
  while (!under_way_.empty()) {
    const auto transfer = take_out(*under_way_.back());
    fresh_.push_back(transfer->cancelled());
    keep_for_reuse(*transfer);
  }
  for (const auto& transfer : nameless_) fresh_.push_back(transfer->cancelled());
  for (const auto& transfer : queue_) fresh_.push_back(transfer->cancelled());
  nameless_.clear();
  queue_.clear();
}

void HttpClient::Loop::deliver() {
  if (fresh_.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    std::move(fresh_.begin(), fresh_.end(), std::back_inserter(ended_));
  }
  fresh_.clear();
  something_ended_.notify_one();
}

milliseconds HttpClient::Loop::patience(TimePoint now) const {
  if (!fresh_.empty()) return milliseconds(0);  // something could not even begin
  if (!nameless_.empty()) return milliseconds(10);
  if (under_way_.empty()) return std::chrono::hours(1);  // until an order comes
  const auto left = std::chrono::ceil<milliseconds>(next_silence_check_ - now);
  return std::clamp(left, milliseconds(0), milliseconds(1000));
}

HttpClient::HttpClient(HttpOptions options)
    : loop_(std::make_unique<Loop>(std::move(options))) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

void HttpClient::start(std::uint64_t tag, HttpRequest request) {
  loop_->start(tag, std::move(request));
}
std::vector<HttpCompletion> HttpClient::wait(TimePoint until) {
  return loop_->wait(until);
}
void HttpClient::cancel() {
  loop_->cancel();
}

std::optional<std::string_view> HttpResponse::header(std::string_view name) const {
  const auto found =
      std::find_if(headers.begin(), headers.end(),
                   [name](const auto& header) { return header.first == name; });
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

Result<HttpResponse> fetch(HttpClient& client, HttpRequest request) {
  constexpr std::uint64_t tag = 0;
  client.start(tag, std::move(request));
  while (true) {  // ends: every deadline is finite
    for (HttpCompletion& done : client.wait(TimePoint::max())) {
      if (done.tag == tag) return std::move(done.response);
    }
  }
}

}  // namespace proctor

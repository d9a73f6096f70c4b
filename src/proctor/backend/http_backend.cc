#include <algorithm>
#include <cassert>
#include <unordered_map>

#include "proctor/backend/attempt_id.h"
#include "proctor/backend/dialects.h"
#include "proctor/backend/meter.h"
#include "proctor/backend/throttle.h"

namespace proctor {
namespace {

// A question on its way: its request, and all tries so far.
struct Try {
  TrialId trial;
  Prompt prompt;
  HttpRequest request;
  Cost cost;  // of the last try, as it was estimated
  std::vector<Attempt> attempts;
  TimePoint first_started{};
  TimePoint sent{};  // the last try
  TimePoint due{};   // when it waits for another try
};

// Wrong addresses are what a person gets wrong: one that was not found is named.
Error with_address(Error error, int status, const std::string& url) {
  if (status == 404 || status == 405) {
    error.message += fmt::format("; asked: {}", for_terminal_line(url_to_show(url)));
  }
  return error;
}

class HttpBackend final : public Backend {
 public:
  HttpBackend(const Provider& provider, Model model, HttpBackendOptions options,
              HttpOptions http)
      : provider_(provider),
        model_(std::move(model)),
        secrets_(secrets_of(model_)),
        options_(std::move(options)),
        http_(http),
        client_(std::move(http)),
        throttle_(options_),
        meter_(options_, model_),
        ids_(options_.id_seed) {}

  std::size_t room() const override {
    if (fatal_ || drained_) return 0;
    const std::size_t busy = flying_.size() + waiting_.size();
    const std::size_t most = throttle_.window();
    return busy < most ? most - busy : 0;
  }

  void start(TrialId trial, Prompt prompt) override {
    assert(room() > 0);
    Try attempt{.trial = trial, .prompt = std::move(prompt), .first_started = now()};
    auto request = provider_.dialect->encode(model_, attempt.prompt);
    if (!request) {
      record(attempt, request.error());
      refused(request.error());
      finish(std::move(attempt));
      return;
    }
    attempt.request = *std::move(request);
    attempt.request.deadlines = options_.deadlines;
    waiting_.push_back(std::move(attempt));
    launch_due();
  }

  std::vector<Completion> wait(TimePoint until) override {
    while (true) {
      launch_due();
      if (used_up_) give_up(*used_up_);
      if (!done_.empty() || (flying_.empty() && waiting_.empty())) break;
      TimePoint wake = until;
      // Where no more may be under way, a reply comes first: those that are due are in
      // the past, and waiting until then would be no waiting at all.
      if (flying_.size() < throttle_.window()) {
        for (const Try& each : waiting_)
          wake = std::min(wake, std::max(each.due, held_until_));
      }
      for (HttpCompletion& completion : client_.wait(wake))
        receive(std::move(completion));
      give_up_if_all_are_refused();
      if (done_.empty() && now() >= until) break;
    }
    give_up_if_all_are_refused();  // what could not even be sent
    return std::exchange(done_, {});
  }

  std::optional<Error> fatal() const override { return fatal_; }

  void cancel(Cancel what) override {
    drained_ = true;
    for (Try& attempt : waiting_) {
      record(attempt, {Fault::cancelled, "stopped before it was asked again"});
    }
    end_waiting();
    if (what == Cancel::all) client_.cancel();
  }

 private:
  TimePoint now() const { return options_.clock.now(); }

  void launch(Try attempt) {
    const std::uint64_t tag = next_tag_++;
    Attempt& record = attempt.attempts.emplace_back();
    record.started = options_.clock.wall();
    record.id = ids_.next(record.started);
    attempt.sent = now();
    record.request = secrets_.clean(attempt.request.body);
    client_.start(tag, attempt.request);
    flying_.emplace(tag, std::move(attempt));
  }

  void launch_due() {
    const TimePoint time = now();
    for (std::size_t i = 0; i < waiting_.size() && held_until_ <= time;) {
      waiting_[i].due = std::max(waiting_[i].due, throttle_.free_at());
      if (waiting_[i].due > time || flying_.size() >= throttle_.window()) {
        ++i;
        continue;
      }
      waiting_[i].cost = meter_.estimate(waiting_[i].prompt);
      if (const auto wait = meter_.take(waiting_[i].cost, options_.clock.wall())) {
        hold(*wait);
        return;
      }
      Try due = std::move(waiting_[i]);
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
      launch(std::move(due));
    }
  }

  void hold(const Meter::Wait& wait) {
    held_until_ = now() + wait.time;
    if (wait.of_day.empty()) return;
    const auto minutes = std::chrono::ceil<std::chrono::minutes>(wait.time);
    const std::string at =
        iso_time(options_.clock.wall() + minutes).substr(11, 5);  // "14:05"
    if (wait.time > options_.longest_wait_asked) {
      used_up_ = {Fault::cancelled,
                  fmt::format("{}; it is renewed in {} min, at {} UTC: run the same "
                              "command again then",
                              wait.of_day, minutes.count(), at)};
    } else if (options_.talk && std::exchange(day_said_, at) != at) {
      options_.talk(fmt::format("{}: going on in {} min, at {} UTC", wait.of_day,
                                minutes.count(), at));
    }
  }

  // What was sent after that one: the server may not have seen it when it answered.
  Cost sent_after(std::uint64_t tag) const {
    Cost cost;
    for (const auto& [other, attempt] : flying_)
      if (other > tag) cost += attempt.cost;
    return cost;
  }

  // What has come back may have taken less than was thought.
  void correct(const Try& attempt, int sent) {
    const auto& outcome = attempt.attempts.back().outcome;
    meter_.correct(attempt.prompt, attempt.cost, sent,
                   outcome ? outcome->tokens : Tokens());
    held_until_ = {};
  }

  // An attempt that never reached the wire.
  void record(Try& attempt, const Error& error) {
    Attempt& made = attempt.attempts.emplace_back();
    made.started = options_.clock.wall();
    made.id = ids_.next(made.started);
    made.outcome = tl::unexpected(error);
  }

  void receive(HttpCompletion completion) {
    const auto found = flying_.find(completion.tag);
    assert(found != flying_.end());
    Try attempt = std::move(found->second);
    flying_.erase(found);
    keep_lost_sends(attempt, completion.sent);
    Attempt& made = attempt.attempts.back();
    made.latency = std::chrono::floor<Microseconds>(now() - attempt.sent);
    if (!completion.response) {
      made.outcome = tl::unexpected(completion.response.error());
      correct(attempt, completion.sent);
      after_failure(std::move(attempt), std::nullopt, false);
      return;
    }
    HttpResponse response = take(std::move(completion.response));
    made.status = response.status;
    made.latency = response.latency;
    response.body = secrets_.clean(std::move(response.body));
    for (auto& [name, value] : response.headers)
      value = secrets_.clean(std::move(value));
    made.outcome = outcome_of(response, attempt);
    correct(attempt, completion.sent);
    meter_.heed(response, attempt.cost, sent_after(completion.tag),
                options_.clock.wall());
    if (made.outcome) {
      made.response = std::move(response.body);
      throttle_.succeeded();
      answered_ = true;
      finish(std::move(attempt));
      return;
    }
    response.status = status_told(response);  // a 200 may hold a 429
    if (made.status == 200 && response.status == 200) no_reply(attempt);
    const bool rush =
        response.status == 429 || response.status == 503 || response.status == 529;
    if (rush) throttle_.rushed(attempt.sent, now());
    const auto asked = wait_asked_for(response, options_.clock.wall());
    const bool loading = is_loading(response);
    made.response = std::move(response.body);
    after_failure(std::move(attempt), asked, loading);
  }

  Result<Reply> outcome_of(const HttpResponse& response, const Try& attempt) const {
    if (response.status == 200)
      return provider_.dialect->decode(response.body, attempt.prompt);
    if (auto refusal = refusal_of(response)) return *std::move(refusal);
    return tl::unexpected(
        with_address(error_of(response), response.status, attempt.request.url));
  }

  // A server that closes a kept connection may have seen the request: it is a try.
  void keep_lost_sends(Try& attempt, int sent) {
    for (int lost = 1; lost < sent; ++lost) {
      Attempt first = attempt.attempts.back();
      first.outcome = fail(Fault::network, "the kept connection was closed");
      attempt.attempts.insert(attempt.attempts.end() - 1, std::move(first));
      attempt.attempts.back().id = ids_.next(attempt.attempts.back().started);
    }
  }

  void after_failure(Try attempt, std::optional<std::chrono::milliseconds> asked,
                     bool loading) {
    const Error error = attempt.attempts.back().outcome.error();
    const TimePoint time = now();
    if (asked && !loading && error.fault == Fault::network) {
      throttle_.pause_until(time + *asked);  // also when this was its last try
      if (*asked <= options_.longest_wait_asked)
        meter_.pause_until(options_.clock.wall() + *asked);
    }
    if (error.fault == Fault::denied) {
      const bool is_missing = attempt.attempts.back().status == 404 && !fatal_;
      give_up({error.fault, error.message + (is_missing ? what_is_there() : "")});
    } else if (error.fault == Fault::rejected || error.fault == Fault::usage) {
      refused(error);
    } else if (error.fault == Fault::network && !fatal_ && !drained_) {
      if (asked && *asked > options_.longest_wait_asked) {
        give_up(
            {Fault::denied,
             fmt::format("{}; the server asks to wait {} s: run the same command again "
                         "then",
                         error.message, asked->count() / 1000)});
      } else if (loading && time - attempt.first_started < options_.deadlines.total) {
        attempt.attempts.pop_back();  // not a try: nothing was asked yet
        schedule(std::move(attempt),
                 std::max(std::chrono::milliseconds(1000),
                          asked.value_or(std::chrono::milliseconds(0))));
        return;
      } else if (static_cast<int>(attempt.attempts.size()) <= options_.retries) {
        const auto pause =
            throttle_.pause_after(static_cast<int>(attempt.attempts.size()), asked);
        say_trying_again(error.message, pause);
        schedule(std::move(attempt), pause);
        return;
      } else if (!throttle_.is_proved() && attempt.attempts.back().status == 0) {
        give_up({Fault::network, fmt::format("{}; {}", error.message, provider_.hint)});
      }
    }
    // A server that answers, if only with errors, is there: the rest need not wait. But
    // for pages and their like, of which each may be paid.
    if (attempt.attempts.back().status != 0 && no_replies_ == 0) throttle_.open();
    finish(std::move(attempt));
  }

  // Behind a 404: the model's name is what a person gets wrong, if not the address.
  std::string what_is_there() const {
    constexpr std::size_t most_named = 8;
    HttpClient alone(http_);
    std::vector<std::string> names = models_there(provider_, model_, alone);
    std::erase_if(names, [](const auto& name) { return name.size() > 200; });  // none
    if (names.empty() || std::ranges::find(names, model_.name) != names.end())
      return "";
    const std::string nearest = suggestion(model_.name, names);
    const std::size_t more = names.size() - std::min(names.size(), most_named);
    names.resize(names.size() - more);
    std::string text;
    if (provider_.tells == Tells::tags)
      text = fmt::format("; ollama pull {} fetches it", for_terminal_line(model_.name));
    text += fmt::format("; it has {}", for_terminal_line(join(names, ", ")));
    if (more > 0) text += fmt::format(" and {} more", more);
    return text + for_terminal_line(nearest);
  }

  // What is wrong with every question is wrong with the request: a field that this
  // server does not know, say. Fourteen thousand more will not teach us more. The run
  // ends in wait(): whoever starts a batch was promised room for all of it.
  void refused(const Error& error) {
    if (answered_) return;
    ++refusals_;
    last_refusal_ = error.message;
    if (error.fault == Fault::usage && !unusable_) unusable_ = error;
  }

  // Of a page, or of anything else that never becomes a reply, every one may be paid.
  void no_reply(const Try& attempt) {
    if (answered_) return;
    ++no_replies_;
    const auto url = parse_url(attempt.request.url);
    last_no_reply_ = fmt::format("{}; asked at {}{}",
                                 attempt.attempts.back().outcome.error().message,
                                 url_origin(attempt.request.url), url ? url->path : "");
  }

  void give_up_if_all_are_refused() {
    if (answered_) return;
    if (unusable_) give_up(*unusable_);
    if (no_replies_ >= most_refusals) {
      give_up({Fault::denied, fmt::format("the first {} answers held no reply: {}",
                                          no_replies_, last_no_reply_)});
    }
    if (refusals_ < most_refusals) return;
    give_up({Fault::denied, fmt::format("the first {} requests were all refused: {}",
                                        refusals_, last_refusal_)});
  }

  void schedule(Try attempt, std::chrono::milliseconds pause) {
    attempt.due = now() + pause;
    waiting_.push_back(std::move(attempt));
  }

  void give_up(Error error) {
    if (!fatal_) fatal_ = std::move(error);
    end_waiting();
  }

  void end_waiting() {
    for (Try& attempt : waiting_) {
      if (attempt.attempts.empty()) {
        record(attempt, {Fault::cancelled, "stopped before it was asked"});
      }
      finish(std::move(attempt));
    }
    waiting_.clear();
  }

  void finish(Try attempt) {
    done_.push_back({attempt.trial, std::move(attempt.attempts)});
  }

  // A thousand questions that meet the same trouble are one line, now and then.
  void say_trying_again(const std::string& message, std::chrono::milliseconds pause) {
    if (!options_.talk) return;
    const TimePoint time = now();
    if (message == last_said_ && time - last_said_at_ < quiet_between_) {
      ++unsaid_;
      return;
    }
    const std::string more =
        unsaid_ > 0 ? fmt::format(" ({} more since the last line)", unsaid_) : "";
    options_.talk(fmt::format("{}; trying again in {:.1f} s{}", message,
                              static_cast<double>(pause.count()) / 1000, more));
    last_said_ = message;
    last_said_at_ = time;
    unsaid_ = 0;
  }

  static constexpr int most_refusals = 10;

  const Provider& provider_;
  Model model_;
  Secrets secrets_;  // a server may repeat one: neither store nor screen does
  HttpBackendOptions options_;
  HttpOptions http_;
  HttpClient client_;
  Throttle throttle_;
  Meter meter_;
  TimePoint held_until_{};        // by the meter, but for what comes back before
  std::optional<Error> used_up_;  // a limit of a day
  std::string day_said_;
  AttemptIds ids_;
  std::unordered_map<std::uint64_t, Try> flying_;
  std::vector<Try> waiting_;
  std::vector<Completion> done_;
  std::optional<Error> fatal_;
  bool drained_ = false;
  bool answered_ = false;  // one question at least
  int refusals_ = 0;       // before the first answer
  std::string last_refusal_;
  int no_replies_ = 0;  // 200s before the first answer that hold none
  std::string last_no_reply_;
  std::optional<Error> unusable_;  // Fault::usage before the first answer
  std::uint64_t next_tag_ = 0;
  static constexpr std::chrono::seconds quiet_between_{10};
  std::string last_said_;
  TimePoint last_said_at_{};
  std::int64_t unsaid_ = 0;
};

}  // namespace

std::unique_ptr<Backend> make_http_backend(const Provider& provider, Model model,
                                           HttpBackendOptions options,
                                           HttpOptions http) {
  http.connections = options.concurrency;
  http.clock = options.clock;
  return std::make_unique<HttpBackend>(provider, std::move(model), std::move(options),
                                       std::move(http));
}

}  // namespace proctor

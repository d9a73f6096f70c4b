#include "proctor/backend/meter.h"

#include <algorithm>
#include <cmath>

namespace proctor {
namespace {

using std::chrono::milliseconds;

constexpr double minute = 60e6, slack = 0.5e6;  // microseconds
constexpr std::int64_t day = 86'400'000'000, longest_kept = 3'600'000'000;

std::int64_t moment_of(WallTime time) {
  return time.time_since_epoch().count();
}

std::int64_t bytes_of(const Prompt& prompt) {
  std::size_t bytes = prompt.text.size();
  for (const Message& message : prompt.messages) bytes += message.content.size();
  return static_cast<std::int64_t>(bytes);
}

std::filesystem::path book_of(const HttpBackendOptions& options, const Model& model) {
  if (options.rates_folder.empty()) return {};
  std::string secrets = model.key;
  for (const auto& [name, value] : model.headers) secrets += "\n" + name + ": " + value;
  return options.rates_folder /
         rate_file_name(model.provider, model.base_url, model.name, secrets);
}

double micros_a_unit(std::int64_t limit, std::int64_t cost) {
  const auto most = static_cast<double>(limit);
  return (minute + slack) / std::max(most - static_cast<double>(cost) + 1, most / 2);
}

std::string requests_used_up(std::int64_t limit) {
  return fmt::format("the limit of {} requests a day is used up", limit);
}

// What a clock that was set back has left behind.
void drop_other_times(RateState& state, std::int64_t now, std::int64_t longest_pause) {
  for (std::int64_t& spent : state.spent_until)
    if (spent > now + longest_kept) spent = now;
  if (state.paused_until > now + longest_pause) state.paused_until = 0;
  if (now < state.day_began || now - state.day_began >= day) {
    state.day_began = now;
    state.asked_in_day = 0;
  }
}

}  // namespace

std::int64_t Cost::of(Counted what) const {
  if (what == Counted::requests) return requests;
  if (what == Counted::prompt_tokens) return prompt_tokens;
  if (what == Counted::reply_tokens) return reply_tokens;
  return prompt_tokens + reply_tokens;
}

Cost& Cost::operator+=(const Cost& other) {
  requests += other.requests;
  prompt_tokens += other.prompt_tokens;
  reply_tokens += other.reply_tokens;
  return *this;
}

Meter::Meter(const HttpBackendOptions& options, const Model& model)
    : own_(options.rates),
      longest_pause_(options.longest_wait_asked),
      book_(book_of(options, model), options.talk) {}

Cost Meter::estimate(const Prompt& prompt) const {
  constexpr std::int64_t bytes_a_token = 4, usual_reply = 256;
  const std::int64_t bytes = bytes_of(prompt);
  Cost cost{.requests = 1, .prompt_tokens = bytes / bytes_a_token + 1};
  if (bytes_ > 0 && prompt_tokens_ > 0) {
    const double ratio =
        static_cast<double>(prompt_tokens_) / static_cast<double>(bytes_);
    cost.prompt_tokens = std::llround(static_cast<double>(bytes) * ratio);
  }
  cost.reply_tokens = replies_ > 0 ? reply_tokens_ / replies_
                                   : prompt.sampling.max_tokens.value_or(usual_reply);
  return cost;
}

std::optional<Meter::Wait> Meter::take(const Cost& cost, WallTime now) {
  if (day_is_over_ > now)
    return Wait{std::chrono::ceil<milliseconds>(day_is_over_ - now), day_limit_};
  if (!is_limited()) return std::nullopt;
  std::int64_t wait = 0;
  bool is_day = false;
  book_.change([&](RateState& state) {
    const std::int64_t moment = moment_of(now);
    drop_other_times(state, moment, Microseconds(longest_pause_).count());
    is_day = own_.requests_a_day && state.asked_in_day >= *own_.requests_a_day;
    wait = is_day ? state.day_began + day - moment
                  : std::max<std::int64_t>(0, state.paused_until - moment);
    for (const Counted what : every_counted) {
      const auto at = static_cast<std::size_t>(what);
      if (!is_day && limit_of(what))
        wait = std::max(wait, state.spent_until.at(at) - moment);
    }
    if (wait > 0) return;
    spend(state, cost, now);
    ++state.asked_in_day;
  });
  if (wait == 0) return std::nullopt;
  return Wait{std::chrono::ceil<milliseconds>(Microseconds(wait)),
              is_day ? requests_used_up(*own_.requests_a_day) : ""};
}

void Meter::spend(RateState& state, const Cost& cost, WallTime now) const {
  for (const Counted what : every_counted) {
    const auto limit = limit_of(what);
    if (!limit) continue;
    std::int64_t& spent = state.spent_until.at(static_cast<std::size_t>(what));
    spent = std::max(spent, moment_of(now) - static_cast<std::int64_t>(slack)) +
            std::llround(static_cast<double>(cost.of(what)) *
                         micros_a_unit(*limit, cost.of(what)));
  }
}

void Meter::correct(const Prompt& prompt, const Cost& cost, int sent,
                    const Tokens& counted) {
  if (counted.prompt) {
    prompt_tokens_ += *counted.prompt;
    bytes_ += bytes_of(prompt);
  }
  if (counted.reply) {
    ++replies_;
    reply_tokens_ += *counted.reply;
  }
  if (!is_limited()) return;
  const Cost truth{
      .requests = sent,
      .prompt_tokens = sent * counted.prompt.value_or(cost.prompt_tokens),
      .reply_tokens = std::min(sent, 1) * counted.reply.value_or(cost.reply_tokens)};
  book_.change([&](RateState& state) {
    for (const Counted what : every_counted) {
      const auto limit = limit_of(what);
      const std::int64_t more = truth.of(what) - cost.of(what);
      if (!limit || more == 0) continue;
      state.spent_until.at(static_cast<std::size_t>(what)) += std::llround(
          static_cast<double>(more) * micros_a_unit(*limit, cost.of(what)));
    }
  });
}

void Meter::heed(const HttpResponse& response, const Cost& cost, const Cost& unseen,
                 WallTime now) {
  const std::vector<ToldRate> told = rates_told(response, now);
  for (const ToldRate& rate : told) {
    if (!rate.of_day) told_.at(static_cast<std::size_t>(rate.what)) = rate.limit;
    if (!rate.of_day || rate.remaining > 0 || !rate.reset) continue;
    day_is_over_ = now + *rate.reset;
    day_limit_ =
        rate.what == Counted::requests
            ? requests_used_up(rate.limit)
            : fmt::format("the limit of {} tokens a day is used up", rate.limit);
  }
  for (const ToldRate& rate : told) {
    // What is left is less than the next request takes: others ask with this key.
    const std::int64_t lacks =
        cost.of(rate.what) + unseen.of(rate.what) - rate.remaining;
    if (rate.of_day || lacks <= 0) continue;
    const double refill = minute / static_cast<double>(rate.limit);
    const std::int64_t until =
        moment_of(now) + std::llround(static_cast<double>(lacks) * refill);
    book_.change([&](RateState& state) {
      std::int64_t& spent = state.spent_until.at(static_cast<std::size_t>(rate.what));
      spent = std::max(spent, until);
    });
  }
}

void Meter::pause_until(WallTime time) {
  if (!is_limited()) return;
  book_.change([&](RateState& state) {
    state.paused_until = std::max(state.paused_until, moment_of(time));
  });
}

std::optional<std::int64_t> Meter::limit_of(Counted what) const {
  const auto told = told_.at(static_cast<std::size_t>(what));
  const auto own = what == Counted::requests ? own_.requests_a_minute
                   : what == Counted::tokens ? own_.tokens_a_minute
                                             : std::nullopt;
  return own && told ? std::min(own, told) : own ? own : told;
}

bool Meter::is_limited() const {
  return own_.requests_a_day.has_value() ||
         std::ranges::any_of(every_counted,
                             [&](Counted what) { return limit_of(what).has_value(); });
}

}  // namespace proctor

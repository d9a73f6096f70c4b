// When the next request may be sent: no faster than the user allows, nor than the
// server says. Not for other folders.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "proctor/backend/backend.h"
#include "proctor/backend/rate_book.h"
#include "proctor/backend/told_rates.h"

namespace proctor {

// What requests take of limits.
struct Cost {
  std::int64_t requests = 0, prompt_tokens = 0, reply_tokens = 0;

  std::int64_t of(Counted what) const;
  Cost& operator+=(const Cost& other);
};

// A limit of N a minute is kept as an even flow, for servers keep theirs so (600 a
// minute may be ten a second, as OpenAI's guide says), with half a second's worth at
// once. By the generic cell rate algorithm (ITU-T I.371) a request goes when what went
// before it has flowed off; of requests that take c each no more than N begin in any 60
// seconds where the flow is (N - c + 1) per 60.5 s. Of one that takes more than half of
// N alone that cannot be had: it is followed by as long a pause as it takes.
//
// A prompt's tokens are estimated by its bytes, by the ratio that the server has
// counted in this run, before the first count 4 bytes a token (OpenAI's rule of thumb
// for English); a reply's by the mean of this run's, before the first by `max_tokens`,
// else 256. What the server counts corrects it: a request that was never sent takes
// nothing, one that was sent twice takes both, one that failed what was estimated.
//
// A day is the 24 hours from its first request. A clock that is set makes moments that
// are more than an hour off worth nothing.
class Meter {
 public:
  // Keeps its book in `options.rates_folder` once a limit is known.
  Meter(const HttpBackendOptions& options, const Model& model);

  Cost estimate(const Prompt& prompt) const;

  struct Wait {
    std::chrono::milliseconds time;
    std::string of_day;  // which limit of a day is used up, for a person; or empty
  };
  // Takes it, or says how long to wait; then it is to be asked again.
  std::optional<Wait> take(const Cost& cost, WallTime now);
  // What a request that had taken `cost` took in truth. `sent` is
  // HttpCompletion::sent.
  void correct(const Prompt& prompt, const Cost& cost, int sent, const Tokens& counted);
  // Heeds what an answer says of limits; `unseen` is what was sent after its request,
  // which the server may not have counted in it.
  void heed(const HttpResponse& response, const Cost& cost, const Cost& unseen,
            WallTime now);
  // The server has asked for it; other processes wait as well.
  void pause_until(WallTime time);

 private:
  std::optional<std::int64_t> limit_of(Counted what) const;
  bool is_limited() const;
  void spend(RateState& state, const Cost& cost, WallTime now) const;

  Rates own_;
  std::chrono::milliseconds longest_pause_;
  RateBook book_;
  std::array<std::optional<std::int64_t>, every_counted.size()> told_;  // a minute
  WallTime day_is_over_{};  // of a limit of the server's that is used up
  std::string day_limit_;
  // Of this run's replies.
  std::int64_t replies_ = 0, reply_tokens_ = 0, bytes_ = 0, prompt_tokens_ = 0;
};

}  // namespace proctor

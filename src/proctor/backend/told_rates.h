// How fast a server's headers say that it may be asked. Pure; not for other folders.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "proctor/backend/backend.h"

namespace proctor {

// What a limit counts. Tokens are a prompt's and its reply's together.
enum class Counted { requests, tokens, prompt_tokens, reply_tokens };
inline constexpr std::array every_counted = {
    Counted::requests, Counted::tokens, Counted::prompt_tokens, Counted::reply_tokens};

struct ToldRate {
  Counted what = Counted::requests;
  bool of_day = false;  // else of a minute
  std::int64_t limit = 0, remaining = 0;
  std::optional<std::chrono::milliseconds> reset;  // until it is as good as new
};

// x-ratelimit-limit-requests and its kin, as OpenAI, Groq and Cerebras send them, and
// anthropic-ratelimit-requests-limit and its. OpenAI's are of a minute and Groq's
// requests of a day, by the same name: a limit that fills evenly tells which, for
// `reset` is the share of the time that has been used up.
std::vector<ToldRate> rates_told(const HttpResponse& response, WallTime now);

}  // namespace proctor

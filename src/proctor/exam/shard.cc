#include "proctor/exam/shard.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "proctor/exam/forecast.h"

namespace proctor {
namespace {

constexpr int longest_reply = 256;

}  // namespace

Result<Shard> parse_shard(std::string_view text) {
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto at = std::from_chars(text.data(), end, shard.at);
  if (at.ec == std::errc{} && at.ptr != end && *at.ptr == '/') {
    const auto of = std::from_chars(at.ptr + 1, end, shard.of);
    if (of.ec == std::errc{} && of.ptr == end && shard.at >= 1 && shard.at <= shard.of)
      return shard;
  }
  return fail(Fault::usage, "`shard`: found {}, expected K/N, as 3/8 is the third of 8",
              text);
}

double about_tokens(const Evaluation& evaluation, TrialId trial) {
  const Protocol& protocol = evaluation.protocol;
  const int reply = protocol.scoring == Scoring::generate
                        ? std::min(protocol.sampling.max_tokens.value_or(longest_reply),
                                   longest_reply)
                        : 0;
  return static_cast<double>(bytes_of(prompt_for(evaluation, trial))) / bytes_a_token +
         reply;
}

std::vector<TrialId> shard_of(const Evaluation& evaluation, const Shard& shard) {
  const std::vector<TrialId>& trials = evaluation.plan.trials;
  std::vector<double> tokens;
  for (const TrialId trial : trials) tokens.push_back(about_tokens(evaluation, trial));
  const double share = std::accumulate(tokens.begin(), tokens.end(), 0.0) / shard.of;
  std::vector<TrialId> part;
  double before = 0;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    // Where its middle lies.
    const int place =
        std::min(static_cast<int>((before + tokens[i] / 2) / share), shard.of - 1);
    if (place == shard.at - 1) part.push_back(trials[i]);
    before += tokens[i];
  }
  return part;
}

}  // namespace proctor

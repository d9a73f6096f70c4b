// How each harness makes one number of many questions, and what error it puts beside.
// Part of score.h: other folders include that.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/score/count.h"

namespace proctor {

enum class Average {
  micro,  // every question weighs the same
  macro,  // every subject weighs the same
};

// What a harness prints as the uncertainty of its number.
enum class Spread {
  none,
  standard_error,   // sample deviation of the marks / sqrt(n): inspect_ai, openbench
  pooled_error,     // lm-evaluation-harness, of a group: without the variance between
                    // subjects; of one subject the standard error
  score_deviation,  // simple-evals' std: of the marks, not of their mean
};
// The key of --json: "stderr" or "std".
std::string_view key_of(Spread spread);

// Whose grouping of MMLU's subjects it prints.
enum class Grouping { none, hendrycks, lm_eval };

struct Aggregation {
  std::string_view name;     // as a protocol's TOML has it: "lm_eval"
  std::string_view harness;  // "lm-evaluation-harness"
  Average average = Average::micro;
  Spread spread = Spread::none;
  Grouping grouping = Grouping::none;
};
std::span<const Aggregation> aggregations();
// Fault::usage with the nearest name.
Result<const Aggregation*> find_aggregation(std::string_view name);

struct Aggregate {
  double value = 0;
  std::optional<double> spread;  // as the harness has it
  Interval interval;             // 95 %, Proctor's, of the same average
  Count count;                   // of all subjects
  std::int64_t subjects = 0;
};
// Nothing where no subject has a question.
std::optional<Aggregate> aggregate(const Aggregation& how,
                                   std::span<const Count> subjects);

// ---- The formulas (docs/statistics.md has their sources) ----

// sd / sqrt(n), sd with n - 1. Nothing below two.
std::optional<double> standard_error(const Count& count);
// lm_eval.api.metrics.pooled_sample_stderr. Nothing where a subject has less than two.
std::optional<double> pooled_error(std::span<const Count> subjects);
// The population's deviation, numpy's std: sqrt(p(1 - p)).
std::optional<double> score_deviation(const Count& count);
// Of the mean of the subjects' shares: their Wilson intervals, squared and added (Zou
// and Donner 2008), so that it does not collapse at 0 % and 100 %. One subject's is
// Wilson's.
Interval macro_interval(std::span<const Count> subjects);
// The mean of the shares; nothing where there is none.
std::optional<double> macro_mean(std::span<const Count> subjects);

}  // namespace proctor

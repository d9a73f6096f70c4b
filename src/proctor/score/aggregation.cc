#include "proctor/score/aggregation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace proctor {
namespace {

constexpr std::array table = {
    Aggregation{"seed", "the seed script"},
    Aggregation{"proctor", "Proctor"},
    Aggregation{"hendrycks", "hendrycks/test", Average::micro, Spread::none,
                Grouping::hendrycks},
    Aggregation{"lm_eval", "lm-evaluation-harness", Average::micro,
                Spread::pooled_error, Grouping::lm_eval},
    Aggregation{"helm", "HELM", Average::macro},
    Aggregation{"simple_evals", "simple-evals", Average::micro, Spread::score_deviation,
                Grouping::hendrycks},
    Aggregation{"inspect", "inspect_ai", Average::micro, Spread::standard_error},
    Aggregation{"openbench", "openbench", Average::micro, Spread::standard_error,
                Grouping::hendrycks},
    Aggregation{"evalscope", "evalscope", Average::micro, Spread::none,
                Grouping::hendrycks},
    Aggregation{"mmlu_pro", "MMLU-Pro"},
    Aggregation{"ollama_mmlu_pro", "Ollama-MMLU-Pro"},
};

}  // namespace

std::string_view key_of(Spread spread) {
  return spread == Spread::score_deviation ? "std" : "stderr";
}

std::span<const Aggregation> aggregations() {
  return table;
}

Result<const Aggregation*> find_aggregation(std::string_view name) {
  const auto found = std::ranges::find(table, name, &Aggregation::name);
  if (found != table.end()) return &*found;
  std::vector<std::string> names;
  for (const Aggregation& aggregation : table) names.emplace_back(aggregation.name);
  return fail(Fault::usage, "{}: no such aggregation{}; expected one of {}", name,
              suggestion(name, names), join(names, ", "));
}

std::optional<double> standard_error(const Count& count) {
  if (count.n < 2) return std::nullopt;
  const auto n = static_cast<double>(count.n);
  const double p = static_cast<double>(count.right) / n;
  // Of zeros and ones the squared deviations sum to n p (1 - p).
  return std::sqrt(p * (1 - p) / (n - 1));
}

std::optional<double> pooled_error(std::span<const Count> subjects) {
  double sum = 0;
  Count all;
  for (const Count& subject : subjects) {
    const auto error = standard_error(subject);
    if (!error) return std::nullopt;
    const auto n = static_cast<double>(subject.n);
    sum += (n - 1) * n * *error * *error;
    all += subject;
  }
  if (subjects.empty()) return std::nullopt;
  const auto free = static_cast<double>(all.n) - static_cast<double>(subjects.size());
  return std::sqrt(sum / free / static_cast<double>(all.n));
}

std::optional<double> score_deviation(const Count& count) {
  const auto share = count.share();
  if (!share) return std::nullopt;
  return std::sqrt(*share * (1 - *share));
}

std::optional<double> macro_mean(std::span<const Count> subjects) {
  double sum = 0;
  std::int64_t asked = 0;
  for (const Count& subject : subjects) {
    const auto share = subject.share();
    sum += share.value_or(0);
    asked += share ? 1 : 0;
  }
  if (asked == 0) return std::nullopt;
  return sum / static_cast<double>(asked);
}

Interval macro_interval(std::span<const Count> subjects) {
  const auto mean = macro_mean(subjects);
  if (!mean) return {};
  double below = 0, above = 0;
  std::int64_t asked = 0;
  for (const Count& subject : subjects) {
    const auto share = subject.share();
    if (!share) continue;
    const Interval of_one = wilson(subject);
    below += (*share - of_one.low) * (*share - of_one.low);
    above += (of_one.high - *share) * (of_one.high - *share);
    ++asked;
  }
  const auto m = static_cast<double>(asked);
  return {std::max(0.0, *mean - std::sqrt(below) / m),
          std::min(1.0, *mean + std::sqrt(above) / m)};
}

std::optional<Aggregate> aggregate(const Aggregation& how,
                                   std::span<const Count> subjects) {
  Aggregate out;
  std::vector<Count> asked;
  for (const Count& subject : subjects) {
    if (subject.n > 0) asked.push_back(subject);
    out.count += subject;
  }
  if (asked.empty()) return std::nullopt;
  out.subjects = static_cast<std::int64_t>(asked.size());
  const bool micro = how.average == Average::micro;
  out.value = micro ? *out.count.share() : *macro_mean(asked);
  out.interval = micro ? wilson(out.count) : macro_interval(asked);
  switch (how.spread) {
    case Spread::none:
      break;
    case Spread::standard_error:
      out.spread = standard_error(out.count);
      break;
    case Spread::pooled_error:
      out.spread = pooled_error(asked);
      break;
    case Spread::score_deviation:
      out.spread = score_deviation(out.count);
      break;
  }
  return out;
}

}  // namespace proctor

#include <algorithm>
#include <array>

#include "proctor/chart/of_runs.h"

namespace proctor {
namespace {

ChartPoint point_of(const Count& count, std::size_t series, double x) {
  return {.series = series,
          .x = x,
          .value = count.share().value_or(0),
          .interval = wilson(count),
          .right = count.right,
          .n = count.n};
}

// ---- What a run costs -------------------------------------------------------------

constexpr std::array all_costs = {RunCost::size, RunCost::bits, RunCost::latency,
                                  RunCost::tokens};

using Costs = std::array<std::optional<double>, all_costs.size()>;

Costs costs_of(const ScoredRun& run, const RunTitle& title, const Measures& measures) {
  Costs costs;
  if (const auto bytes = author_of(run).bytes)
    costs[static_cast<std::size_t>(RunCost::size)] = static_cast<double>(*bytes);
  if (title.bits) costs[static_cast<std::size_t>(RunCost::bits)] = *title.bits;
  costs[static_cast<std::size_t>(RunCost::latency)] = quantile(measures.seconds, 0.5);
  costs[static_cast<std::size_t>(RunCost::tokens)] = mean_of(measures.reply_tokens);
  return costs;
}

std::string_view needs(RunCost cost) {
  switch (cost) {
    case RunCost::size:
      return "the size of its weights, which ollama and llama-server say";
    case RunCost::bits:
      return "a quantisation in its model's name, as model.Q4_K_M.gguf has it";
    case RunCost::latency:
      return "replies that took a time, as those of a model that is asked do";
    case RunCost::tokens:
      break;
  }
  return "replies with their tokens, as a server or a model file counts them";
}

// The first that all runs have; the one that is asked for must be there.
Result<RunCost> chosen_cost(const KindInput& input, const std::vector<Costs>& costs) {
  const auto lacking = [&](RunCost cost) -> std::optional<std::size_t> {
    for (std::size_t i = 0; i < costs.size(); ++i) {
      if (!costs[i][static_cast<std::size_t>(cost)]) return i;
    }
    return std::nullopt;
  };
  const auto tells_apart = [&](RunCost cost) {
    const auto at = static_cast<std::size_t>(cost);
    return costs.size() == 1 || std::ranges::any_of(costs, [&](const Costs& one) {
             return one[at] != costs.front()[at];
           });
  };
  for (const RunCost cost : all_costs) {
    if (input.wish.cost.value_or(cost) != cost) continue;
    if (input.wish.cost ? !lacking(cost) : !lacking(cost) && tells_apart(cost))
      return cost;
  }
  const RunCost cost = input.wish.cost.value_or(RunCost::latency);
  const ScoredRun& run = input.runs[lacking(cost).value_or(0)];
  return fail(Fault::usage, "run {}: no {} is known of it; expected {}",
              for_terminal_line(run.name_or_id()), name_of(cost), needs(cost));
}

// Better, or as good and cheaper, than all that cost no more.
void mark_best(std::vector<ChartPoint>& points) {
  for (ChartPoint& point : points) {
    point.is_best = std::ranges::none_of(points, [&](const ChartPoint& other) {
      const bool no_worse = other.value >= point.value && *other.x <= *point.x;
      return no_worse && (other.value > point.value || *other.x < *point.x);
    });
  }
}

constexpr std::size_t most_steps = 240;  // of a run's line

}  // namespace

Status add_costs(Chart& chart, const KindInput& input) {
  std::vector<Costs> costs;
  for (std::size_t i = 0; i < input.runs.size(); ++i) {
    const Measures measures =
        TRY(read_measures(input.store, input.runs[i], input.wish.look));
    costs.push_back(costs_of(input.runs[i], input.titles.runs[i], measures));
  }
  chart.cost = TRY(chosen_cost(input, costs));
  for (std::size_t i = 0; i < input.runs.size(); ++i) {
    chart.points.push_back(point_of(input.runs[i].ledger().count(), i,
                                    *costs[i][static_cast<std::size_t>(chart.cost)]));
    chart.points.back().label = chart.series[i].name();
  }
  mark_best(chart.points);
  return {};
}

Status add_calibration(Chart& chart, const KindInput& input) {
  for (std::size_t i = 0; i < input.runs.size(); ++i) {
    const ScoredRun& run = input.runs[i];
    const Measures measures = TRY(read_measures(input.store, run, input.wish.look));
    const auto calibration = calibration_of(measures.sure);
    if (!calibration) {
      return fail(Fault::usage,
                  "run {}: found no probability of a letter in {} repl{}, expected "
                  "letters that were scored; a protocol that scores them, such as "
                  "mmlu, gives them",
                  for_terminal_line(run.name_or_id()), with_thousands(run.ended()),
                  run.ended() == 1 ? "y" : "ies");
    }
    chart.series[i].error = calibration->error;
    chart.series[i].count = {};
    for (const auto& [mean, count] : calibration->bins) {
      chart.points.push_back(point_of(count, i, mean));
      chart.series[i].count += count;
    }
  }
  return {};
}

Status add_progress(Chart& chart, const KindInput& input) {
  for (std::size_t i = 0; i < input.runs.size(); ++i) {
    const Measures measures =
        TRY(read_measures(input.store, input.runs[i], input.wish.look));
    for (const Count& count : running_counts(measures.ended, most_steps))
      chart.points.push_back(point_of(count, i, static_cast<double>(count.n)));
  }
  return {};
}

}  // namespace proctor

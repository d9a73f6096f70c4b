#include "proctor/report/report.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace proctor {
namespace {

std::string spread_text(const HarnessScore& score, const Aggregate& of,
                        Language language) {
  if (!of.spread) return {};
  if (score.how->spread == Spread::score_deviation) {
    return in_language(language, ", std of the marks {:.2f}", "、得点の標準偏差 {:.2f}",
                       100 * *of.spread);
  }
  return in_language(language, ", stderr {:.2f}", "、標準誤差 {:.2f}",
                     100 * *of.spread);
}

std::string value_text(const HarnessScore& score, const Aggregate& of,
                       Language language) {
  if (score.how->average == Average::micro) {
    return accuracy_text(of.count) + spread_text(score, of, language) + ", " +
           interval_text(of.interval);
  }
  return in_language(language, "{:.2f}% (mean of {} subjects, n {}), {}",
                     "{:.2f}%（{} 科目の平均、n {}）, {}", 100 * of.value, of.subjects,
                     with_thousands(of.count.n), interval_text(of.interval));
}

nlohmann::ordered_json json_of(const HarnessScore& score, const Aggregate& of) {
  nlohmann::ordered_json json = {{"value", of.value}};
  json[std::string(key_of(score.how->spread))] = number_or_null(of.spread);
  json["ci95"] = {of.interval.low, of.interval.high};
  json["n"] = of.count.n;
  json["correct"] = of.count.right;
  json["subjects"] = of.subjects;
  return json;
}

}  // namespace

nlohmann::ordered_json aggregation_json(const std::optional<HarnessScore>& score) {
  if (!score) return nullptr;
  nlohmann::ordered_json json = {
      {"name", score->how->name},
      {"harness", score->how->harness},
      {"average", score->how->average == Average::micro ? "micro" : "macro"}};
  json.update(json_of(*score, score->all));
  auto groups = nlohmann::ordered_json::object();
  for (const auto& [name, of] : score->groups) groups[name] = json_of(*score, of);
  json["groups"] = std::move(groups);
  return json;
}

std::string harness_value_text(const HarnessScore& score, Language language) {
  return value_text(score, score.all, language);
}

std::string reported_text(const ScoredRun& run, Language language) {
  const auto score = harness_score(run.info, run.account.tally);
  if (!run.has_reply() || !score || !says_more(*score)) return "";
  return fmt::format("{}: {}", score->how->harness,
                     harness_value_text(*score, language));
}

std::string harness_text(const HarnessScore& score, Language language) {
  std::string text;
  if (says_more(score)) {
    text = in_language(language, "as {} reports it: {}\n", "{} の集計: {}\n",
                       score.how->harness, harness_value_text(score, language));
  }
  if (score.how->grouping != Grouping::lm_eval || score.all.subjects < 2) return text;
  int width = 0;
  for (const auto& [name, of] : score.groups)
    width = std::max(width, display_width(name));
  for (const auto& [name, of] : score.groups) {
    text +=
        fmt::format("  {}  {}\n", pad(name, width), value_text(score, of, language));
  }
  return text;
}

}  // namespace proctor

#include "proctor/cli/harness_score.h"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

namespace proctor {
namespace {

// The words that hendrycks/test and lm-evaluation-harness print.
std::string group_of(Grouping grouping, const std::string& subject) {
  const Subject* const known = find_subject(subject);
  if (known == nullptr || grouping == Grouping::none) return {};
  return std::string(grouping == Grouping::lm_eval ? known->lm_eval_group
                                                   : known->category);
}

// What older stores do not hold, a built-in protocol still says.
const Aggregation* aggregation_of(const RunInfo& info) {
  std::string name = info.aggregation;
  if (name.empty() && !info.protocol.ends_with(".toml")) {
    const auto protocol = find_protocol(info.protocol);
    if (protocol) name = protocol->aggregation;
  }
  const auto found = find_aggregation(name);
  return found ? *found : *find_aggregation("proctor");
}

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

std::optional<HarnessScore> harness_score(const RunInfo& info, const Tally& tally) {
  HarnessScore score{.how = aggregation_of(info)};
  const auto all = aggregate(*score.how, tally.subjects());
  if (!all) return std::nullopt;
  score.all = *all;
  std::map<std::string, std::vector<Count>> groups;
  for (const auto& [subject, ledger] : tally.by_subject) {
    const std::string group = group_of(score.how->grouping, subject);
    if (!group.empty()) groups[group].push_back(ledger.count());
  }
  for (const auto& [name, subjects] : groups) {
    if (const auto of = aggregate(*score.how, subjects))
      score.groups.emplace_back(name, *of);
  }
  return score;
}

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

bool says_more(const HarnessScore& score) {
  return score.how->average == Average::macro || score.how->spread != Spread::none;
}

std::string harness_value_text(const HarnessScore& score, Language language) {
  return value_text(score, score.all, language);
}

std::string reported_text(const ScoredRun& run, Language language) {
  const auto score = harness_score(run.info, run.progress.tally);
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

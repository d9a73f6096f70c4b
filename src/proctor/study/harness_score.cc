#include "proctor/study/harness_score.h"

#include <map>

#include "proctor/prompt/prompt.h"

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

bool says_more(const HarnessScore& score) {
  return score.how->average == Average::macro || score.how->spread != Spread::none;
}

}  // namespace proctor

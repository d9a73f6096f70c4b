#include "proctor/report/comparison.h"
#include "proctor/report/explanation.h"
#include "proctor/report/json_line.h"
#include "proctor/report/summary.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;

Json pairs_json(const Pairs& pairs) {
  const Interval interval = tango(pairs);
  return {{"n", pairs.n()},
          {"both_right", pairs.both},
          {"only_a", pairs.only_a},
          {"only_b", pairs.only_b},
          {"both_wrong", pairs.neither},
          {"accuracy_a", number_or_null(pairs.a().share())},
          {"accuracy_b", number_or_null(pairs.b().share())},
          {"difference", pairs.difference()},
          {"ci95", {interval.low, interval.high}},
          {"mcnemar_p", mcnemar_p(pairs)}};
}

Json csv_line(std::string_view subject, const Pairs& pairs) {
  const Interval interval = tango(pairs);
  const bool any = pairs.n() > 0;
  const auto percent = [any](double share) {
    return number_or_null(any ? std::optional(100 * share) : std::nullopt);
  };
  return {{"subject", subject},
          {"n", pairs.n()},
          {"both_right", pairs.both},
          {"only_a", pairs.only_a},
          {"only_b", pairs.only_b},
          {"both_wrong", pairs.neither},
          {"accuracy_a", percent(pairs.a().share().value_or(0))},
          {"accuracy_b", percent(pairs.b().share().value_or(0))},
          {"difference", percent(pairs.difference())},
          {"ci_low", percent(interval.low)},
          {"ci_high", percent(interval.high)}};
}

Json near_marks_json(const Comparison& comparison) {
  if (!comparison.has_leads) return nullptr;
  const std::int64_t near = comparison.near.down + comparison.near.up;
  const Interval bounds = comparison.near.bounds(comparison.pairs);
  return {{"near_marks", near},
          {"bounds", {bounds.low, bounds.high}},
          {"may_be_none", near > 0 && may_be_none(bounds)}};
}

Json side_json(const ScoredRun& run) {
  const Count count = run.ledger().count();
  const Interval interval = wilson(count);
  return {{"run", run.id},
          {"model", run.model_name()},
          {"dataset", run.info.dataset},
          {"dataset_digest", run.info.key.dataset_digest},
          {"subjects", run.subjects},
          {"protocol", run.info.protocol},
          {"extract", run.extract},
          {"n", count.n},
          {"correct", count.right},
          {"ci95", {interval.low, interval.high}},
          {"second_tries", run.account.second_tries}};
}

Json unpaired_json(const Unpaired& unpaired) {
  return {{"no_such_question", unpaired.no_such_question},
          {"not_asked", unpaired.not_asked},
          {"failed", unpaired.failed}};
}

Json marked_json(const MarkedQuestion& one) {
  return {{"letter", one.letter ? Json(std::string(1, *one.letter)) : Json(nullptr)},
          {"mark", name_of(one.mark)}};
}

Json parted_json(const std::vector<PartedQuestion>& parted) {
  Json questions = Json::array();
  for (const PartedQuestion& one : parted) {
    const Question& question = one.question;
    questions.push_back({{"id", question.id},
                         {"subject", question.subject},
                         {"question", question.text},
                         {"choices", question.choices},
                         {"right", right_letters(question)},
                         {"only", one.only_a() ? "a" : "b"},
                         {"a", marked_json(one.a)},
                         {"b", marked_json(one.b)}});
  }
  return questions;
}

}  // namespace

std::string comparison_json(const ComparedRuns& runs) {
  const Comparison& comparison = runs.comparison;
  Json json = {{"a", side_json(runs.a.run)}, {"b", side_json(runs.b.run)}};
  json.update(pairs_json(comparison.pairs));
  json["interval"] = "Tango 1998, score";
  json["test"] = "McNemar, exact, two-sided";
  json["arithmetic"] = near_marks_json(comparison);
  json["unpaired"] = {{"a", unpaired_json(comparison.of_a)},
                      {"b", unpaired_json(comparison.of_b)},
                      {"failed_in_both", comparison.failed_in_both}};
  auto subjects = Json::object();
  for (const auto& [subject, pairs] : comparison.by_subject)
    subjects[subject] = pairs_json(pairs);
  json["by_subject"] = std::move(subjects);
  if (runs.parted) json["parted"] = parted_json(*runs.parted);
  if (runs.explanation) json["explain"] = explanation_json(runs);
  return json_line(json);
}

std::string comparison_csv(const ComparedRuns& runs) {
  std::vector<Json> lines = {csv_line("all", runs.comparison.pairs)};
  for (const auto& [subject, pairs] : runs.comparison.by_subject)
    lines.push_back(csv_line(subject, pairs));
  return csv_of(lines);
}

std::string comparison_in(TableFormat format, const ComparedRuns& runs,
                          Language language, int width, const Ink& ink) {
  if (format == TableFormat::json) return comparison_json(runs) + "\n";
  if (format == TableFormat::csv) return comparison_csv(runs);
  if (format == TableFormat::markdown)
    return fenced(comparison_text(runs, language, width, Ink()));
  return comparison_text(runs, language, width, ink);
}

}  // namespace proctor

#include "proctor/report/json_line.h"
#include "proctor/report/summary.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;

// `has_reply`: of the run; without one there is no accuracy anywhere.
Json accuracy_json(std::optional<double> accuracy, bool has_reply) {
  return number_or_null(has_reply ? accuracy : std::nullopt);
}

// Who was there, as the server said; null where it said nothing.
Json answerer_json_of(const ScoredRun& run) {
  auto json = Json::parse(answerer_json(answerer_of(run.info)), nullptr, false);
  return json.is_object() ? json : Json(nullptr);
}

Json shots_json(const RunKey& key) {
  const auto shots = shots_of(key);
  return shots ? Json(*shots) : Json(nullptr);
}

// The replies by model and build, in the servers' own words.
Json sources_json(const Account& account) {
  auto json = Json::array();
  for (const auto& [source, n] : account.sources)
    json.push_back({{"model", source.first}, {"build", source.second}, {"n", n}});
  return json;
}

Json counts_json(const auto& ledgers, bool has_reply) {
  auto json = Json::object();
  for (const auto& [name, ledger] : ledgers) {
    json[name] = {{"n", ledger.n()},
                  {"correct", ledger.right},
                  {"accuracy", accuracy_json(ledger.count().share(), has_reply)}};
  }
  return json;
}

}  // namespace

Json number_or_null(std::optional<double> value) {
  return value ? Json(*value) : Json(nullptr);
}

Json ledger_json(const Ledger& ledger) {
  Json json;
  for (const Mark mark : all_marks) json[std::string(name_of(mark))] = ledger.of(mark);
  return json;
}

std::string summary_json(const ScoredRun& run) {
  const Account& account = run.account;
  const Ledger& ledger = account.tally.ledger;
  const bool has_reply = run.has_reply();
  const Interval interval = has_reply ? wilson(ledger.count()) : Interval{0, 1};
  const Interval bounds = ledger.bounds();
  const auto harness =
      has_reply ? harness_score(run.info, account.tally) : std::nullopt;
  Json json = {
      {"run", run.id},
      {"model", run.model_name()},
      {"answerer", answerer_json_of(run)},
      {"answered_by", sources_json(run.account)},
      {"dataset", run.info.dataset},
      {"dataset_digest", run.info.key.dataset_digest},
      {"split", run.info.split},
      {"subjects", run.about()},
      {"protocol", run.info.protocol},
      {"shots", shots_json(run.info.key)},
      {"extract", run.extract},
      {"planned", run.planned},
      {"n", ledger.n()},
      {"not_asked", run.planned - ledger.n()},
      {"correct", ledger.right},
      {"accuracy", accuracy_json(ledger.count().share(), has_reply)},
      {"ci95", {interval.low, interval.high}},
      {"ledger", ledger_json(ledger)},
      {"bounds", {bounds.low, bounds.high}},
      {"arithmetic", arithmetic_json(run)},
      {"by_subject", counts_json(account.tally.by_subject, has_reply)},
      {"by_category",
       counts_json(by_category(account.tally, run.info.dataset), has_reply)},
      {"macro_accuracy", accuracy_json(macro_accuracy(account.tally), has_reply)},
      {"aggregation", aggregation_json(harness)},
      {"complete", run.is_complete()},
      {"unknown_letters", account.unknown_letters},
      {"no_letters", account.no_letters},
      {"empty_replies", account.empty},
      {"failures", account.reasons},
      {"cut_prompts", account.sizes.cut()},
      {"requests", run.requests},
      {"reused", run.reused},
      {"second_tries", account.second_tries},
      {"failed_second_tries", run.failed_again},
      {"stored", run.stored},
      {"tokens",
       {{"prompt", account.prompt_tokens},
        {"reply", account.reply_tokens},
        {"decoded", account.decoded_tokens}}},
      {"seconds", run.seconds},
      {"asked", run.asked},
      {"questions_per_second", number_or_null(run.rate())},
      {"dropped_bad_labels", run.info.dropped},
      {"name", run.info.name},
      {"note", run.info.note},
      {"notes", run.info.notes},
  };
  if (!run.fatal.empty()) json["stopped"] = run.fatal;
  if ((!has_reply || run.failed_again > 0) && !run.failure.empty())
    json["failure"] = run.failure;
  return json_line(json);
}

std::string trouble_json(const std::string& place, const std::string& message) {
  return json_line({{"place", place}, {"trouble", message}});
}

std::string error_json(Fault fault, const std::string& message) {
  return json_line({{"error", {{"fault", name_of(fault)}, {"message", message}}}});
}

std::string summaries_json(std::span<const ScoredRun> runs) {
  std::string lines;
  for (const ScoredRun& run : runs) lines += summary_json(run) + "\n";
  return lines;
}

}  // namespace proctor

#include "proctor/peer/store_run.h"

#include <algorithm>
#include <cassert>
#include <numeric>

#include <nlohmann/json.hpp>

#include "proctor/score/score.h"
#include "proctor/study/study.h"

namespace proctor {
namespace {

// ---- How it is read ---------------------------------------------------------------

struct Match {
  std::string_view reader;
  std::int64_t right = 0, otherwise = 0;
};

// Nothing where it differs more often than `most`.
std::optional<Match> match_of(const Reader& reader, const PeerRun& run,
                              std::int64_t most) {
  Match match{.reader = reader.name};
  for (const PeerReply& reply : run.replies) {
    const Mark mark = grade(reader, reply.question, {}, reply.attempt).mark;
    match.right += mark == Mark::right ? 1 : 0;
    match.otherwise += (mark == Mark::right) != reply.counted_right ? 1 : 0;
    if (match.otherwise > most) return std::nullopt;
  }
  return match;
}

Result<Match> best_match(const PeerRun& run) {
  std::optional<Match> best;
  std::int64_t most = std::ssize(run.replies);
  for (const std::string& name : run.readers) {
    const auto match = match_of(*TRY(find_reader(name)), run, most);
    if (match && (!best || match->otherwise < best->otherwise)) best = match;
    if (best) most = best->otherwise;
    if (most == 0) break;
  }
  assert(best);
  return *best;
}

// ---- What it is stored as ---------------------------------------------------------

// In canonical order: by subject, and within one as the file has it.
std::vector<const PeerReply*> in_order(const PeerRun& run) {
  std::vector<const PeerReply*> order;
  for (const PeerReply& reply : run.replies) order.push_back(&reply);
  std::ranges::stable_sort(order, {}, [](const PeerReply* reply) {
    return std::string_view(reply->question.subject);
  });
  return order;
}

Dataset dataset_of(const PeerRun& run, const std::vector<const PeerReply*>& order) {
  Dataset dataset{.name = run.dataset, .split = run.split};
  for (const PeerReply* const reply : order) {
    Question& question = dataset.questions.emplace_back(reply->question);
    const bool is_first =
        dataset.questions.size() == 1 ||
        dataset.questions[dataset.questions.size() - 2].subject != question.subject;
    question.index =
        is_first ? 0 : dataset.questions[dataset.questions.size() - 2].index + 1;
    if (question.id.empty()) {
      question.id =
          fmt::format("{}/{}/{}", question.subject, run.split, question.index);
    }
  }
  dataset.digest = digest_of(dataset.questions);
  return dataset;
}

RunKey key_of(const PeerRun& run, const Dataset& dataset) {
  nlohmann::json protocol = {
      {"imported", {{"harness", run.harness}, {"sha256", run.digest}}},
      {"scoring", run.scoring}};
  if (run.shots) protocol["shots"]["count"] = *run.shots;
  return {.provider = "imported",
          .model = run.model,
          .dataset_digest = dataset.digest,
          .protocol =
              protocol.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

Plan plan_of(const PeerRun& run, const Dataset& dataset, std::string_view reader) {
  Plan plan{.info = {.key = key_of(run, dataset),
                     .dataset = dataset.name,
                     .split = dataset.split,
                     .protocol = "imported:" + run.harness,
                     .extract = std::string(reader),
                     .aggregation = run.aggregation,
                     .version = PROCTOR_VERSION},
            .dataset = &dataset};
  plan.info.selection.resize(dataset.questions.size());
  std::iota(plan.info.selection.begin(), plan.info.selection.end(), 0U);
  for (const std::uint32_t ordinal : plan.info.selection)
    plan.trials.push_back({ordinal});
  return plan;
}

// As those of attempts that were asked: time, a count, and what tells this run's from
// all others, here not by chance, so that the same file gives the same ids.
std::string attempt_id(const Attempt& attempt, TrialId trial, const std::string& run) {
  const auto since_1970 =
      std::chrono::floor<std::chrono::milliseconds>(attempt.started.time_since_epoch());
  return fmt::format("{:012x}{:08x}{}", std::max<std::int64_t>(since_1970.count(), 0),
                     trial.ordinal, std::string_view(run).substr(0, 12));
}

// In one transaction: a part of a file would have an accuracy, too.
Status append_all(Store& store, const Plan& plan,
                  const std::vector<const PeerReply*>& order) {
  const std::string run = plan.info.key.id();
  std::vector<Completion> completions;
  for (const TrialId trial : plan.trials) {
    Attempt attempt = order[trial.ordinal]->attempt;
    attempt.id = attempt_id(attempt, trial, run);
    completions.push_back({.trial = trial, .attempts = {std::move(attempt)}});
  }
  return store.append(plan, completions);
}

// ---- What is said of it -----------------------------------------------------------

std::vector<std::string> notes_of(const PeerRun& run, const ImportedRun& imported) {
  std::vector<std::string> notes = run.left_out;
  const std::string n = with_thousands(imported.n);
  if (imported.without_reply > 0) {
    notes.push_back(
        fmt::format("{} of {} questions have no reply in the file: they are failed",
                    with_thousands(imported.without_reply), n));
  }
  if (imported.otherwise > 0) {
    notes.push_back(fmt::format(
        "no reader marks all replies as the file does: by {}, {} of {} are right, the "
        "file counts {}, and {} are right for one of the two alone",
        imported.reader, with_thousands(imported.right), n,
        with_thousands(imported.counted_right), with_thousands(imported.otherwise)));
  }
  return notes;
}

}  // namespace

Result<ImportedRun> store_peer_run(const PeerRun& run, const std::string& name,
                                   const std::string& note, Store& store) {
  const auto order = in_order(run);
  const Dataset dataset = dataset_of(run, order);
  const Match match = TRY(best_match(run));
  Plan plan = plan_of(run, dataset, match.reader);
  plan.info.name = name;
  plan.info.note = note.empty() ? run.files_title() : note;
  ImportedRun imported{.id = plan.info.key.id(),
                       .reader = std::string(match.reader),
                       .n = std::ssize(run.replies),
                       .right = match.right,
                       .otherwise = match.otherwise};
  for (const PeerReply& reply : run.replies) {
    imported.counted_right += reply.counted_right ? 1 : 0;
    imported.without_reply += reply.attempt.outcome ? 0 : 1;
  }
  imported.notes = notes_of(run, imported);
  plan.info.notes = imported.notes;
  // What its harness reports is not what stands here.
  if (imported.right != imported.counted_right) plan.info.aggregation = "proctor";
  TRY(store.open(plan));
  TRY(append_all(store, plan, order));
  return imported;
}

}  // namespace proctor

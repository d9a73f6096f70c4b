#include "proctor/study/marked_run.h"

#include <algorithm>
#include <tuple>

#include "proctor/study/arithmetic.h"

namespace proctor {
namespace {

std::string digest_of_one(const Question& question) {
  Sha256 hash;
  hash.add_field(question.subject);
  add_content(question, hash);
  return hash.hex();
}

bool has_reply(const MarkedQuestion& question) {
  return question.mark != Mark::failed;
}

// What of `one` has no partner in `other`.
Unpaired unpaired(const MarkedRun& one, const MarkedRun& other) {
  Unpaired out;
  for (const auto& [key, question] : one.marks) {
    if (!has_reply(question)) continue;
    const auto found = other.marks.find(key);
    if (found != other.marks.end()) {
      out.failed += has_reply(found->second) ? 0 : 1;
      continue;
    }
    ++(other.questions.contains(key) ? out.not_asked : out.no_such_question);
  }
  return out;
}

}  // namespace

std::vector<QuestionKey> question_keys(const Dataset& dataset) {
  std::vector<QuestionKey> keys;
  std::map<std::string, std::uint32_t> seen;
  for (const Question& question : dataset.questions) {
    std::string digest = digest_of_one(question);
    const std::uint32_t occurrence = seen[digest]++;
    keys.push_back({.digest = std::move(digest), .occurrence = occurrence});
  }
  return keys;
}

Result<MarkedRun> read_marked_run(Store& store, const StoredRun& run,
                                  const Look& look) {
  const Dataset dataset = TRY(store.questions(run.id));
  const std::vector<QuestionKey> keys = question_keys(dataset);
  MarkedRun marked;
  marked.questions.insert(keys.begin(), keys.end());
  const double error = arithmetic_error(run.info.key).value_or(0);
  const auto see = [&](const Graded& graded) -> Status {
    const Lead lead = lead_of(graded);
    marked.marks[keys[graded.trial.ordinal]] = {
        .subject = graded.question->subject,
        .id = graded.question->id,
        .ordinal = graded.trial.ordinal,
        .letter = graded.answer.letter,
        .mark = graded.mark,
        .lead = lead.over_next,
        .could_change = lead.over_other_mark < error};
    return {};
  };
  marked.run = TRY(score_stored_run(store, run, dataset, look, false, see));
  return marked;
}

Comparison compare_runs(const MarkedRun& a, const MarkedRun& b) {
  Comparison comparison{.of_a = unpaired(a, b), .of_b = unpaired(b, a)};
  comparison.has_leads = near_ties(a.run) && near_ties(b.run);
  for (const auto& [key, of_a] : a.marks) {
    const auto of_b = b.marks.find(key);
    if (of_b == b.marks.end()) continue;
    if (!has_reply(of_a) && !has_reply(of_b->second)) ++comparison.failed_in_both;
    if (!has_reply(of_a) || !has_reply(of_b->second)) continue;
    const bool a_right = of_a.mark == Mark::right;
    const bool b_right = of_b->second.mark == Mark::right;
    comparison.pairs.add(a_right, b_right);
    comparison.near.add(a_right, of_a.could_change, b_right, of_b->second.could_change);
    comparison.by_subject[of_a.subject].add(a_right, b_right);
  }
  return comparison;
}

namespace {

// By what the most telling stand first: as tuples compare.
auto rank_of(const PartedQuestion& parted) {
  const auto &a = parted.a, &b = parted.b;
  return std::tuple(a.could_change || b.could_change, !a.letter || !b.letter,
                    -std::min(a.lead, b.lead), a.ordinal);
}

}  // namespace

Result<std::vector<PartedQuestion>> parted_questions(Store& store, const MarkedRun& a,
                                                     const MarkedRun& b) {
  const Dataset dataset = TRY(store.questions(a.run.id));
  std::vector<PartedQuestion> parted;
  for (const auto& [key, of_a] : a.marks) {
    const auto found = b.marks.find(key);
    if (found == b.marks.end() || !has_reply(of_a) || !has_reply(found->second))
      continue;
    const MarkedQuestion& of_b = found->second;
    if ((of_a.mark == Mark::right) != (of_b.mark == Mark::right))
      parted.push_back({dataset.questions[of_a.ordinal], of_a, of_b});
  }
  std::ranges::sort(parted, {}, rank_of);
  return parted;
}

}  // namespace proctor

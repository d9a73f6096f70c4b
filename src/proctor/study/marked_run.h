// A stored run's marks by question, and two runs side by side. Questions are matched by
// what they are, never by where they stand. Part of study.h.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "proctor/study/scored_run.h"

namespace proctor {

// A question whatever data set it is in: its subject, text, options and key; the
// `occurrence` tells those that are alike in all apart (MMLU has some), in the order of
// the data set.
struct QuestionKey {
  std::string digest;
  std::uint32_t occurrence = 0;
  auto operator<=>(const QuestionKey&) const = default;
};

// Of a data set's questions, by ordinal.
std::vector<QuestionKey> question_keys(const Dataset& dataset);

struct MarkedQuestion {
  std::string subject, id;
  std::uint32_t ordinal = 0;  // in the run's data set
  std::optional<char> letter = {};
  Mark mark = Mark::failed;
  double lead = Lead::none;  // how far the answer is before the next letter, in nats
  // Whether the arithmetic's error could have made it right, or not right.
  bool could_change = false;
};

struct MarkedRun {
  ScoredRun run;
  std::map<QuestionKey, MarkedQuestion> marks;  // of what was asked
  std::set<QuestionKey> questions;              // all of its data set
};

Result<MarkedRun> read_marked_run(Store& store, const StoredRun& run, const Look& look);

// Why a question of one run has no partner in the other.
struct Unpaired {
  std::int64_t no_such_question = 0;  // in the other's data set
  std::int64_t not_asked = 0;         // there, but not asked in the other run
  std::int64_t failed = 0;            // asked, but no reply came in the other run
  std::int64_t sum() const { return no_such_question + not_asked + failed; }
};

struct Comparison {
  Pairs pairs;
  std::map<std::string, Pairs, std::less<>> by_subject;
  Unpaired of_a, of_b;
  std::int64_t failed_in_both = 0;  // asked in both, without a reply in either
  bool has_leads = false;           // of both runs
  NearPairs near;  // marks of the pairs that the arithmetic could have changed
};

// Those that got a reply in both; one without a reply says nothing about the model.
Comparison compare_runs(const MarkedRun& a, const MarkedRun& b);

// A question that one of two runs got right, and the other did not.
struct PartedQuestion {
  Question question;
  MarkedQuestion a, b;
  bool only_a() const { return a.mark == Mark::right; }
};
// All of them that compare_runs() counts. The most telling first: those that no
// rounding could have decided, in which both named a letter, and the surer they were
// the earlier; of equals as the data set has them.
Result<std::vector<PartedQuestion>> parted_questions(Store& store, const MarkedRun& a,
                                                     const MarkedRun& b);

}  // namespace proctor

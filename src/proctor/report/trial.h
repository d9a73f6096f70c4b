// One question of a run, as the seed prints it. Part of report.h.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "proctor/score/score.h"

namespace proctor {

// "[12] anatomy/test/3 (wrong, first letter)": its number, id, mark and the rule that
// read it.
std::string trial_title(const Graded& graded);
// Whether a word names its question: by the id, or by the row in the split; an empty
// one names every question.
bool is_called(const Graded& graded, const std::string& word);
// Request, response, question, choices, predicted answer: every word inert.
std::string trial_text(const Graded& graded);

// Puts what comes in the order of ending into the order of the questions, and a line
// with the accuracy so far after every ten.
class InOrder {
 public:
  explicit InOrder(const std::vector<TrialId>& order);

  // The texts that can be printed now.
  std::string add(const Graded& graded);
  // What waits for a question that never ended.
  std::string rest();

 private:
  struct Held {
    std::string text;
    bool is_right;
  };
  std::string release(const Held& held);

  std::map<TrialId, std::size_t> place_;
  std::map<std::size_t, Held> held_;
  std::size_t next_ = 0;
  std::int64_t shown_ = 0, right_ = 0, planned_;
};

}  // namespace proctor

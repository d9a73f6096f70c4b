// Marks, and how many there are of each. Not for other folders; these include score.h.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/answer/answer.h"
#include "proctor/base/base.h"
#include "proctor/score/count.h"

namespace proctor {

enum class Mark {
  right,
  wrong,
  unread,   // a reply in which the reader finds no letter
  refused,  // the model or its provider declined
  cut,      // stopped by a token limit before a letter could be read
  failed,   // no reply came
};
std::string_view name_of(Mark mark);
// Fault::usage says which there are.
Result<Mark> find_mark(std::string_view name);
// "cut, unread".
Result<std::vector<Mark>> parse_marks(std::string_view names);
inline constexpr std::array all_marks = {Mark::right,   Mark::wrong, Mark::unread,
                                         Mark::refused, Mark::cut,   Mark::failed};

// A letter that was read counts, however the reply ended.
Mark mark_of(const Answer& answer, char right, std::string_view finish_reason);
// The words servers use for "stopped by the token limit" and "declined".
bool means_cut(std::string_view finish_reason);
bool means_refused(std::string_view finish_reason);

struct Ledger {
  std::int64_t right = 0, wrong = 0, unread = 0, refused = 0, cut = 0, failed = 0;

  void add(Mark mark);
  Ledger& operator+=(const Ledger& other);
  std::int64_t of(Mark mark) const;
  std::int64_t n() const;
  Count count() const { return {right, n()}; }
  // Without one there is no accuracy: a failure says nothing of a model.
  bool has_reply() const { return n() > failed; }
  // [all unknown wrong, all unknown right]; unknown: unread, refused, cut, failed.
  Interval bounds() const;
};

// The running account of a run: in all and by subject.
struct Tally {
  Ledger ledger;
  std::map<std::string, Ledger, std::less<>> by_subject;

  void add(std::string_view subject, Mark mark);
  // Of every subject, by name.
  std::vector<Count> subjects() const;
};

// The mean of the subjects' accuracies, each subject weighing the same.
std::optional<double> macro_accuracy(const Tally& tally);

// "40.00% (40/100)"
std::string accuracy_text(const Count& count);
// "95 % CI 30.9-49.8"
std::string interval_text(const Interval& interval);

}  // namespace proctor

// Questions of a run, to be read one after the other. Part of report.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proctor/report/ink.h"
#include "proctor/report/language.h"
#include "proctor/score/score.h"

namespace proctor {

struct PageStyle {
  Language language = Language::en;
  int width = 0;      // of the terminal; 0: no line is broken
  bool full = false;  // nothing is folded
  Ink ink = {};
  std::optional<std::int64_t> shots = {};  // worked examples in each prompt
};

// Each question with its mark, what was sent and what came. What a prompt has in common
// with the beginning of the one before it is folded to a line that says how much that
// is, and so is the middle of a long reply. Where letters were scored, each has a bar.
// Every word is inert.
class QuestionPages {
 public:
  explicit QuestionPages(PageStyle style) : style_(style) {}

  // Requires the request's body.
  std::string add(const Graded& graded);

 private:
  std::string prompt_text(const Graded& graded);

  PageStyle style_;
  std::string before_;  // the last prompt
};

// What is asked, a line, and a line a choice, behind two blanks: of at most `width`
// columns, where that is not 0.
std::string asked_text(const Question& question, int width);

}  // namespace proctor

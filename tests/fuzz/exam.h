// What every reader of exams promises, whatever it is fed.
#pragma once

#include "fuzz/fuzz.h"
#include "proctor/dataset/dataset.h"

inline void check_exam(const proctor::Result<std::vector<proctor::Question>>& exam) {
  if (!exam) {
    PROMISE(!exam.error().message.empty());
    return;
  }
  for (const proctor::Question& question : *exam) {
    PROMISE(question.right >= 0);
    PROMISE(static_cast<std::size_t>(question.right) < question.choices.size());
    PROMISE(!proctor::first_invalid_utf8(question.text));
  }
}

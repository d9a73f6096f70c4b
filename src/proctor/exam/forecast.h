// What a run would do, without asking a question. Part of exam.h.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "proctor/exam/choose_model.h"
#include "proctor/exam/prepare.h"
#include "proctor/exam/world.h"
#include "proctor/store/store.h"

namespace proctor {

struct RunForecast {
  RunInfo info;
  std::string id;  // empty: not known before the server answers, or the file is there
  std::int64_t planned = 0, stored = 0, to_ask = 0;  // questions
  std::int64_t prompt_tokens = 0;                    // of what is to be asked
  bool is_exact = false;                             // the tokens
};

// One an exam. A server is asked who it is, and nothing else; of a .gguf the header and
// the vocabulary are read, of a model of the hub what is on the disk.
Result<std::vector<RunForecast>> forecast_runs(const ModelChoice& choice,
                                               std::span<const Exam> exams,
                                               Store& store, const RunNotes& notes,
                                               const ExamWorld& world);

}  // namespace proctor

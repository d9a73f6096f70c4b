// What a run would do, without asking a question. Part of exam.h.
#pragma once

#include <span>
#include <vector>

#include "proctor/exam/choose_model.h"
#include "proctor/exam/prepare.h"
#include "proctor/exam/world.h"
#include "proctor/store/store.h"
#include "proctor/study/study.h"

namespace proctor {

// One an exam. A server is asked who it is, and nothing else; of a .gguf the header and
// the vocabulary are read, of a model of the hub what is on the disk.
Result<std::vector<RunForecast>> forecast_runs(const ModelChoice& choice,
                                               std::span<const Exam> exams,
                                               Store& store, const RunNotes& notes,
                                               const ExamWorld& world);

constexpr std::int64_t bytes_a_token = 4;  // of English, roughly
// Of what a prompt is made of, as it is written.
std::int64_t bytes_of(const Prompt& prompt);

}  // namespace proctor

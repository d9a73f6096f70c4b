// The loop: ask, grade, keep, tell, until nothing is left.
#pragma once

#include <chrono>
#include <stop_token>

#include "proctor/answer/answer.h"
#include "proctor/backend/backend.h"
#include "proctor/base/base.h"
#include "proctor/prompt/prompt.h"
#include "proctor/score/score.h"
#include "proctor/store/store.h"

namespace proctor {

// A plan with what turns it into prompts and replies into marks.
struct Evaluation {
  Plan plan;
  Protocol protocol;
  std::vector<Question> shots;  // by subject, in order; empty: none
  const Extractor* extractor = nullptr;
};

struct Graded {
  TrialId trial;
  Mark mark = Mark::failed;
  Answer answer;
  char right = 'A';
  const Question* question = nullptr;  // the plan's
  const Attempt* attempt = nullptr;    // the one that counts; valid during the call
  std::int64_t attempts = 0;
  bool stored = false;  // answered from the store
};

struct Progress {
  std::int64_t planned = 0, under_way = 0, requests = 0, reused = 0;
  Tally tally;
};

// Who is told. Everything told is on disk already.
struct Watch {
  std::function<void(const Graded&, const Progress&)> saw;
  std::function<void(const Progress&)> tick;
  std::chrono::milliseconds interval{100};
};

struct Outcome {
  Progress progress;
  std::optional<Error> fatal;  // the provider said no for good
  bool interrupted = false;
};

Prompt prompt_for(const Evaluation& evaluation, TrialId trial);
Graded grade(const Evaluation& evaluation, const Question& question, TrialId trial,
             const Attempt& attempt);

// Asks what is not answered yet. The error is the store's: then nothing was told that
// is not on disk. Requires an open run.
Result<Outcome> run(const Evaluation& evaluation, Backend& backend, Store& store,
                    const Watch& watch, std::stop_token stop);

}  // namespace proctor

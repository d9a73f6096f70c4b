// A run from its spec to its score. Part of exam.h.
#pragma once

#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "proctor/exam/open_model.h"
#include "proctor/exam/prepare.h"
#include "proctor/exam/spec.h"
#include "proctor/exam/world.h"
#include "proctor/run/run.h"
#include "proctor/study/study.h"

namespace proctor {

// Who is told of a run, and how it is stopped. All of it may be empty.
struct RunWatch {
  // Before the first question: the run is open in the store.
  std::function<void(const Evaluation&)> begins = {};
  // As Watch has them.
  std::function<void(const Graded&, const Progress&)> saw = {};
  std::function<void(const Progress&)> tick = {};
  // As run() takes them: the first ends asking, the second drops what is on its way.
  std::stop_token stop = {}, stop_now = {};
};

struct RunEnd {
  ScoredRun scored;
  Outcome outcome;           // its `fatal` may be the death of the server
  bool server_died = false;  // one that was started for the model

  // All that the run was to ask has a reply: where some was asked again, the rest, too.
  bool is_whole() const { return outcome.is_complete() && scored.is_complete(); }
};

// Asks the exam of the model, as far as the store has no reply of it. Errors are
// run()'s and open_model.h's; a provider's no is in the outcome.
Result<RunEnd> run_exam(const Exam& exam, const OpenModel& model, const RunNotes& notes,
                        Store& store, const ExamWorld& world, const RunWatch& watch);

// All that a spec asks for: one run a protocol, in order, until one of them ends early
// (its ScoredRun says why). An error of a later one is the whole's; what the others
// came to is in the store. A model of the hub is fetched, a file loaded once, a server
// started once. Fault::usage before anything is asked for what is set and of no use.
Result<std::vector<ScoredRun>> evaluate(const RunSpec& spec, Store& store,
                                        const ExamWorld& world,
                                        const RunWatch& watch = {});

}  // namespace proctor

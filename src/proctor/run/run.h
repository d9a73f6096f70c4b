// The loop: ask, grade, keep, tell, until nothing is left.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "proctor/answer/answer.h"
#include "proctor/backend/backend.h"
#include "proctor/base/base.h"
#include "proctor/prompt/prompt.h"
#include "proctor/question/question.h"
#include "proctor/reply/reply.h"
#include "proctor/score/score.h"
#include "proctor/store/store.h"

namespace proctor {

// A plan with what turns questions into prompts and replies into marks.
struct Evaluation {
  Plan plan;  // plan.dataset is set
  Protocol protocol;
  std::map<std::string, std::vector<Question>> shots;  // by subject, in order
  const Reader* reader = nullptr;
  // Who is there, as the server says. A reply by another model than those before it, or
  // of another build where the server tells its build, is no answer: it ends the run.
  // Not where the run may be `mixed`.
  Answerer answerer;
  bool mixed = false;
};

// Who is told. What is told is on disk already.
struct Watch {
  // In the order in which questions end; the store's own come first.
  std::function<void(const Graded&, const Progress&)> saw;
  // At least every `interval`, also while stored answers are read; an append's own time
  // apart.
  std::function<void(const Progress&)> tick;
  std::chrono::milliseconds interval{100};
  Clock clock = {};  // the backend's, too
  // What a person should know of a shared store: that it is away, that others ask.
  Talk talk = {};
  // How long a shared store may be away. Nothing is asked meanwhile; what came back
  // waits.
  std::chrono::minutes patience{10};
  // What cannot be kept in a shared store goes here, before the run ends for it; says
  // where it is.
  std::function<Result<std::string>(const Plan&, std::span<const Completion>)> rescue =
      {};
};

struct Outcome {
  Progress progress;
  std::optional<Error> fatal;  // the provider said no for good
  bool interrupted = false;

  bool is_complete() const {
    return progress.ended() == progress.planned &&
           progress.account.tally.ledger.failed == 0;
  }
};

// The prompt of a trial of the plan.
Prompt prompt_for(const Evaluation& evaluation, TrialId trial);
// Asks all of the plan that is not answered yet; requires an open run. Where the server
// is another build than the stored replies are of, nothing is asked (Fault::usage, as
// for a reply by another model: who then, who now, the way out). Two stops: the
// first ends asking and awaits what is on its way; the second drops that too. An error
// is the store's, or Fault::cancelled where it was stopped while the stored answers
// were read; then nothing was told that is not on disk.
// Where others ask the same run (Store::is_shared), it ends when all of the plan has,
// and the outcome is of all: what others asked is told last, as reused.
Result<Outcome> run(const Evaluation& evaluation, Backend& backend, Store& store,
                    const Watch& watch, std::stop_token stop = {},
                    std::stop_token stop_now = {});

}  // namespace proctor

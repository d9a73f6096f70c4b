// The loop: ask, grade, keep, tell, until nothing is left.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "proctor/answer/answer.h"
#include "proctor/backend/backend.h"
#include "proctor/base/base.h"
#include "proctor/prompt/prompt.h"
#include "proctor/score/score.h"
#include "proctor/store/store.h"

namespace proctor {

// A plan with what turns questions into prompts and replies into marks.
struct Evaluation {
  Plan plan;  // plan.dataset is set
  Protocol protocol;
  std::map<std::string, std::vector<Question>> shots;  // by subject, in order
  const Extractor* extractor = nullptr;
  // Who is there, as the server says. A reply by another model than those before it, or
  // of another build where the server tells its build, is no answer: it ends the run.
  // Not where the run may be `mixed`.
  Answerer answerer;
  bool mixed = false;
};

// One question's end, as it is told. The pointers are valid during the call.
struct Graded {
  TrialId trial;
  const Question* question = nullptr;
  const Attempt* attempt = nullptr;  // the one that counts
  std::int64_t attempts = 0;         // how often it was tried
  Answer answer;
  Mark mark = Mark::failed;
};

// How many tokens servers say they read, and whether that can be true: ollama cuts what
// is longer than its context, and says nothing but the same number every time.
struct PromptSizes {
  // Of the replies with the most: how many there are, and how long the shortest and the
  // longest of their questions are, in characters.
  std::int64_t most_tokens = 0, at_most = 0;
  std::size_t shortest = 0, longest = 0;
  std::int64_t impossible = 0;  // fewer tokens than the question alone can have

  void add(std::int64_t tokens, std::size_t question);
  // How many prompts were cut, as far as the numbers show it.
  std::int64_t cut() const;
};

struct Progress {
  std::int64_t planned = 0;    // trials of the plan
  std::int64_t under_way = 0;  // started, not ended
  std::int64_t reused = 0;     // answered from the store
  std::int64_t requests = 0;   // tries in this process
  // Of all replies, the store's too. Decoded: what an embedded engine really computed.
  std::int64_t prompt_tokens = 0, reply_tokens = 0, decoded_tokens = 0;
  // Replies of scored letters in which a letter's likelihood is not known, since the
  // server lists the likeliest tokens only; and those of them in which none is.
  std::int64_t unknown_letters = 0, no_letters = 0;
  std::vector<Lead> leads;  // of the answers whose likelihoods are known
  // Replies without a word that count as unread or cut; those of them that are thoughts
  // alone; and those of these whose thoughts the token limit cut.
  std::int64_t empty = 0, thoughts_only = 0, thoughts_cut = 0;
  // Why questions failed, in the attempts' words, and how many of each; at most 100
  // kinds.
  std::map<std::string, std::int64_t> reasons;
  PromptSizes sizes;
  Tally tally;
  // Replies by whom: model and build in the servers' own words.
  std::map<std::pair<std::string, std::string>, std::int64_t> sources;

  std::int64_t ended() const { return tally.ledger.n(); }
};

// Who is told. What is told is on disk already.
struct Watch {
  // In the order in which questions end; the store's own come first.
  std::function<void(const Graded&, const Progress&)> saw;
  // At least every `interval`, also while stored answers are read; an append's own time
  // apart.
  std::function<void(const Progress&)> tick;
  std::chrono::milliseconds interval{100};
};

struct Outcome {
  Progress progress;
  std::optional<Error> fatal;  // the provider said no for good
  bool interrupted = false;

  bool is_complete() const {
    return progress.ended() == progress.planned && progress.tally.ledger.failed == 0;
  }
};

// The prompt of a trial of the plan.
Prompt prompt_for(const Evaluation& evaluation, TrialId trial);
struct MarkedAnswer {
  Answer answer;
  Mark mark = Mark::failed;
};
// What one reader makes of a reply. Pure.
MarkedAnswer mark_reply(const Extractor& extractor, const Question& question,
                        const Reply& reply);
// What an attempt at a question is worth. Pure.
Graded grade(const Evaluation& evaluation, TrialId trial, const Attempt& attempt);

// By how much its likeliest letter leads, where letters were scored; before no other
// mark where the reader took another letter.
Lead lead_of(const Graded& graded);

// Adds it to the tally and the token counts.
void count_graded(const Graded& graded, Progress& progress);

// Asks all of the plan that is not answered yet; requires an open run. Where the server
// is another build than the stored replies are of, nothing is asked (Fault::usage, as
// for a reply by another model: who then, who now, the way out). Two stops: the
// first ends asking and awaits what is on its way; the second drops that too. An error
// is the store's, or Fault::cancelled where it was stopped while the stored answers
// were read; then nothing was told that is not on disk.
Result<Outcome> run(const Evaluation& evaluation, Backend& backend, Store& store,
                    const Watch& watch, std::stop_token stop = {},
                    std::stop_token stop_now = {});

}  // namespace proctor

// A run's name over time: what was in it before, and which stored run a command goes on
// with. A name never changes in silence. Part of exam.h.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/exam/open_model.h"
#include "proctor/run/run.h"
#include "proctor/store/store.h"

namespace proctor {

// Two things change what names a run, and each has its place:
//
// What names hold no longer (the threads of a .gguf that is not --exact): the stored
// key as it would be today.
RunKey renamed(RunKey stored);
// What names did not hold yet, or said otherwise though the same was sent (a model's
// chat template of a protocol of bare text): today's key as it was before, newest
// first.
std::vector<RunKey> former_keys(const RunKey& today);

// The command of a llama-server as it is in a name: without what only decides how fast
// it is. Any other command stays as it is.
std::string command_in_name(std::string command);
// The same without a chat template: in the name of bare text, and where the template's
// digest stands beside it.
std::string without_template(std::string command);

// Who answers, as it is in a name (RunKey::engine): the engine or the server that was
// started for the run, else the server that is there; empty where it does not say who
// it is.
std::string engine_in_name(const EngineIdentity& identity, const Exam& exam,
                           const Answerer& there);

struct RunName {
  RunKey key;
  std::string said;                      // a line for the person, or empty
  std::optional<StoredRun> stored = {};  // where the store has it
};
// The key without those words of its protocol's sampling.
RunKey without_sampling(RunKey key, std::span<const std::string_view> words);

// The name under which the store has the run of `today`'s key, which `there` would
// answer: its own, else a former one, of several the run with the most answers. A run
// from before who answers was in names is the same only where its replies do not
// contradict who is there. Where the server is down or silent: the one run that was
// asked the same at this address; of several that different models answered
// Fault::usage names each. Where the store has none: today's. A former run of a .gguf
// whose chat template is rendered otherwise today is another, and a line says so.
Result<RunName> name_in_store(Store& store, const RunKey& today, const Answerer& there);

// An exam's evaluation under the name by which the store has its run. `there`: of
// who_is_there(). What a person should know of the name is told to `talk`.
Result<Evaluation> named_evaluation(const Exam& exam, const OpenModel& model,
                                    const Answerer& there, const RunNotes& notes,
                                    Store& store, const Talk& talk);

}  // namespace proctor

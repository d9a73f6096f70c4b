// The backend behind a model's name: a server that is there, one that is started for
// the command, a file in this process, or a baseline. Not for other folders.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "proctor/cli/console.h"
#include "proctor/cli/evaluation.h"
#include "proctor/cli/options.h"
#include "proctor/cli/serve_options.h"
#include "proctor/engine/engine.h"

namespace proctor {

// The engine's or a started server's part of a run's identity; empty where there is
// none. A chat template has no part in bare text.
struct EngineIdentity {
  std::string chat, text;
  const std::string& of(const Exam& exam) const {
    return exam.protocol.form == Form::text ? text : chat;
  }
};

// A model that can be asked: by several protocols, one after another.
struct OpenModel {
  ModelChoice choice;
  std::unique_ptr<Server> server;  // of this command alone, or null
  std::shared_ptr<Engine> engine;  // of a file in this process, or null
  EngineIdentity identity;
};

// Where the SHA-256 of model files are kept.
std::filesystem::path digest_cache(const Environment& environment);
// Nothing under --quiet.
Talk talk_of(const Arguments& arguments, World& world);
// What a provider cannot be asked is said before it is asked anything.
Status check_can_be_sent(const Exam& exam, const ModelChoice& choice,
                         const Arguments& arguments);
// Loads a file, or starts a server: Fault::cancelled where `is_stopped` meanwhile.
Result<OpenModel> open_model(const ModelChoice& choice, const Arguments& arguments,
                             World& world, const IsStopped& is_stopped);
// OpenModel::identity without opening: of a .gguf the header and the vocabulary are
// read, of a server that would be started its command.
Result<EngineIdentity> identity_beforehand(const ModelChoice& choice,
                                           const Arguments& arguments, World& world);
// How many tokens these prompts are to a .gguf's vocabulary.
Result<std::int64_t> tokens_of_file(const ModelChoice& choice,
                                    std::span<const Prompt> prompts,
                                    const Arguments& arguments, World& world);
// Who answers there, before the first question. A server that still loads its model is
// waited for: Fault::cancelled where `is_stopped` meanwhile.
Result<Answerer> who_is_there(const OpenModel& model, const Arguments& arguments,
                              World& world, const IsStopped& is_stopped);
// One run's backend; it ends before the model does. `there`: of who_is_there().
Result<std::unique_ptr<Backend>> ask_model(const OpenModel& model,
                                           const Answerer& there, const Exam& exam,
                                           const Arguments& arguments, World& world);

}  // namespace proctor

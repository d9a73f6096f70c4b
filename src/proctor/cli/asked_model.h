// The backend behind a model's name: a server that is there, one that is started for
// the command, a file in this process, or a baseline. Not for other folders.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "proctor/cli/console.h"
#include "proctor/cli/evaluation.h"
#include "proctor/cli/options.h"
#include "proctor/cli/server.h"
#include "proctor/engine/engine.h"

namespace proctor {

// A model that can be asked: by several protocols, one after another.
struct OpenModel {
  ModelChoice choice;
  std::unique_ptr<Server> server;  // of this command alone, or null
  std::shared_ptr<Engine> engine;  // of a file in this process, or null
  std::string identity;  // the engine's or that server's part of a run's identity
};

// Nothing under --quiet.
Talk talk_of(const Arguments& arguments, World& world);
// What a provider cannot be asked is said before it is asked anything.
Status check_can_be_sent(const Exam& exam, const ModelChoice& choice,
                         const Arguments& arguments);
// Loads a file, or starts a server: Fault::cancelled where `is_stopped` meanwhile.
Result<OpenModel> open_model(const ModelChoice& choice, const Arguments& arguments,
                             World& world, const std::function<bool()>& is_stopped);
// One run's backend; it ends before the model does.
Result<std::unique_ptr<Backend>> ask_model(const OpenModel& model, const Exam& exam,
                                           const Arguments& arguments, World& world);

}  // namespace proctor

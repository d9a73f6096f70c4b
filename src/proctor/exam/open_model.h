// The backend behind a model: a server that is there, one that is started for it, a
// file in this process, or a baseline. Part of exam.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "proctor/engine/engine.h"
#include "proctor/exam/choose_model.h"
#include "proctor/exam/prepare.h"
#include "proctor/exam/world.h"
#include "proctor/serve/serve.h"

namespace proctor {

// The engine's or a started server's part of a run's identity; empty where there is
// none. A chat template has no part in bare text.
struct EngineIdentity {
  std::string chat, text;
  const std::string& of(const Exam& exam) const {
    return exam.protocol.form == Form::text ? text : chat;
  }
};

// A model that can be asked: by several exams, one after another.
struct OpenModel {
  ModelChoice choice;
  std::unique_ptr<Server> server;  // for it alone, or null
  std::shared_ptr<Engine> engine;  // of a file in this process, or null
  EngineIdentity identity;
};

// Where the SHA-256 of model files are kept.
std::filesystem::path digest_cache(const Environment& environment);
// Loads a file, or starts a server: Fault::cancelled where the world is stopped
// meanwhile.
Result<OpenModel> open_model(const ModelChoice& choice, const ExamWorld& world);
// OpenModel::identity without opening: of a .gguf the header and the vocabulary are
// read, of a server that would be started its command.
Result<EngineIdentity> identity_beforehand(const ModelChoice& choice,
                                           const ExamWorld& world);
// How many tokens these prompts are to a .gguf's vocabulary.
Result<std::int64_t> tokens_of_file(const ModelChoice& choice,
                                    std::span<const Prompt> prompts,
                                    const ExamWorld& world);
// Who answers there, before the first question. A server that still loads its model is
// waited for: Fault::cancelled where the world is stopped meanwhile.
Result<Answerer> who_is_there(const OpenModel& model, const ExamWorld& world);
// One run's backend; it ends before the model does. `there`: of who_is_there().
Result<std::unique_ptr<Backend>> ask_model(const OpenModel& model,
                                           const Answerer& there, const Exam& exam,
                                           const ExamWorld& world);

}  // namespace proctor

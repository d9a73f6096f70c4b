// From options to a model with a context, and what it says of itself. Not for other
// folders.
#pragma once

#include <atomic>
#include <memory>

#include "proctor/base/base.h"
#include "proctor/engine/engine.h"
#include "proctor/engine/llama/chat.h"
#include "proctor/engine/llama/hooks.h"
#include "proctor/engine/llama/session.h"
#include "proctor/engine/llama/vocabulary.h"

namespace proctor {

struct Loaded {
  std::unique_ptr<LlamaLog> log;  // outlives the model
  ModelPointer model;
  std::unique_ptr<Vocabulary> vocabulary;
  std::unique_ptr<ChatTemplate> chat;
  std::unique_ptr<Session> session;
  EngineInfo info;
  bool share = true;
  std::size_t sequences = 1;  // beside sequence 0
};

// `stop` ends a decode that is under way; it must outlive what is loaded.
Result<Loaded> load_model(const EngineOptions& options, const std::atomic<bool>& stop);
// As engine.h's forecast().
Result<EngineForecast> forecast_model(const EngineOptions& options,
                                      std::span<const EngineRequest> requests);
// As engine.h's look_at().
Result<EngineOutlook> look_at_model(const EngineOptions& options);

}  // namespace proctor

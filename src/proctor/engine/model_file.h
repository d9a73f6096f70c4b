// What the header of a model file says, for whoever runs the model. Not for other
// folders; these have read_model_file().
#pragma once

#include "proctor/base/base.h"
#include "proctor/engine/engine.h"
#include "proctor/engine/gguf.h"

namespace proctor {

// The first part's header, with the tensors of all parts. Fails as read_model_file().
Result<GgufHeader> read_headers(const std::filesystem::path& model);

ModelFile model_file_of(const GgufHeader& header, const std::filesystem::path& model);

}  // namespace proctor

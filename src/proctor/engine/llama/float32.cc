#include "proctor/engine/llama/float32.h"

#include <cstdlib>
#include <utility>

#include <unistd.h>

#include <llama.h>

#include "proctor/engine/llama/hooks.h"

namespace proctor {

Result<PassingFile> PassingFile::in(const std::filesystem::path& folder) {
  std::error_code problem;  // is told by what follows
  std::filesystem::create_directories(folder, problem);
  std::string name = (folder / "float32-XXXXXX").string();
  const int file = ::mkstemp(name.data());
  if (file < 0)
    return fail(Fault::io, "{}: no file can be made there", folder.string());
  ::close(file);
  return PassingFile(std::move(name));
}

PassingFile::PassingFile(PassingFile&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

PassingFile::~PassingFile() {
  std::error_code problem;
  if (!path_.empty()) std::filesystem::remove(path_, problem);
}

Result<PassingFile> in_float32(const EngineOptions& options) {
  std::error_code problem;
  const std::filesystem::path folder =
      options.cache.empty() ? std::filesystem::temp_directory_path(problem)
                            : options.cache;
  PassingFile file = TRY(PassingFile::in(folder).in("--precision f32"));
  LlamaLog log(options.log);
  auto params = llama_model_quantize_default_params();
  params.ftype = LLAMA_FTYPE_ALL_F32;
  params.allow_requantize = true;
  params.nthread = options.threads;
  if (llama_model_quantize(options.model.string().c_str(), file.path().string().c_str(),
                           &params) == 0) {
    return file;
  }
  const std::string complaints = log.complaints();
  return fail(Fault::data, "{}: --precision f32: its weights cannot be written to {}{}",
              options.model.string(), folder.string(),
              complaints.empty() ? std::string() : ": " + complaints);
}

}  // namespace proctor

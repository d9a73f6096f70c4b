#include "proctor/engine/llama/float32.h"

#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <llama.h>

#include "proctor/engine/llama/hooks.h"

namespace proctor {

Result<PassingFile> PassingFile::in(const std::filesystem::path& folder) {
  std::error_code problem;  // is told by what follows
  std::filesystem::create_directories(folder, problem);
  std::string name = (folder / "float32-XXXXXX").string();
  const int file = ::mkostemp(name.data(), O_CLOEXEC);
  if (file < 0)
    return fail(Fault::io, "{}: no file can be made there", folder.string());
  const std::string nameless = fmt::format("/proc/self/fd/{}", file);
  if (!std::filesystem::exists(nameless, problem)) return PassingFile(file, name, true);
  std::filesystem::remove(name, problem);
  return PassingFile(file, nameless, false);
}

PassingFile::PassingFile(PassingFile&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      path_(std::move(other.path_)),
      has_name_(other.has_name_) {}

PassingFile::~PassingFile() {
  if (file_ < 0) return;
  std::error_code problem;
  if (has_name_) std::filesystem::remove(path_, problem);
  ::close(file_);
}

namespace {

Status check_room(const std::filesystem::path& folder, std::int64_t bytes) {
  std::error_code problem;
  const auto space = std::filesystem::space(folder, problem);
  if (problem || space.available >= static_cast<std::uintmax_t>(bytes)) return {};
  return fail(Fault::usage,
              "`precision` f32: writes {} to {}, where {} are free; make room, or name "
              "another place by XDG_CACHE_HOME",
              in_bytes(bytes), folder.string(),
              in_bytes(static_cast<std::int64_t>(space.available)));
}

}  // namespace

Result<PassingFile> in_float32(const EngineOptions& options, std::int64_t bytes) {
  std::error_code problem;
  const std::filesystem::path folder =
      options.cache.empty() ? std::filesystem::temp_directory_path(problem)
                            : options.cache;
  PassingFile file = TRY(PassingFile::in(folder).in("`precision` f32"));
  TRY(check_room(folder, bytes));
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
  return fail(Fault::data, "{}: `precision` f32: its weights cannot be written to {}{}",
              options.model.string(), folder.string(),
              complaints.empty() ? std::string() : ": " + complaints);
}

}  // namespace proctor

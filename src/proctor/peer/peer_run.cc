#include "proctor/peer/peer_run.h"

#include "proctor/archive/archive.h"
#include "proctor/peer/inspect.h"
#include "proctor/peer/json_file.h"
#include "proctor/peer/lm_eval.h"
#include "proctor/peer/mmlu_pro.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;

bool is_json_name(const fs::path& name) {
  return ascii_lower(name.extension().string()) == ".json" &&
         !name.filename().string().starts_with(".") && *name.begin() != "__MACOSX";
}

// The one JSON file that a zip holds.
Result<std::string> content_of_zip(const fs::path& path) {
  const ZipReader zip = TRY(ZipReader::open(path));
  const ZipMember* only = nullptr;
  for (const ZipMember& one : zip.members()) {
    if (!is_json_name(one.name)) continue;
    if (only != nullptr) {
      return fail(Fault::data,
                  "found several .json files in the zip, expected one; "
                  "unpack it and name the file");
    }
    only = &one;
  }
  if (only == nullptr)
    return fail(Fault::data, "found no .json file in the zip, expected one");
  return zip.content(*only);
}

Result<PeerRun> run_in(const nlohmann::ordered_json& json, const std::string& name) {
  if (is_inspect(json)) return read_inspect(json);
  if (is_mmlu_pro(json)) return read_mmlu_pro(json, name);
  return fail(Fault::data,
              "found no run in it, expected a log of inspect_ai or MMLU-Pro's results, "
              "a list of entries with question, options, answer and pred");
}

Result<PeerRun> read_content(const fs::path& path, const std::string& content) {
  if (is_inspect_name(path)) return read_inspect_zip(path);
  return run_in(TRY(json_of(content)), path.filename().string());
}

Result<PeerRun> read_one_file(const fs::path& path) {
  const bool is_zip = ascii_lower(path.extension().string()) == ".zip";
  // What cannot be read names itself.
  const std::string content =
      TRY(is_zip ? content_of_zip(path).in(path.string()) : read_file(path));
  PeerRun run = TRY(read_content(path, content).in(path.string()));
  run.digest = sha256_hex(content);
  run.files = {path.filename().string()};
  return run;
}

}  // namespace

std::string PeerRun::files_title() const {
  return files.size() == 1
             ? files.front()
             : fmt::format("{} and {} more", files.front(), files.size() - 1);
}

Result<std::vector<PeerRun>> read_peer_runs(std::span<const fs::path> files) {
  if (files.empty()) {
    return fail(Fault::usage,
                "expected files of another harness's run, found none; docs/exports.md "
                "has those that are read");
  }
  std::vector<fs::path> of_lm_eval, others;
  for (const fs::path& file : files)
    (is_lm_eval_name(file) ? of_lm_eval : others).push_back(file);
  std::vector<PeerRun> runs;
  for (const LmEvalFiles& one : TRY(lm_eval_runs(of_lm_eval)))
    runs.push_back(TRY(read_lm_eval(one)));
  for (const fs::path& file : others) runs.push_back(TRY(read_one_file(file)));
  // A run has a name wherever it is shown or written.
  for (PeerRun& run : runs)
    if (run.model.empty()) run.model = fs::path(run.files.front()).stem().string();
  return runs;
}

}  // namespace proctor

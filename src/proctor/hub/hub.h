// Files of the hub, in the hub's own cache: parts of data sets and of models; and rows
// of its datasets-server.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/http/http.h"

namespace proctor {

// What asking the hub needs of the outside world.
struct HubWorld {
  const Environment& environment;
  HttpClient& http;
  Talk talk;  // "downloading …"; may be empty
  // Bytes so far and in all, as HttpRequest::progress; may be empty.
  std::function<void(std::uint64_t, std::uint64_t)> progress = {};
};

// HF_TOKEN's, or that of the file where the hub's own tools keep it; empty: none.
std::string hub_token(const Environment& environment);

struct HubFile {
  std::string repo_kind;  // "datasets" or "models"
  std::string repo;       // "cais/mmlu"
  std::string revision;   // a commit, or a name as "main"
  std::string path;       // "all/test-00000-of-00001.parquet"
};

struct HubDownload {
  std::filesystem::path path;
  std::string commit;
};

// The cache's folder: `cache_dir`, or where that is empty what HF_HUB_CACHE, HF_HOME
// and their like say. It need not be there. Fault::usage where nothing says.
Result<std::filesystem::path> hub_cache(const Environment& environment,
                                        const std::filesystem::path& cache_dir);

// How often a request is tried, and how long the first pause is; each next one is twice
// as long. A server's Retry-After makes it longer, up to a minute.
struct HubPatience {
  int tries = 5;
  std::chrono::milliseconds first_pause{1000};
  // For another process that downloads the same file, since its part last grew.
  std::chrono::milliseconds lock_wait = std::chrono::minutes(10);
};

// The file in the hub's cache, downloaded if it is not there; what is there of a full
// commit needs no network. `cache_dir` plays the hub's cache folder; empty: as
// HF_HUB_CACHE, HF_HOME and their like say. Two processes may ask for the same file:
// one waits for the other, not for ever.
//
// Fault::data: the repository has no such file (another may be tried). Fault::usage: no
// such repository or revision, or the file is not in the cache and the environment says
// to stay offline. Fault::denied: no right to it, or no hub at all. Fault::network: the
// tries are used up, another process does not let go of the file, or what came is not
// what the hub said it is.
// A cached file of up to 64 MiB is checked against its name, if that is a hash; one
// that is downloaded always.
Result<HubDownload> hub_file(const HubFile& file,
                             const std::filesystem::path& cache_dir, HubWorld& world,
                             HubPatience patience = {});

// The paths of all files that a repository has at a revision. Asks the hub, so that
// offline it is Fault::usage; faults as above.
Result<std::vector<std::string>> hub_files(const std::string& repo_kind,
                                           const std::string& repo,
                                           const std::string& revision,
                                           const std::filesystem::path& cache_dir,
                                           HubWorld& world, HubPatience patience = {});

struct HubRows {
  std::string lines;   // JSONL, one `row` object a line
  std::string commit;  // the data set's; empty where the hub did not say
};
// All rows of a split, from the datasets-server's pages, for machines without Parquet.
// Kept under the cache folder by the data set's commit; faults as above, Fault::data
// being a split or configuration that is not there.
Result<HubRows> hub_rows(const std::string& repo, const std::string& config,
                         const std::string& split,
                         const std::filesystem::path& cache_dir, HubWorld& world,
                         HubPatience patience = {});

// ---- Models ----

// "hf:owner/repo", with "@revision", and with ":file.gguf" or ":Q4_K_M" at its end.
bool is_hub_model(std::string_view name);

// The GGUF files of a repository that `wanted` means: a file's path or name, a word of
// its name such as the quantisation (of any case), or nothing where there is but one.
// Parts of a split model (-00001-of-00003) are one choice, and come in their order; a
// projector (mmproj) is no model. Fault::usage lists what there is. Pure.
Result<std::vector<std::string>> model_files_of(const std::vector<std::string>& files,
                                                std::string_view wanted);

// The model's file, or the first of its parts, all of them downloaded into one folder
// as hub_file() does.
Result<HubDownload> hub_model(std::string_view name,
                              const std::filesystem::path& cache_dir, HubWorld& world,
                              HubPatience patience = {});

}  // namespace proctor

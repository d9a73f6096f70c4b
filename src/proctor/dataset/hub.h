// Files of the hub, in the hub's own cache, and rows of its datasets-server. Internal
// to dataset/ and shared with whoever reads model files.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "proctor/base/base.h"
#include "proctor/dataset/dataset.h"

namespace proctor {

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

// How often a request is tried, and how long the first pause is; each next one is twice
// as long. A server's Retry-After makes it longer, up to a minute.
struct HubPatience {
  int tries = 5;
  std::chrono::milliseconds first_pause{1000};
};

// The file in the hub's cache, downloaded if it is not there; what is there of a full
// commit needs no network. `cache_dir` plays the hub's cache folder; empty: as
// HF_HUB_CACHE, HF_HOME and their like say. Two processes may ask for the same file.
//
// Fault::data: the repository has no such file (another may be tried). Fault::usage: no
// such repository or revision, or the file is not in the cache and the environment says
// to stay offline. Fault::denied: no right to it, or no hub at all. Fault::network: the
// tries are used up, or what came is not what the hub said it is.
// A cached file of up to 64 MiB is checked against its name, if that is a hash.
Result<HubDownload> hub_file(const HubFile& file,
                             const std::filesystem::path& cache_dir,
                             DatasetWorld& world, HubPatience patience = {});

// All rows of a split, from the datasets-server's pages, for machines without Parquet:
// JSONL, one `row` object a line. Kept under the cache folder by the data set's commit;
// faults as above, Fault::data being a split or configuration that is not there.
Result<std::string> hub_rows(const std::string& repo, const std::string& config,
                             const std::string& split,
                             const std::filesystem::path& cache_dir,
                             DatasetWorld& world, HubPatience patience = {});

}  // namespace proctor

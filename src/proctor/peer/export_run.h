// A stored run as another harness's files. Part of peer.h.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/archive/archive.h"
#include "proctor/store/store.h"
#include "proctor/study/study.h"

namespace proctor {

enum class PeerForm {
  lm_eval,   // lm-evaluation-harness: results and samples, in the model's folder
  inspect,   // inspect_ai: a .eval log
  mmlu_pro,  // MMLU-Pro's scripts: a JSON list of entries
};
// "lm-eval", "inspect", "mmlu-pro"; where no form is named, what the file's ending
// says: .eval.
std::optional<PeerForm> peer_form_of(std::string_view name, std::string_view file);

struct PeerExport {
  // Named as the peer names them, with the folders it makes; of inspect and mmlu_pro
  // one.
  std::vector<FileContent> files;
  std::string run;  // its short id
  std::int64_t n = 0;
  // What a person should know: how many questions a folder has, and how those without a
  // reply stand there.
  std::vector<std::string> notes;
};
// The questions of the look, by its reader. Fault::usage where there are none.
Result<PeerExport> export_for_peer(PeerForm form, Store& store, const StoredRun& run,
                                   const Look& look);
// Every file into that folder, which is made. Fault::usage where none is named, and for
// "-".
Status write_files(const PeerExport& written, const std::filesystem::path& folder);

}  // namespace proctor

// A peer's run in a store. Part of peer.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "proctor/peer/peer_run.h"
#include "proctor/store/store.h"

namespace proctor {

struct ImportedRun {
  std::string id;
  std::string reader;
  std::int64_t n = 0;              // questions; of these:
  std::int64_t right = 0;          // as that reader marks them
  std::int64_t counted_right = 0;  // as the peer did
  std::int64_t otherwise = 0;      // marked right by one of the two alone
  std::int64_t without_reply = 0;
  // What a person should know: what was left out, and where the numbers differ. The
  // run's info keeps it.
  std::vector<std::string> notes;
};

// Stores the run under a name that is made of the files' digest. Its reader is the one
// of the harness's own rules that marks as the file does; where none marks every reply
// so, the one with the fewest differences, which `notes` tells. Once or twice is the
// same. All replies are stored or none.
Result<ImportedRun> store_peer_run(const PeerRun& run, const std::string& name,
                                   const std::string& note, Store& store);

}  // namespace proctor

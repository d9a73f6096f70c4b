// The store that is looked at again and again, and the pages that were made of it. Not
// for other folders; these include view.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proctor/view/view.h"

namespace proctor {

// Which runs are shown: the usual ones, and what a person says beside. First digits of
// ids.
struct RunChoice {
  std::vector<std::string> with, without;
  bool operator==(const RunChoice&) const = default;
};
// At first the runs that `html` would show; of more than these the last written.
inline constexpr std::size_t usual_runs = 8;
std::vector<StoredRun> chosen_runs(const std::vector<StoredRun>& runs,
                                   const RunChoice& choice);

class WatchedStore {
 public:
  // The setting must outlive it.
  explicit WatchedStore(const ViewSetting& setting) : setting_(setting) {}

  struct Made {
    RunChoice choice;
    std::string state;  // of the store
    std::string at;     // when, as the page's figures have it
    LivePage page;      // its parts are in part()
  };
  // The page of those runs: the one that was made, where nothing was written since.
  // The store is open while it is looked at and no longer. That takes a tenth of a
  // processor, or more where a look takes longer than 1.5 s: between two looks, of
  // whatever runs, are pauses of up to 15 s, in which the page of before is given;
  // null where there is none of those runs. The pointer lives until the next call.
  Result<const Made*> page(const RunChoice& choice);
  // By its SHA-256; null where no page of late had it.
  const std::string* part(const std::string& sha256) const;

 private:
  Status look(Store& store);
  Result<const Made*> make(Store& store, const RunChoice& choice);
  void keep(std::vector<PagePart> parts);

  const ViewSetting& setting_;
  std::vector<StoredRun> runs_;  // the first that began, first
  std::string state_;
  TimePoint next_look_{};
  WallTime last_made_{};
  std::optional<Error> error_;  // of the last look
  std::vector<Made> made_;      // the one asked for last is the last
  struct KeptPart {
    std::string bytes;
    std::uint64_t turn;  // the last page that had it
  };
  std::map<std::string, KeptPart> parts_;
  std::uint64_t turn_ = 0;
};

}  // namespace proctor

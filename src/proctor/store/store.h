// What is kept: every try of every question, whole, before anyone is told of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/backend/backend.h"
#include "proctor/base/base.h"
#include "proctor/dataset/dataset.h"

namespace proctor {

// What names a run: all that shapes the bytes that are sent, and who answers. Subjects,
// --limit, reader, concurrency, time-outs and notes are not in it, so that a small run
// grows into a full one without paying twice.
struct RunKey {
  std::string provider, model, base_url;
  std::string dataset_digest;
  std::string protocol;  // identity_of(protocol): canonical JSON
  std::string request;   // what the user added to every request: canonical JSON
  std::string engine;    // settings of an embedded engine that change scores; or empty

  // SHA-256 of the canonical JSON below; a prefix of it is what a user types.
  std::string id() const;
  std::string canonical_json() const;
};

// What the store keeps of a run beside its key. Free to change between calls: the
// newest words win.
struct RunInfo {
  RunKey key;
  std::string dataset, split, revision;  // names, for a person
  std::string protocol;                  // its name
  std::string extract;                   // the reader last used
  std::string subjects;                  // --subject as last asked for
  std::vector<std::uint32_t> selection;  // the ordinals last asked for, in order
  std::string name, note;                // --name, --note
  std::string version;                   // Proctor's
};

struct Plan {
  RunInfo info;
  const Dataset* dataset = nullptr;  // must outlive the plan
  std::vector<TrialId> trials;       // what is to be asked, in the order to ask it
  int generation = 0;
};

// What one trial came to, this time.
struct Record {
  TrialId trial;
  std::vector<Attempt> attempts;  // at least one; the last one counts
};

// A run as the store lists it.
struct StoredRun {
  std::string id;  // 64 hexadecimal digits
  RunInfo info;
  WallTime created{}, updated{};
  std::int64_t results = 0;   // trials with a reply
  std::int64_t attempts = 0;  // tries in all
};

// The attempt that counts of one trial: the highest generation's, and there the
// smallest id among the attempts that have a reply. Where none has, the newest failure.
struct StoredResult {
  TrialId trial;
  Attempt attempt;
  std::int64_t attempts = 0;  // how often it was tried
};

struct Trouble {
  std::string place, message;
};

// One process's hands on a store. Not thread-safe.
class Store {
 public:
  virtual ~Store() = default;

  // Takes the run for this process and writes its plan and questions if they are new.
  // Fault::store where another process holds it ("run 7f3a is being asked by process
  // 4711 …"); its lock goes with the process, also at kill -9.
  virtual Status open(const Plan& plan) = 0;
  // Up to `most` trials of the plan that have no reply, were not claimed since open, in
  // the plan's order.
  virtual Result<std::vector<TrialId>> claim(const Plan& plan, std::size_t most) = 0;
  // All of them or none, and on disk when it returns. The same attempt id twice is kept
  // once.
  virtual Status append(const Plan& plan, std::span<const Record> records) = 0;

  // The rest needs no open run.

  // Newest first.
  virtual Result<std::vector<StoredRun>> runs() = 0;
  // What was asked in a run; positions are ordinals.
  virtual Result<Dataset> questions(const std::string& run_id) = 0;
  // Every trial that was ever tried, in order of trial. `request` and `response` are
  // left empty unless asked for. Stops at the first error that `see` returns.
  virtual Status results(const std::string& run_id, bool with_bodies,
                         const std::function<Status(StoredResult)>& see) = 0;
  // Checks the file, the digests of questions, plans and attempts, and that every
  // reference holds. Empty: whole.
  virtual Result<std::vector<Trouble>> verify() = 0;
};

// The one run that a person means by a name or by the first digits of its id.
Result<StoredRun> find_run(Store& store, std::string_view name_or_prefix);

enum class OpenMode { read_write, read_only };
// Makes the file where there is none (read_write). Errors name the path and the way
// out.
Result<std::unique_ptr<Store>> open_sqlite_store(const std::filesystem::path& path,
                                                 OpenMode mode);
// Forgets all when it goes. For tests and --dry-run.
std::unique_ptr<Store> make_memory_store();

}  // namespace proctor

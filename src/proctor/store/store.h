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

#include "proctor/base/base.h"
#include "proctor/question/question.h"
#include "proctor/reply/reply.h"

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
  // One object, keys in byte order, no blanks; JSON inside a field stays a string.
  std::string canonical_json() const;

  // A file in this process answered, no server.
  bool is_in_process() const { return provider == "gguf"; }

  bool operator==(const RunKey&) const = default;
};

// What the store keeps of a run beside its key. Free to change between calls: the
// newest words win.
struct RunInfo {
  RunKey key;
  std::string dataset, split, revision;  // names, for a person
  std::string protocol;                  // its name
  std::string extract;                   // the reader last used
  std::string aggregation;               // the protocol's; empty in older stores
  std::string subjects;                  // --subject as last asked for
  std::vector<std::uint32_t> selection;  // the ordinals last asked for, in order
  int dropped = 0;                       // questions that --drop-bad-labels left out
  std::string name, note;                // --name, --note
  std::string version;                   // Proctor's
  bool hidden = false;                   // forgotten, until it is asked again
  // Who was at the address when it was last asked: answerer_json(); empty where nobody
  // said.
  std::string answerer;
  // What follows `proctor run` to ask the same again; empty in older stores. No secret
  // is in it, and nothing that the key has.
  std::vector<std::string> command;
  // What was asked again in it, whatever came of it: "cut, of at most 4,096 tokens".
  std::vector<std::string> again = {};
  // What a person should know who reads the numbers of an imported run: what was passed
  // over, and where its harness counts otherwise.
  std::vector<std::string> notes = {};
};

struct Plan {
  RunInfo info;
  const Dataset* dataset = nullptr;  // must outlive the plan
  std::vector<TrialId> trials;       // what is to be asked, in the order to ask it
  // One more than StoredRun::generation asks all of the trials anew.
  int generation = 0;
  // Of a run that comes from another store: when it was made and written there. Where
  // the store has the run, the earlier and the later time stay. Else it is now.
  std::optional<WallTime> created = {}, updated = {};
};

// A run as the store lists it.
struct StoredRun {
  std::string id;  // 64 hexadecimal digits
  RunInfo info;
  WallTime created{}, updated{};
  std::int64_t results = 0;   // trials with a reply
  std::int64_t attempts = 0;  // tries in all
  int generation = 0;         // the highest one tried

  // Whether it is one of those that are meant where none is named.
  bool is_shown() const { return !info.hidden && results > 0; }
};

// One subject of a run's data set.
struct SubjectReplies {
  std::string name;
  std::int64_t questions = 0, replied = 0;  // of the data set; of those, in the run
};

// The attempt that counts of one trial: the highest generation's, and there the
// smallest id among the attempts that have a reply. Where none has, the newest failure.
struct StoredResult {
  TrialId trial;
  Attempt attempt;
  std::int64_t attempts = 0;  // how often it was tried
  int generation = 0;         // the attempt's
};

// One try as the store holds it.
struct StoredAttempt {
  TrialId trial;
  int generation = 0;
  Attempt attempt;
};

struct Trouble {
  std::string place, message;
};

// Whose replies count in a run, in the servers' own words.
struct ReplySource {
  std::string model, build;
  std::int64_t replies = 0;
  bool operator==(const ReplySource&) const = default;
};

// One process's hands on a store. Not thread-safe. May hold several runs open.
class Store {
 public:
  virtual ~Store() = default;

  // Takes the run for this process until the store goes, and writes its info and
  // questions if they are new. Opening a run again forgets its claims. Fault::store
  // where another process (or another Store of this one) holds it ("run 7f3a1c20 is
  // being asked by process 4711 on host; …"); the lock goes with the process, also at
  // kill -9. Different runs of one store may be open in different processes. Where it
  // is_shared(), others may hold the run, too.
  virtual Status open(const Plan& plan) = 0;
  // Up to `most` trials of the plan that have no reply of its generation or a later
  // one and were not claimed since open, in the plan's order. Empty: none is left, or
  // others ask the rest. Requires the plan that was opened, with the same trials. With
  // `most` 0, too, it says that this process is there: call it every few seconds, or
  // others take what was claimed.
  virtual Result<std::vector<TrialId>> claim(const Plan& plan, std::size_t most) = 0;
  // Whether several processes may ask one run at once, each what it has claimed. Then
  // any call may fail with Fault::network: the same may do later. An append that failed
  // so may be kept already; it does no harm to give it once more.
  virtual bool is_shared() const { return false; }
  // How many trials of the plan, claimed by others, have not ended yet.
  virtual Result<std::size_t> asked_elsewhere(const Plan&) { return std::size_t{0}; }
  // All of them or none, and on disk when it returns. The same attempt id twice is kept
  // once; neither order nor repetition changes the results. Requires that the run is
  // open and every attempt has an id.
  virtual Status append(const Plan& plan, std::span<const Completion> completions) = 0;

  // The rest needs no open run.

  // Says in the run's info whether it is hidden, and counts as writing. Opening a run
  // shows it again. Fault::store where the run is being asked.
  virtual Status hide(const std::string& run_id, bool hidden) = 0;
  // Removes the run for good, with its attempts, and its questions where no other run
  // has them. The space is overwritten: no text of it is left in the file when it
  // returns, nor in SQLite's log where no other process has the store open (else from
  // the moment that the last of them has closed it). Fault::store where the run is
  // being asked. A merge with a store that has the run brings it back.
  virtual Status remove(const std::string& run_id) = 0;

  // Last written first.
  virtual Result<std::vector<StoredRun>> runs() = 0;
  // What was asked in a run; positions are ordinals.
  virtual Result<Dataset> questions(const std::string& run_id) = 0;
  // All subjects of its data set, by name; no reply is read for it.
  virtual Result<std::vector<SubjectReplies>> subjects(const std::string& run_id) = 0;
  // Every trial that was ever tried, in order of trial. `request` and `response` are
  // left empty unless asked for. Stops at the first error that `see` returns.
  virtual Status results(const std::string& run_id, bool with_bodies,
                         const std::function<Status(StoredResult)>& see) = 0;
  // Of the replies that count, by model and build. No reply's text is read for it.
  virtual Result<std::vector<ReplySource>> sources(const std::string& run_id) = 0;
  // Every try with its bodies, by generation, then trial, then id.
  virtual Status attempts(const std::string& run_id,
                          const std::function<Status(StoredAttempt)>& see) = 0;
  // Checks the file, the digests of questions, plans and attempts, and that every
  // reference holds. Empty: whole.
  virtual Result<std::vector<Trouble>> verify() = 0;
};

// The one run that a person means: by its name (the newest that has it, of those that
// are shown if there is one), by the first digits of its id, or by the word "last": the
// last written of those that are shown, or of all. Fault::usage says which there are.
enum class Among { shown, all };
Result<StoredRun> find_run(Store& store, std::string_view name_or_prefix,
                           Among among = Among::shown);

// Copies every run with all its attempts. Any order, any number of times, gives the
// same results. Fault::data where one of the stores is not whole (Store::verify):
// what is copied gets new sums, by which damage would look right. Fault::store where a
// run of that name is being asked in `into`; one that is being asked in `from` is
// copied as far as it has come.
struct Merged {
  std::int64_t runs = 0, attempts = 0;  // read, new or not
};
Result<Merged> merge(Store& from, Store& into);

enum class OpenMode { read_write, read_only };
// Where a store stands apart from what it holds.
struct StoreWorld {
  WallClock clock = system_time;
  Talk talk = {};
  IsStopped is_stopped = {};  // looked at while a server is waited for
};
// A file, or a database by its address (is_store_url).
Result<std::unique_ptr<Store>> open_store(const std::string& where, OpenMode mode,
                                          const StoreWorld& world = {});

// Makes the file where there is none (read_write). Errors name the path and the way
// out. Read-only works in a folder that cannot be written, and beside a process that
// writes.
// A store of schema 1 is read as it is, and opened for writing it is brought to
// today's: all of it or nothing, with a copy of the old file kept beside it, which
// `talk` is told. Fault::store where a run of it is being asked, and where its schema
// is newer.
Result<std::unique_ptr<Store>> open_sqlite_store(const std::filesystem::path& store,
                                                 OpenMode mode,
                                                 WallClock clock = system_time,
                                                 const Talk& talk = {});

// How processes share a run: docs/store.md.
struct Sharing {
  // Trials that are claimed from the server at once; and how long a process may be
  // silent before others take what it has claimed.
  std::size_t unit = 16;
  std::chrono::milliseconds silence{60'000};
};
// PostgreSQL 12 or newer, by an address as libpq takes it. Its tables are made, in the
// first schema of the search path, by the first that opens it for writing. Fault::store
// where this Proctor was built without libpq.
Result<std::unique_ptr<Store>> open_postgres_store(const std::string& url,
                                                   OpenMode mode,
                                                   const StoreWorld& world = {},
                                                   Sharing sharing = {});

// Forgets all when it goes. For tests and --dry-run.
std::unique_ptr<Store> make_memory_store(WallClock clock = system_time);

// ---- Addresses ----

// "postgresql://…" or "postgres://…": no file.
bool is_store_url(std::string_view where);
// A file's path as it is, an address without its password.
std::string shown_store(std::string_view where);
// What must not be printed of an address, which may stand behind an option's name.
Secrets store_secrets(std::string_view word);

}  // namespace proctor

// One process at a time per run, by the operating system's locks.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "proctor/base/base.h"

namespace proctor {

// "process 4711 on host".
std::string this_process();

// Holds one byte of `<store>.lock`, at an offset that the run's id names: one small
// file serves all runs of a store, and the system frees the byte with the process,
// however it ends. Who holds what stands in the file as text, for the message only.
class RunLock {
 public:
  // Fault::store where another holds it, Fault::io where the file cannot be made.
  static Result<RunLock> take(const std::filesystem::path& store,
                              const std::string& run_id);
  // All runs that there are or may be: nobody asks one while it lives. Fault::store
  // says which run is being asked by whom.
  static Result<RunLock> take_all(const std::filesystem::path& store);
  RunLock(RunLock&& other) noexcept;
  RunLock& operator=(RunLock&& other) noexcept;
  // Removes the file where nobody else holds a run.
  ~RunLock();

 private:
  // `run_id` is empty for all of them.
  static Result<RunLock> take_any(const std::filesystem::path& store,
                                  const std::string& run_id);
  RunLock(std::filesystem::path path, std::string run_id, int descriptor);

  std::filesystem::path path_;
  std::string run_id_;  // empty: all
  int descriptor_ = -1;
};

}  // namespace proctor

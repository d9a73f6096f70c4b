// One process at a time per run, by the operating system's locks.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "proctor/base/base.h"

namespace proctor {

// Holds one byte of `<store>.lock`, at an offset that the run's id names: one small
// file serves all runs of a store, and the system frees the byte with the process,
// however it ends. Who holds what stands in the file as text, for the message only.
class RunLock {
 public:
  // Fault::store where another holds it, Fault::io where the file cannot be made.
  static Result<RunLock> take(const std::filesystem::path& store,
                              const std::string& run_id);
  RunLock(RunLock&& other) noexcept;
  RunLock& operator=(RunLock&& other) noexcept;
  // Removes the file where nobody else holds a run.
  ~RunLock();

 private:
  RunLock(std::filesystem::path path, std::string run_id, int descriptor);

  std::filesystem::path path_;
  std::string run_id_;
  int descriptor_ = -1;
};

}  // namespace proctor

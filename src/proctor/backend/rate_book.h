// What has been asked of one server with one key, by all processes of this user that
// ask it. Not for other folders.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "proctor/base/base.h"

namespace proctor {

// All moments are microseconds of the wall clock, which processes share.
struct RateState {
  // By Counted: the moment up to which the limit's flow is spent.
  std::array<std::int64_t, 4> spent_until{};
  std::int64_t paused_until = 0;  // the server has asked for it
  std::int64_t day_began = 0, asked_in_day = 0;
  bool operator==(const RateState&) const = default;
};

// One small file for them, rewritten in one piece under the system's lock, which ends
// with its process. Made when it is first changed, 0600. Where it cannot be had, that
// is said once, and the state is this process's own.
class RateBook {
 public:
  // No file: this process's own from the start.
  RateBook(std::filesystem::path file, Talk talk);
  RateBook(const RateBook&) = delete;
  RateBook& operator=(const RateBook&) = delete;
  ~RateBook();

  // Nobody else reads or writes meanwhile: it must be quick.
  void change(const std::function<void(RateState&)>& change);

 private:
  Status open();
  Status change_file(const std::function<void(RateState&)>& change);

  std::filesystem::path file_;  // empty: none
  Talk talk_;
  int descriptor_ = -1;
  RateState own_;
};

// The file's name under the folder of all: nothing of the key can be read in it.
std::string rate_file_name(std::string_view provider, std::string_view address,
                           std::string_view model, std::string_view secrets);

}  // namespace proctor

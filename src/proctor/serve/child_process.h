// A program that runs beside this one, and no longer than it. Part of serve.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "proctor/base/base.h"

namespace proctor {

// The program has a process group of its own, so that Ctrl-C in a terminal does not
// reach it; the group ends with this object, and even where this process is killed.
// What leaves the group (setsid) goes its own way. Its input is empty; what it writes
// goes to a file without a name, of which the last part is kept.
class ChildProcess {
 public:
  // The words of a program, found on PATH, with that environment. Fault::usage where it
  // cannot be started. A process that takes in what its children leave behind
  // (PR_SET_CHILD_SUBREAPER on Linux) waits for those, too.
  static Result<ChildProcess> start(const std::vector<std::string>& words,
                                    const Environment& environment);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  // SIGTERM to the whole group, and SIGKILL to what is left after five seconds.
  ~ChildProcess();

  // "ended with exit code 1", "was ended by signal 9"; nothing as long as it runs.
  std::optional<std::string> how_it_ended();
  // The last lines that it wrote, inert, at most that many.
  std::vector<std::string> last_lines(std::size_t most) const;

 private:
  ChildProcess() = default;
  Status guard();
  // Whether the program has ended. Does not take it: its number, which is the group's,
  // is nobody else's as long as nobody does.
  bool look();
  void end_group();

  pid_t program_ = -1;
  pid_t guard_ = -1;     // kills the group where this process is gone
  int guard_pipe_ = -1;  // which it notices here
  int log_ = -1;
  bool has_ended_ = false;
  bool by_signal_ = false;
  int how_ = 0;  // the exit code, or the signal's number
};

}  // namespace proctor

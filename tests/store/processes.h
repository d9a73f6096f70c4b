// Other processes at a store, for its tests.
#pragma once

#include <array>
#include <csignal>
#include <functional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace proctor {

// A forked process that runs `body`; killed with its owner.
class Child {
 public:
  explicit Child(const std::function<int()>& body) : pid_(::fork()) {
    if (pid_ == 0) ::_exit(body());
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0) kill();
  }
  pid_t pid() const { return pid_; }
  int wait() {
    int status = 0;
    ::waitpid(std::exchange(pid_, 0), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  void kill() {
    ::kill(pid_, SIGKILL);
    wait();
  }

 private:
  pid_t pid_;
};

class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe(ends_.data()), 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    for (const int end : ends_) ::close(end);
  }
  void tell(int number) const {
    EXPECT_EQ(::write(ends_[1], &number, sizeof number), sizeof number);
  }
  int hear() const {
    int number = -1;
    EXPECT_EQ(::read(ends_[0], &number, sizeof number), sizeof number);
    return number;
  }
  // All numbers told so far, once the teller is gone.
  std::vector<int> rest() {
    ::close(std::exchange(ends_[1], -1));
    std::vector<int> numbers;
    for (int number = 0; ::read(ends_[0], &number, sizeof number) == sizeof number;) {
      numbers.push_back(number);
    }
    return numbers;
  }

 private:
  std::array<int, 2> ends_{};
};

// Rights mean nothing to root: what runs as root runs as nobody here.
inline void give_up_rights() {
  if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(99);
}

}  // namespace proctor

#include "proctor/serve/child_process.h"

#include <csignal>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace proctor {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

// Whether it comes to be so; looks often and gives up late.
template <class Claim>
bool comes_true(Claim claim) {
  const TimePoint until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!claim()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

Result<ChildProcess> shell(const std::string& command,
                           const Environment& environment = {}) {
  return ChildProcess::start({"/bin/sh", "-c", command}, environment);
}

bool ends(ChildProcess& child) {
  return comes_true([&] { return child.how_it_ended().has_value(); });
}

TEST(ChildProcess, has_the_environment_that_it_is_given) {
  const Environment environment(std::map<std::string, std::string>{{"GIVEN", "this"}});
  ::setenv("NOT_GIVEN", "that", 1);

  auto child = shell("echo \"$GIVEN $NOT_GIVEN.\"", environment);

  ASSERT_TRUE(child);
  ASSERT_TRUE(ends(*child));
  EXPECT_THAT(child->last_lines(5), ElementsAre("this ."));
}

TEST(ChildProcess, says_how_it_ended) {
  auto one = shell("exit 7");
  auto other = shell("kill -9 $$");
  ASSERT_TRUE(one && other && ends(*one) && ends(*other));

  EXPECT_EQ(one->how_it_ended(), "ended with exit code 7");
  EXPECT_EQ(other->how_it_ended(), "was ended by signal 9");
}

// Else the group's number could be another's by the time it is signalled.
TEST(ChildProcess, keeps_its_number_after_it_has_ended) {
  auto child = shell("echo $$");
  ASSERT_TRUE(child && ends(*child));

  const pid_t number = std::stoi(child->last_lines(1).at(0));

  EXPECT_EQ(::kill(-number, 0), 0);
}

TEST(ChildProcess, what_its_program_left_behind_ends_with_it) {
  pid_t left = 0;
  {
    auto child = shell("sleep 1000 & echo $!");
    ASSERT_TRUE(child && ends(*child));
    left = std::stoi(child->last_lines(1).at(0));
    ASSERT_EQ(::kill(left, 0), 0);
  }

  EXPECT_NE(::kill(left, 0), 0);
}

TEST(ChildProcess, no_file_of_this_process_is_kept_open_for_it) {
  int ends_of_pipe[2] = {-1, -1};
  ASSERT_EQ(::pipe2(ends_of_pipe, O_CLOEXEC), 0);
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < 3000) GTEST_SKIP() << "no more than 3000 files may be open";
  limit.rlim_cur = std::max<rlim_t>(limit.rlim_cur, 3000);
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const int high = ::fcntl(ends_of_pipe[1], F_DUPFD_CLOEXEC, 2000);
  ASSERT_GE(high, 2000);
  ::close(ends_of_pipe[1]);
  const auto child = shell("exec sleep 1000");
  ASSERT_TRUE(child);

  ::close(high);

  ::fcntl(ends_of_pipe[0], F_SETFL, O_NONBLOCK);
  char byte = 0;
  EXPECT_TRUE(comes_true([&] { return ::read(ends_of_pipe[0], &byte, 1) == 0; }));
  ::close(ends_of_pipe[0]);
}

TEST(ChildProcess, a_talkative_program_does_not_fill_the_disk) {
  auto child = shell(
      "head -c 30000000 /dev/zero | tr '\\0' x; echo; echo $$; echo the end; "
      "exec sleep 1000");
  ASSERT_TRUE(child);
  ASSERT_TRUE(comes_true([&] {
    const auto lines = child->last_lines(1);
    return !lines.empty() && lines[0] == "the end";
  }));
  const std::string log = "/proc/" + child->last_lines(2).at(0) + "/fd/1";
  if (!std::filesystem::exists(log)) GTEST_SKIP() << "this system has no " << log;

  EXPECT_TRUE(comes_true([&] {
    struct stat facts {};
    return ::stat(log.c_str(), &facts) == 0 && facts.st_blocks * 512 < (1 << 20);
  }));
  EXPECT_THAT(child->last_lines(1), ElementsAre("the end"));
}

}  // namespace
}  // namespace proctor

#include <new>
#include <stdexcept>

#include <gtest/gtest.h>

#include "proctor/cli/cli.h"
#include "proctor/cli/commands.h"

namespace proctor {
namespace {

std::string said_where(const std::function<int()>& body) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(without_throwing(body), broke);
  return testing::internal::GetCapturedStderr();
}

TEST(WithoutThrowing, the_exit_code_goes_through) {
  EXPECT_EQ(without_throwing([] { return 3; }), 3);
}

TEST(WithoutThrowing, an_exception_is_one_line) {
  EXPECT_EQ(
      said_where([]() -> int { throw std::runtime_error("bad\nthing"); }),
      "proctor: bad⏎thing; this is a mistake of Proctor's; what is stored is whole\n");
}

TEST(WithoutThrowing, a_lack_of_memory_is_one_line) {
  EXPECT_EQ(said_where([]() -> int { throw std::bad_alloc(); }),
            "proctor: out of memory; what is stored is whole\n");
}

TEST(WithoutThrowing, whatever_else_is_thrown_is_one_line) {
  EXPECT_EQ(said_where([]() -> int { throw 7; }),
            "proctor: something was thrown that is no exception; this is a mistake of "
            "Proctor's; what is stored is whole\n");
}

}  // namespace
}  // namespace proctor

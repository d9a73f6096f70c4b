#include <new>
#include <stdexcept>

#include <gtest/gtest.h>

#include "proctor/console/console.h"

namespace proctor {
namespace {

std::string said_where(const std::function<int()>& body) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(without_throwing(body, Language::en), 1);
  return testing::internal::GetCapturedStderr();
}

TEST(WithoutThrowing, the_exit_code_goes_through) {
  EXPECT_EQ(without_throwing([] { return 3; }, Language::en), 3);
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

TEST(WithoutThrowing, it_is_said_in_the_language_that_is_spoken_then) {
  Language language = Language::en;
  testing::internal::CaptureStderr();

  without_throwing(
      [&]() -> int {
        language = Language::ja;
        throw std::bad_alloc();
      },
      language);

  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "proctor: メモリが足りません。保存済みの内容は無事です\n");
}

}  // namespace
}  // namespace proctor

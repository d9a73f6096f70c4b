#include "proctor/backend/rate_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend/rates_folder.h"

namespace proctor {
namespace {

using testing::HasSubstr;
using testing::Not;

std::int64_t asked(RateBook& book) {
  std::int64_t number = 0;
  book.change([&](RateState& state) { number = state.asked_in_day; });
  return number;
}

void ask(RateBook& book) {
  book.change([](RateState& state) { ++state.asked_in_day; });
}

TEST(RateBook, two_of_one_file_share_what_was_asked) {
  const RatesFolder folder;
  RateBook one(folder.path() / "rates" / "a", {}),
      other(folder.path() / "rates" / "a", {});

  ask(one);
  ask(other);

  EXPECT_EQ(asked(one), 2);
  EXPECT_EQ(asked(other), 2);
}

TEST(RateBook, processes_that_ask_at_once_lose_nothing) {
  const RatesFolder folder;
  constexpr int processes = 4, each = 500;
  for (int i = 0; i < processes; ++i) {
    if (::fork() != 0) continue;
    RateBook book(folder.path() / "a", {});
    for (int n = 0; n < each; ++n) ask(book);
    ::_exit(0);
  }

  for (int i = 0; i < processes; ++i) ::wait(nullptr);

  RateBook book(folder.path() / "a", {});
  EXPECT_EQ(asked(book), processes * each);
}

TEST(RateBook, a_process_that_died_holds_nothing) {
  const RatesFolder folder;
  if (::fork() == 0) {
    RateBook book(folder.path() / "a", {});
    book.change([](RateState& state) {
      state.asked_in_day = 5;
      ::_exit(0);  // in the midst of it
    });
  }
  ::wait(nullptr);

  RateBook book(folder.path() / "a", {});

  EXPECT_EQ(asked(book), 0);
}

TEST(RateBook, its_file_is_its_owners_alone) {
  const RatesFolder folder;
  RateBook book(folder.path() / "a", {});

  ask(book);

  struct stat status {};
  ASSERT_EQ(::stat((folder.path() / "a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(RateBook, what_is_no_book_is_begun_anew) {
  const RatesFolder folder;
  ASSERT_TRUE(write_file(folder.path() / "a", "proctor-rates-1 many words\n"));
  RateBook book(folder.path() / "a", {});

  ask(book);

  EXPECT_EQ(asked(book), 1);
}

TEST(RateBook, a_file_that_cannot_be_had_is_said_once_and_done_without) {
  const RatesFolder folder;
  ASSERT_TRUE(write_file(folder.path() / "file", "x"));
  std::vector<std::string> said;
  RateBook book(folder.path() / "file" / "a",
                [&](std::string_view line) { said.emplace_back(line); });

  ask(book);
  ask(book);

  EXPECT_EQ(asked(book), 2);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_THAT(said[0], HasSubstr("other runs with this key are not counted"));
}

TEST(RateBook, a_files_name_tells_nothing_of_a_key_and_is_anothers_for_another_key) {
  const std::string name = rate_file_name("openai", "https://a", "m", "sk-1");

  EXPECT_THAT(name, Not(HasSubstr("sk-1")));
  EXPECT_EQ(name, rate_file_name("openai", "https://a", "m", "sk-1"));
  EXPECT_NE(name, rate_file_name("openai", "https://a", "m", "sk-2"));
  EXPECT_NE(name, rate_file_name("openai", "https://b", "m", "sk-1"));
  EXPECT_NE(name, rate_file_name("openai", "https://a", "n", "sk-1"));
}

}  // namespace
}  // namespace proctor

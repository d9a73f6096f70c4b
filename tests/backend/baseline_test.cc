#include <algorithm>
#include <set>

#include "backend/models.h"

namespace proctor {
namespace {

using testing::HasSubstr;

std::unique_ptr<Backend> baseline(std::string_view name, std::uint64_t seed = 0) {
  auto made = make_baseline(name, seed, 1);
  EXPECT_TRUE(made);
  return *std::move(made);
}

std::string letter(Backend& backend, TrialId trial, const Prompt& prompt) {
  backend.start(trial, prompt);
  const auto done = backend.wait(TimePoint{});
  EXPECT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0].trial, trial);
  return done[0].attempts.back().outcome->text;
}

std::string letters(std::string_view name, std::uint64_t seed, std::uint32_t n) {
  const auto backend = baseline(name, seed);
  std::string all;
  for (std::uint32_t i = 0; i < n; ++i) all += letter(*backend, {i}, chat("?"));
  return all;
}

TEST(Baseline, random_is_a_function_of_seed_and_question) {
  EXPECT_EQ(letters("random", 7, 200), letters("random", 7, 200));
  EXPECT_NE(letters("random", 7, 200), letters("random", 8, 200));
}

TEST(Baseline, random_does_not_hang_on_the_order_of_asking) {
  const std::string all = letters("random", 7, 50);
  const auto backend = baseline("random", 7);
  for (std::uint32_t i = 50; i-- > 0;) {
    EXPECT_EQ(letter(*backend, {i}, chat("?")), all.substr(i, 1));
  }
}

TEST(Baseline, an_answer_is_of_the_moment_that_its_clock_shows) {
  const WallTime now{std::chrono::seconds(1'700'000'000)};
  const auto made = make_baseline("A", 0, 1, [now] { return now; });
  ASSERT_TRUE(made);

  (*made)->start({0}, chat("?"));

  EXPECT_EQ((*made)->wait(TimePoint{}).at(0).attempts.at(0).started, now);
}

TEST(Baseline, random_gives_every_letter_its_share) {
  const std::string all = letters("random", 7, 10'000);
  for (const char c : std::string_view("ABCD")) {
    // 2,500 expected; five standard deviations are 217.
    EXPECT_NEAR(static_cast<double>(std::ranges::count(all, c)), 2500, 217) << c;
  }
}

TEST(Baseline, random_knows_as_many_letters_as_there_are_choices) {
  const auto backend = baseline("random");
  Prompt prompt = chat("?");
  prompt.labels = "ABCDEFGHIJ";
  std::set<std::string> seen;

  for (std::uint32_t i = 0; i < 500; ++i) seen.insert(letter(*backend, {i}, prompt));

  EXPECT_EQ(seen.size(), 10U);
}

TEST(Baseline, longest_takes_the_longest_choice_the_first_of_equals) {
  const auto backend = baseline("longest");
  Prompt prompt = chat("?");

  EXPECT_EQ(letter(*backend, {0}, prompt), "C");  // three
  prompt.choices = {"aa", "bbb", "ccc", "d"};
  EXPECT_EQ(letter(*backend, {1}, prompt), "B");
}

TEST(Baseline, longest_counts_characters_not_bytes) {
  const auto backend = baseline("longest");
  Prompt prompt = chat("?");
  prompt.choices = {"日本", "abc", "a", "b"};

  EXPECT_EQ(letter(*backend, {0}, prompt), "B");
}

TEST(Baseline, a_letter_is_always_that_letter) {
  EXPECT_EQ(letters("C", 0, 5), "CCCCC");
}

TEST(Baseline, another_name_is_an_error_that_lists_them) {
  for (const std::string_view name : {"", "a", "AB", "shortest", "1"}) {
    const auto made = make_baseline(name, 0, 0);

    ASSERT_FALSE(made) << name;
    EXPECT_EQ(made.error().fault, Fault::usage);
    EXPECT_THAT(made.error().message, HasSubstr("random, longest and a letter"));
  }
}

TEST(Baseline, a_reply_says_what_it_is_and_has_an_id) {
  const auto backend = baseline("random");
  backend->start({3}, chat("?"));

  const auto done = backend->wait(TimePoint{});

  ASSERT_EQ(done.size(), 1U);
  const Attempt& attempt = done[0].attempts.at(0);
  EXPECT_EQ(attempt.id.size(), 32U);
  EXPECT_EQ(attempt.outcome->model, "baseline/random");
  EXPECT_EQ(attempt.outcome->finish_reason, "stop");
}

TEST(Baseline, there_is_room_until_it_is_waited_for) {
  const auto backend = baseline("A");
  std::uint32_t started = 0;

  while (backend->room() > 0) backend->start({started++}, chat("?"));

  EXPECT_EQ(backend->wait(TimePoint{}).size(), started);
  EXPECT_GT(backend->room(), 0U);
}

}  // namespace
}  // namespace proctor

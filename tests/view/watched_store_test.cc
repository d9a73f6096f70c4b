#include "proctor/view/watched_store.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "support/made_up_clock.h"
#include "view/kept_store.h"

namespace proctor {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Watched : public testing::Test {
 protected:
  Watched() {
    setting_.clock = clock_.clock();
    setting_.spent = [this] { return spent_; };
    kept_.reply("AB");
  }
  json head(const RunChoice& choice = {}) {
    const auto made = watched_.page(choice);
    EXPECT_TRUE(made) << made.error().message;
    return made ? json::parse((*made)->page.head) : json();
  }

  // From now on a look takes so long.
  void enlarge(std::chrono::nanoseconds more) {
    setting_.open = [this, more, open = setting_.open] {
      spent_ += more;
      return open();
    };
  }

  MadeUpClock clock_;
  std::chrono::nanoseconds spent_{0};
  KeptStore kept_;
  ViewSetting setting_ = kept_.setting();
  WatchedStore watched_{setting_};
};

TEST_F(Watched, a_page_that_nothing_was_written_since_is_the_same) {
  const json before = head();
  clock_.advance(std::chrono::seconds(10));

  EXPECT_EQ(head(), before);
}

TEST_F(Watched, a_reply_that_is_kept_is_on_the_next_page) {
  const json before = head();
  EXPECT_EQ(before["runs"][0]["count"], json({1, 2}));

  kept_.reply("ABA");

  const json after = head();
  EXPECT_EQ(after["runs"][0]["count"], json({2, 3}));
  EXPECT_NE(after["made"], before["made"]);
}

TEST_F(Watched, looking_takes_a_tenth_of_a_processor_at_most) {
  enlarge(std::chrono::seconds(1));
  head();
  kept_.reply("ABA");

  clock_.advance(std::chrono::milliseconds(9'999));
  EXPECT_EQ(head()["runs"][0]["count"][1], 2);
  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(head()["runs"][0]["count"][1], 3);
}

TEST_F(Watched, no_pause_is_longer_than_15_seconds) {
  enlarge(std::chrono::minutes(1));
  head();
  kept_.reply("ABA");

  clock_.advance(std::chrono::seconds(15));

  EXPECT_EQ(head()["runs"][0]["count"][1], 3);
}

TEST_F(Watched, many_choices_of_runs_are_looked_at_as_often_as_one) {
  int looks = 0;
  enlarge(std::chrono::seconds(1));
  setting_.open = [&, open = setting_.open] {
    ++looks;
    return open();
  };
  head();

  for (int i = 0; i < 100; ++i) {
    const auto made = watched_.page({.with = {fmt::format("{:016}", i)}});
    ASSERT_TRUE(made);
    EXPECT_EQ(*made, nullptr);
  }

  EXPECT_EQ(looks, 1);
}

TEST_F(Watched, nothing_of_the_store_is_open_between_two_looks) {
  head();

  EXPECT_FALSE(std::filesystem::exists(kept_.path().string() + "-wal"));
}

TEST_F(Watched, a_run_that_starts_later_appears) {
  head();
  kept_.reply("A", "b");

  EXPECT_EQ(head()["runs"].size(), 2);
}

TEST_F(Watched, a_store_that_vanished_is_told_of_and_is_taken_up_again) {
  head();
  kept_.vanish();

  const auto without = watched_.page({});
  ASSERT_FALSE(without);
  EXPECT_THAT(without.error().message, HasSubstr("no such store"));

  kept_.reply("A");
  EXPECT_EQ(head()["runs"][0]["count"], json({1, 1}));
}

TEST_F(Watched, the_parts_of_a_page_are_kept_by_their_sum) {
  const std::string columns = head()["live"]["parts"]["columns"];
  const std::string* const bytes = watched_.part(columns);

  ASSERT_NE(bytes, nullptr);
  EXPECT_EQ(sha256_hex(*bytes), columns);
  EXPECT_EQ(watched_.part("columns"), nullptr);
}

TEST_F(Watched, a_part_outlives_its_page_for_who_still_asks_for_it) {
  const std::string replies = head()["live"]["parts"]["r0-0"];
  kept_.reply("ABC");
  EXPECT_NE(head()["live"]["parts"]["r0-0"], replies);

  EXPECT_NE(watched_.part(replies), nullptr);
  for (const char* const model : {"b", "c", "d", "e", "f", "g", "h", "i"}) {
    kept_.reply("A", model);
    head();
  }
  EXPECT_EQ(watched_.part(replies), nullptr);
}

TEST_F(Watched, a_page_has_the_course_of_its_accuracy_and_what_ended_last) {
  const json live = head()["live"];

  ASSERT_EQ(live["curves"][0].size(), 2);
  EXPECT_EQ(live["curves"][0][0][0], 1);  // one of one
  EXPECT_EQ(live["curves"][0][1][0], 1);  // one of two
  EXPECT_EQ(live["newest"][0], json({0, 1, "1970-01-01T00:01:41.000Z"}));
}

TEST_F(Watched, of_many_runs_the_eight_written_last_are_shown_until_others_are_chosen) {
  for (int i = 0; i < 9; ++i) kept_.reply("A", fmt::format("model-{}", i));
  const json usual = head();
  ASSERT_EQ(usual["runs"].size(), usual_runs);
  ASSERT_EQ(usual["live"]["stored"].size(), 10);
  const std::string first = usual["live"]["stored"][0]["id"];
  const std::string last = usual["runs"][7]["id"];

  const json chosen =
      head({.with = {first.substr(0, 16)}, .without = {last.substr(0, 16)}});

  ASSERT_EQ(chosen["runs"].size(), 8);
  EXPECT_EQ(chosen["runs"][0]["id"], first);
  EXPECT_NE(chosen["runs"][7]["id"], last);
}

}  // namespace
}  // namespace proctor

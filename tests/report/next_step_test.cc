#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/report/report.h"

namespace proctor {
namespace {

using testing::HasSubstr;
using testing::Not;

ScoredRun of_marks(std::int64_t n, Mark mark, std::int64_t planned = 0) {
  ScoredRun run{.id = std::string(64, 'a'), .extract = "first-letter"};
  for (std::int64_t i = 0; i < n; ++i) run.account.tally.add("anatomy", mark);
  run.planned = std::max(n, planned);
  return run;
}

std::string next_of(const ScoredRun& run, std::string_view options = "") {
  return next_step(run, Language::en, options);
}

TEST(NextStep, shows_what_the_summary_did_not) {
  EXPECT_EQ(next_of(of_marks(3, Mark::wrong)),
            "next: proctor show aaaaaaaa --only wrong");
  EXPECT_EQ(next_of(of_marks(3, Mark::right)), "next: proctor report aaaaaaaa");
}

TEST(NextStep, of_more_subjects_than_were_listed_is_their_table) {
  ScoredRun run = of_marks(3, Mark::wrong);
  for (int i = 0; i < 10; ++i)
    run.account.tally.add(fmt::format("s{}", i), Mark::wrong);
  run.planned = 13;

  EXPECT_EQ(next_of(run), "next: proctor report aaaaaaaa");
}

TEST(NextStep, goes_on_where_something_is_left) {
  EXPECT_EQ(next_of(of_marks(3, Mark::right, 10)),
            "next: the same command again asks the 7 that are left; proctor report "
            "aaaaaaaa");
  EXPECT_THAT(next_of(of_marks(3, Mark::right, 4)), HasSubstr("the one that is left"));
}

TEST(NextStep, shows_what_failed_where_anything_was_answered) {
  ScoredRun run = of_marks(3, Mark::failed);
  EXPECT_EQ(next_of(run), "next: the same command again asks the 3 that are left");

  run.account.tally.add("anatomy", Mark::right);
  run.planned = 4;

  EXPECT_THAT(next_of(run),
              HasSubstr("the 3 that are left; proctor show aaaaaaaa --only failed"));
}

TEST(NextStep, of_mostly_unread_replies_is_the_audit_complete_or_not) {
  EXPECT_EQ(next_of(of_marks(3, Mark::unread), " --store x.db"),
            "next: proctor audit aaaaaaaa --store x.db shows what other readers read");
  EXPECT_THAT(next_of(of_marks(3, Mark::unread, 10)), HasSubstr("proctor audit"));
}

TEST(NextStep, of_unread_replies_without_a_word_is_no_audit) {
  ScoredRun empty = of_marks(3, Mark::unread);
  empty.account.empty = 3;
  ScoredRun scored = of_marks(3, Mark::unread);
  scored.account.no_letters = 3;

  EXPECT_THAT(next_of(empty), Not(HasSubstr("audit")));
  EXPECT_THAT(next_of(scored), Not(HasSubstr("audit")));
}

TEST(NextStep, of_several_runs_names_those_that_are_mostly_unread) {
  const std::vector<ScoredRun> runs = {of_marks(3, Mark::right),
                                       of_marks(3, Mark::unread)};

  EXPECT_EQ(next_step(runs, 2, Language::en, ""),
            "next: proctor compare aaaaaaaa aaaaaaaa; proctor audit aaaaaaaa");
}

}  // namespace
}  // namespace proctor

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "study/made_store.h"

namespace proctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class AuditRun : public testing::Test {
 protected:
  // Every question's reply in full; none where it is empty.
  Result<Audit> audited(const std::vector<std::string>& replies,
                        std::string extract = "first-letter",
                        std::string_view scoring = "generate") {
    std::map<std::uint32_t, std::string> by_ordinal;
    for (const std::string& reply : replies)
      by_ordinal[static_cast<std::uint32_t>(by_ordinal.size())] = reply;
    const std::vector<std::string> subjects(replies.size(), "anatomy");
    const StoredRun run = made_.add(exam_of(subjects), by_ordinal,
                                    {.key = {.model = fmt::format("{}", ++runs_),
                                             .protocol = protocol_of("?", 0, scoring)},
                                     .extract = std::move(extract)});
    return audit(made_.store(), run, {});
  }
  static const AuditedReader& reader(const Audit& audit, std::string_view name) {
    return *std::ranges::find(audit.readers, name, &AuditedReader::name);
  }

  MadeStore made_;
  int runs_ = 0;
};

TEST_F(AuditRun, has_the_marks_of_every_reader) {
  const auto out = audited({"A", "The answer is A.", "B"});

  ASSERT_TRUE(out);
  EXPECT_EQ(out->readers.size(), readers().size());
  EXPECT_EQ(reader(*out, "first-letter").ledger.right, 1);  // "T" is no label
  EXPECT_EQ(reader(*out, "proctor").ledger.right, 2);
  EXPECT_EQ(reader(*out, "proctor").ledger.wrong, 1);
  EXPECT_EQ(out->replies, 3);
}

TEST_F(AuditRun, agreement_is_with_the_run_s_own_reader) {
  const std::vector<std::string> replies = {"A", "The answer is A.", "B"};

  const auto by_first = audited(replies);
  const auto by_careful = audited(replies, "proctor");

  ASSERT_TRUE(by_first && by_careful);
  EXPECT_EQ(reader(*by_first, "first-letter").agreed, 3);
  EXPECT_EQ(reader(*by_first, "proctor").agreed, 2);
  EXPECT_EQ(reader(*by_careful, "proctor").agreed, 3);
  EXPECT_EQ(reader(*by_careful, "first-letter").agreed, 2);
}

TEST_F(AuditRun, a_reply_in_which_a_reader_finds_nothing_is_no_disagreement) {
  const auto out = audited({"The answer is A."});

  ASSERT_TRUE(out);
  EXPECT_EQ(reader(*out, "first-letter").ledger.unread, 1);
  EXPECT_THAT(out->disagreements, IsEmpty());
}

TEST_F(AuditRun, a_reply_in_which_readers_find_different_letters_is_kept) {
  const auto out = audited({"A", "Boron it is not. The answer is (C)."});

  ASSERT_TRUE(out);
  ASSERT_EQ(out->disagreements.size(), 1U);
  const Disagreement& one = out->disagreements[0];
  EXPECT_EQ(one.id, "anatomy/1");
  EXPECT_THAT(one.right, ElementsAre("A"));
  EXPECT_EQ(one.letters.size(), out->readers.size());
  EXPECT_EQ(one.reply_end, "Boron it is not. The answer is (C).");
  EXPECT_FALSE(one.is_cut);
}

TEST_F(AuditRun, a_long_reply_s_end_begins_with_a_whole_character) {
  std::string reply = "Boron it is not. ";
  for (int i = 0; i < 200; ++i) reply += "é";
  reply += "The answer is (C).";  // 18 bytes and pairs of them

  const auto out = audited({reply + "\n"});

  ASSERT_TRUE(out);
  ASSERT_EQ(out->disagreements.size(), 1U);
  EXPECT_TRUE(out->disagreements[0].is_cut);
  EXPECT_EQ(out->disagreements[0].reply_end.size(), 160U);

  const auto odd = audited({reply + "!"});  // 160 would begin inside a character

  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->disagreements[0].reply_end.size(), 159U);
  EXPECT_FALSE(first_invalid_utf8(odd->disagreements[0].reply_end));
}

TEST_F(AuditRun, a_question_without_a_reply_has_failed_for_every_reader) {
  const auto out = audited({"A", ""});

  ASSERT_TRUE(out);
  EXPECT_EQ(out->failed, 1);
  EXPECT_EQ(out->replies, 1);
  for (const AuditedReader& each : out->readers) EXPECT_EQ(each.ledger.failed, 1);
}

TEST_F(AuditRun, there_is_no_reply_to_read_where_letters_were_scored) {
  const auto out = audited({"A"}, "first-letter", "letters");

  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().fault, Fault::usage);
  EXPECT_THAT(out.error().message, HasSubstr("scores letters"));
}

TEST_F(AuditRun, there_is_nothing_to_audit_where_nothing_was_answered) {
  const auto out = audited({""});

  ASSERT_FALSE(out);
  EXPECT_THAT(out.error().message, HasSubstr("nothing was answered: HTTP 500: no"));
}

}  // namespace
}  // namespace proctor

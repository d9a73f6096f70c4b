// Runs that MMLU-Pro's scripts wrote.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "peer/entries.h"
#include "proctor/peer/peer.h"
#include "proctor/study/study.h"
#include "support/file.h"
#include "support/shared.h"

namespace proctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result<std::vector<PeerRun>> read(const File& file) {
  const std::filesystem::path path = file.path();
  return read_peer_runs(std::span(&path, 1));
}

ImportedRun stored(const PeerRun& run, Store& store) {
  return store_peer_run(run, "", "", store).value();
}

TEST(MmluPro, an_entry_is_a_question_with_its_reply) {
  const File file(entries({entry("70", "The answer is (B).", "B")}), ".json");

  const auto runs = read(file);

  ASSERT_TRUE(runs) << runs.error().message;
  const PeerReply& reply = runs->front().replies.front();
  EXPECT_EQ(reply.question.id, "70");
  EXPECT_EQ(reply.question.subject, "business");
  EXPECT_THAT(reply.question.choices, ElementsAre("one", "two", "three"));
  EXPECT_EQ(reply.question.right, 1);
  EXPECT_EQ(reply.attempt.outcome->text, "The answer is (B).");
  EXPECT_TRUE(reply.counted_right);
}

TEST(MmluPro, nothing_is_said_to_have_been_sent) {
  const File file(entries({entry("70", "B", "B")}), ".json");

  const auto runs = read(file);

  const Attempt& attempt = runs->front().replies.front().attempt;
  EXPECT_THAT(attempt.request, IsEmpty());
  EXPECT_EQ(attempt.response, R"({"question_id":70,"pred":"B"})");
}

TEST(MmluPro, the_reader_is_the_one_that_marks_as_the_file_does) {
  auto store = make_memory_store();
  // MMLU-Pro's first rule finds nothing in the second, and its cascade B.
  const File first(entries({entry("1", "The answer is (B)", "B"),
                            entry("2", "So it is B", nullptr)}),
                   ".json");
  const File cascade(
      entries({entry("1", "The answer is (B)", "B"), entry("2", "So it is B", "B")}),
      "-2.json");

  EXPECT_EQ(stored(read(first)->front(), *store).reader, "mmlu_pro_first_rule");
  EXPECT_EQ(stored(read(cascade)->front(), *store).reader, "mmlu_pro_cascade");
}

TEST(MmluPro, the_score_is_the_files_own) {
  auto store = make_memory_store();
  const File file(
      entries({entry("1", "The answer is (B)", "B"),
               entry("2", "The answer is (A)", "A"), entry("3", "?", nullptr)}),
      ".json");

  const ImportedRun run = stored(read(file)->front(), *store);

  EXPECT_EQ(run.right, 1);
  EXPECT_EQ(run.counted_right, 1);
  EXPECT_EQ(run.n, 3);
  EXPECT_THAT(run.notes, IsEmpty());
}

TEST(MmluPro, a_mark_that_no_reader_gives_is_said) {
  auto store = make_memory_store();
  const File file(entries({entry("1", "The answer is (B)", "C")}), ".json");

  const ImportedRun run = stored(read(file)->front(), *store);

  EXPECT_EQ(run.otherwise, 1);
  EXPECT_THAT(run.notes, ElementsAre(HasSubstr("1 of 1 are right, the file counts 0")));
}

TEST(MmluPro, a_missing_reply_is_a_failure_and_no_answer) {
  auto store = make_memory_store();
  const File file(
      entries({entry("1", "The answer is (B)", "B"), entry("2", nullptr, "B")}),
      ".json");

  const ImportedRun run = stored(read(file)->front(), *store);

  const StoredRun kept = find_run(*store, run.id).value();
  const auto scored = score_stored_run(*store, kept, {}, false, {});
  EXPECT_EQ(scored->ledger().failed, 1);
  EXPECT_EQ(scored->ledger().right, 1);
  EXPECT_EQ(run.without_reply, 1);
}

TEST(MmluPro, the_same_file_twice_is_one_run) {
  auto store = make_memory_store();
  const File file(entries({entry("1", "The answer is (B)", "B")}), ".json");
  const PeerRun run = read(file)->front();

  const std::string once = stored(run, *store).id;
  const std::string twice = stored(run, *store).id;

  EXPECT_EQ(once, twice);
  EXPECT_EQ(store->runs()->front().attempts, 1);
}

TEST(MmluPro, a_run_says_what_it_was_made_of) {
  auto store = make_memory_store();
  const File file(entries({entry("1", "The answer is (B)", "B")}), ".json");
  const PeerRun run = read(file)->front();

  const StoredRun kept = find_run(*store, stored(run, *store).id).value();

  EXPECT_EQ(imported_from(kept.info.key)->harness, "MMLU-Pro");
  EXPECT_EQ(imported_from(kept.info.key)->sha256, run.digest);
  EXPECT_EQ(kept.info.key.provider, "imported");
}

TEST(MmluPro, what_is_no_entry_is_left_out_and_said) {
  const File file(R"(["other", )" + entries({entry("1", "B", "B")}).substr(1), ".json");

  const auto runs = read(file);

  EXPECT_THAT(runs->front().left_out,
              ElementsAre("1 of 2 entries are no objects: left out"));
}

TEST(MmluPro, a_file_that_was_cut_off_is_an_error) {
  const std::string whole = entries({entry("1", "B", "B")});
  const File file(whole.substr(0, whole.size() - 5), ".json");

  const auto runs = read(file);

  ASSERT_FALSE(runs);
  EXPECT_THAT(runs.error().message, HasSubstr("was it cut off?"));
}

TEST(MmluPro, a_key_beyond_the_options_is_an_error) {
  const File file(entries({entry("1", "B", "B", "J")}), ".json");

  const auto runs = read(file);

  ASSERT_FALSE(runs);
  EXPECT_THAT(runs.error().message,
              HasSubstr("entry 1: answer: found J, expected a letter of 3 options"));
}

struct Published {
  const char* file;
  std::int64_t n, right, otherwise;
  const char* reader;
};
class RealRuns : public testing::TestWithParam<Published> {};

// Counted in the published files themselves, by pred and answer.
TEST_P(RealRuns, have_the_score_that_was_published) {
  const auto shared = shared_folder();
  if (!shared) GTEST_SKIP() << "no published runs: set PROCTOR_SHARED";
  const Published& published = GetParam();
  const auto path = *shared / "mmlu_pro" / published.file;
  auto store = make_memory_store();

  const auto runs = read_peer_runs(std::span(&path, 1));

  ASSERT_TRUE(runs) << runs.error().message;
  const ImportedRun run = stored(runs->front(), *store);
  EXPECT_EQ(run.n, published.n);
  EXPECT_EQ(run.counted_right, published.right);
  EXPECT_EQ(run.otherwise, published.otherwise);
  EXPECT_EQ(run.reader, published.reader);
}
INSTANTIATE_TEST_SUITE_P(
    MmluPro, RealRuns,
    testing::Values(Published{"model_outputs_gemini-1.5-flash-002_5shots.zip", 12012,
                              7699, 0, "mmlu_pro_cascade"},
                    Published{"model_outputs_Mistral-7B-Instruct-v0.2_5shots.zip",
                              12032, 3460, 0, "mmlu_pro_first_rule"}));

}  // namespace
}  // namespace proctor

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

// Counts how often replies are written: each time is a transaction of its own.
class OneAppend : public Store {
 public:
  OneAppend(std::unique_ptr<Store> store, int& appended)
      : store_(std::move(store)), appended_(appended) {}
  Status open(const Plan& plan) override { return store_->open(plan); }
  Result<std::vector<TrialId>> claim(const Plan& plan, std::size_t most) override {
    return store_->claim(plan, most);
  }
  Status append(const Plan& plan, std::span<const Completion> all) override {
    ++appended_;
    return store_->append(plan, all);
  }
  Status hide(const std::string& id, bool hidden) override {
    return store_->hide(id, hidden);
  }
  Status remove(const std::string& id) override { return store_->remove(id); }
  Result<std::vector<StoredRun>> runs() override { return store_->runs(); }
  Result<Dataset> questions(const std::string& id) override {
    return store_->questions(id);
  }
  Result<std::vector<SubjectReplies>> subjects(const std::string& id) override {
    return store_->subjects(id);
  }
  Status results(const std::string& id, bool with_bodies,
                 const std::function<Status(StoredResult)>& see) override {
    return store_->results(id, with_bodies, see);
  }
  Result<std::vector<ReplySource>> sources(const std::string& id) override {
    return store_->sources(id);
  }
  Status attempts(const std::string& id,
                  const std::function<Status(StoredAttempt)>& see) override {
    return store_->attempts(id, see);
  }
  Result<std::vector<Trouble>> verify() override { return store_->verify(); }

 private:
  std::unique_ptr<Store> store_;
  int& appended_;
};

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

TEST(MmluPro, two_questions_of_one_number_are_two) {
  const std::string other =
      replace_all(entry("1", "The answer is (A)", "A"), "Which? 1", "Who?");
  const File file(entries({entry("1", "The answer is (B)", "B"), other}), ".json");

  const auto runs = read(file);

  EXPECT_EQ(runs->front().replies.size(), 2);
  EXPECT_THAT(runs->front().left_out,
              ElementsAre("1 of 2 entries have the question_id of another question: "
                          "both are taken"));
}

TEST(MmluPro, an_index_that_is_not_the_answers_is_said) {
  const File file(entries({entry("1", "The answer is (A)", "A", "A")}), ".json");

  const auto runs = read(file);

  EXPECT_EQ(runs->front().replies.front().question.right, 0);
  EXPECT_THAT(runs->front().left_out,
              ElementsAre("in 1 entries answer_index is another than answer, which is "
                          "taken"));
}

TEST(MmluPro, a_run_whose_file_names_no_model_is_called_as_the_file) {
  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / "model_outputs_.json";
  ASSERT_TRUE(write_file(path, entries({entry("1", "B", "B")})));

  const auto runs = read_peer_runs(std::span(&path, 1));
  std::filesystem::remove(path);

  EXPECT_EQ(runs->front().model, "model_outputs_");
}

TEST(MmluPro, what_is_said_of_a_run_is_kept_with_it) {
  auto store = make_memory_store();
  const File file(
      R"(["other", )" + entries({entry("1", "The answer is (B)", "C")}).substr(1),
      ".json");

  const ImportedRun run = stored(read(file)->front(), *store);

  const StoredRun kept = find_run(*store, run.id).value();
  EXPECT_EQ(kept.info.notes, run.notes);
  EXPECT_EQ(kept.info.notes.size(), 2);
}

TEST(MmluPro, a_score_that_is_not_the_files_is_not_said_to_be_reported_by_the_harness) {
  auto store = make_memory_store();
  const File file(entries({entry("1", "The answer is (B)", "C")}), ".json");

  const StoredRun kept =
      find_run(*store, stored(read(file)->front(), *store).id).value();

  EXPECT_EQ(kept.info.aggregation, "proctor");
}

TEST(MmluPro, a_run_is_stored_whole_or_has_no_reply) {
  std::vector<std::string> many;
  for (int i = 0; i < 2500; ++i)
    many.push_back(entry(fmt::format("{}", i).c_str(), "The answer is (B)", "B"));
  const File file(entries(many), ".json");
  const PeerRun run = read(file)->front();
  int appended = 0;
  OneAppend store(make_memory_store(), appended);

  ASSERT_TRUE(store_peer_run(run, "", "", store));

  EXPECT_EQ(appended, 1);
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

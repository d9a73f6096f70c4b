// A run as another harness's files, and read back from them.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/peer/peer.h"
#include "study/made_store.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;

class Folder {
 public:
  Folder()
      : path_(fs::path(testing::TempDir()) /
              fmt::format(
                  "proctor-{}",
                  testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::remove_all(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

RunInfo info_of(std::string_view scoring, std::string reader = "first-letter") {
  return {.key = {.provider = "ollama",
                  .model = "tiny:1b",
                  .protocol = protocol_of("{question}", 0, scoring)},
          .split = "test",
          .protocol = "seed",
          .extract = std::move(reader)};
}

std::vector<fs::path> names_in(const PeerExport& written, const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const FileContent& file : written.files) paths.push_back(folder / file.name);
  return paths;
}

// Written and read back, each question's mark: the ledger of what comes of it.
Ledger round_trip(PeerForm form, MadeStore& made, const StoredRun& run) {
  const Folder folder;
  const auto written = export_for_peer(form, made.store(), run, {});
  EXPECT_TRUE(written) << written.error().message;
  EXPECT_TRUE(write_files(*written, folder.path()));
  const auto read = read_peer_runs(names_in(*written, folder.path()));
  EXPECT_TRUE(read) << read.error().message;
  auto store = make_memory_store();
  const auto imported = store_peer_run(read->front(), "", "", *store);
  EXPECT_THAT(imported->otherwise, 0);
  const StoredRun kept = find_run(*store, imported->id).value();
  return score_stored_run(*store, kept, {}, false, {})->ledger();
}

void expect_same(const Ledger& one, const Ledger& other) {
  EXPECT_EQ(one.right, other.right);
  EXPECT_EQ(one.n(), other.n());
  EXPECT_EQ(one.failed, other.failed);
}

Ledger ledger_of(MadeStore& made, const StoredRun& run) {
  return score_stored_run(made.store(), run, {}, false, {})->ledger();
}

const Dataset exam = exam_of({"law", "law", "law", "logic", "logic"});

TEST(PeerExport, every_form_reads_back_with_the_same_score) {
  MadeStore made;
  const StoredRun run =
      made.add(exam, {{0, "A"}, {1, "Because … B"}, {2, "A."}, {3, "?"}, {4, "D"}},
               info_of("generate"));

  for (const PeerForm form : {PeerForm::lm_eval, PeerForm::inspect, PeerForm::mmlu_pro})
    expect_same(round_trip(form, made, run), ledger_of(made, run));
}

TEST(PeerExport, a_question_without_a_reply_comes_back_as_failed) {
  MadeStore made;
  const StoredRun run = made.add(exam, "AB!A!", info_of("generate"));

  for (const PeerForm form : {PeerForm::lm_eval, PeerForm::inspect})
    expect_same(round_trip(form, made, run), ledger_of(made, run));
}

TEST(PeerExport, how_questions_without_a_reply_stand_there_is_said) {
  MadeStore made;
  const StoredRun run = made.add(exam, "AB!A!", info_of("generate"));

  const auto written = export_for_peer(PeerForm::lm_eval, made.store(), run, {});

  EXPECT_THAT(written->notes,
              Contains("2 questions without a reply stand there as None, and count "
                       "as wrong"));
}

TEST(PeerExport, mmlu_pros_entries_are_those_that_have_a_reply) {
  MadeStore made;
  const StoredRun run = made.add(exam, "AB!A!", info_of("generate"));

  const Ledger back = round_trip(PeerForm::mmlu_pro, made, run);

  EXPECT_EQ(back.n(), 3);
  EXPECT_EQ(back.right, 2);
}

TEST(PeerExport, lm_evals_files_are_named_as_its_tracker_names_them) {
  MadeStore made;
  const StoredRun run = made.add(exam, "ABCDA", info_of("letters"));

  const auto written = export_for_peer(PeerForm::lm_eval, made.store(), run, {});

  std::vector<std::string> names;
  for (const FileContent& file : written->files) names.push_back(file.name);
  EXPECT_THAT(
      names,
      ElementsAre(
          "ollama__tiny__1b/results_1970-01-01T00-00-01.000000.json",
          "ollama__tiny__1b/samples_exam_law_1970-01-01T00-00-01.000000.jsonl",
          "ollama__tiny__1b/samples_exam_logic_1970-01-01T00-00-01.000000.jsonl"));
}

TEST(PeerExport, a_run_without_a_reply_is_refused) {
  MadeStore made;
  const StoredRun run = made.add(exam, "!!!!!", info_of("generate"));

  EXPECT_FALSE(export_for_peer(PeerForm::inspect, made.store(), run, {}));
}

TEST(PeerExport, an_ending_names_inspects_form) {
  EXPECT_EQ(peer_form_of("", "run.eval"), PeerForm::inspect);
  EXPECT_EQ(peer_form_of("lm-eval", "folder"), PeerForm::lm_eval);
  EXPECT_EQ(peer_form_of("", "run.jsonl"), std::nullopt);
  EXPECT_EQ(peer_form_of("csv", "run.eval"), std::nullopt);
}

}  // namespace
}  // namespace proctor

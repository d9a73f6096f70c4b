// A run as another harness's files, and read back from them.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

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

  for (const PeerForm form : {PeerForm::lm_eval, PeerForm::inspect, PeerForm::mmlu_pro})
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

// ---- Names ------------------------------------------------------------------------

TEST(PeerExport, a_model_without_a_name_of_its_own_has_a_folder_in_the_folder) {
  for (const char* const name : {"", ".", "..", "/.."}) {
    MadeStore made;
    RunInfo info = info_of("letters");
    info.key.provider = "imported";
    info.key.model = name;
    const StoredRun run = made.add(exam, "ABCDA", info);

    const auto written = export_for_peer(PeerForm::lm_eval, made.store(), run, {});

    ASSERT_TRUE(written) << written.error().message;
    for (const FileContent& file : written->files) {
      const fs::path path = file.name;
      EXPECT_TRUE(path.is_relative()) << file.name;
      EXPECT_NE(path.begin()->string(), "..");
      EXPECT_NE(path.begin()->string(), ".");
    }
  }
}

TEST(PeerExport, no_file_is_written_outside_the_folder) {
  const Folder folder;
  for (const char* const name : {"../out.json", "/tmp/proctor-out.json", "a/../../b"}) {
    const auto done = write_files({.files = {{name, "{}"}}}, folder.path() / "in");

    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().message, testing::HasSubstr("outside the folder"));
  }
}

TEST(PeerExport, subjects_that_are_written_alike_stay_apart) {
  MadeStore made;
  const Dataset alike = exam_of({"a b", "a_b"});
  const StoredRun run = made.add(alike, "AA", info_of("letters"));

  const auto written = export_for_peer(PeerForm::lm_eval, made.store(), run, {});

  ASSERT_EQ(written->files.size(), 3);
  EXPECT_THAT(written->files[1].name, testing::HasSubstr("samples_exam_a_b_1970"));
  EXPECT_THAT(written->files[2].name, testing::HasSubstr("samples_exam_a_b_2_1970"));
}

// ---- What changes a score ---------------------------------------------------------

// Two of five were asked.
StoredRun unfinished(MadeStore& made) {
  RunInfo info = info_of("generate");
  info.selection = {2, 3, 4};
  return made.add(exam, "AB", info);
}

TEST(PeerExport, questions_that_were_not_asked_are_said) {
  MadeStore made;
  const StoredRun run = unfinished(made);

  for (const PeerForm form :
       {PeerForm::lm_eval, PeerForm::inspect, PeerForm::mmlu_pro}) {
    const auto written = export_for_peer(form, made.store(), run, {});
    EXPECT_THAT(written->notes,
                Contains("3 of 5 questions were not asked: they do not stand there"));
  }
}

TEST(PeerExport, lm_evals_results_say_how_many_there_were_to_ask) {
  MadeStore made;
  const StoredRun run = unfinished(made);

  const auto written = export_for_peer(PeerForm::lm_eval, made.store(), run, {});

  const auto results = nlohmann::ordered_json::parse(written->files.front().content);
  EXPECT_EQ(results["n-samples"]["exam_law"]["original"], 3);
  EXPECT_EQ(results["n-samples"]["exam_law"]["effective"], 2);
}

TEST(PeerExport, an_unfinished_log_of_inspect_is_cancelled) {
  MadeStore made;
  const StoredRun run = unfinished(made);
  const Folder folder;
  const auto written = export_for_peer(PeerForm::inspect, made.store(), run, {});
  ASSERT_TRUE(write_files(*written, folder.path()));

  const auto read = read_peer_runs(names_in(*written, folder.path()));

  EXPECT_THAT(read->front().left_out,
              Contains("the log ends with cancelled: what it holds is taken"));
}

TEST(PeerExport, of_several_right_answers_the_one_that_was_given_stands_there) {
  MadeStore made;
  Dataset several = exam;
  several.questions[1].also_right = {2};
  several.questions[3].also_right = {1};
  several.digest = digest_of(several.questions);
  const StoredRun run = made.add(several, "ACBDA", info_of("generate"));
  ASSERT_EQ(ledger_of(made, run).right, 3);

  for (const PeerForm form : {PeerForm::lm_eval, PeerForm::mmlu_pro}) {
    const auto written = export_for_peer(form, made.store(), run, {});
    EXPECT_THAT(
        written->notes,
        Contains("2 questions have several right answers, and the form has room "
                 "for one: the one that was given, else the first"));
    expect_same(round_trip(form, made, run), ledger_of(made, run));
  }
}

}  // namespace
}  // namespace proctor

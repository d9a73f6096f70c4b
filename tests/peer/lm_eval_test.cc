// Runs that lm-evaluation-harness's EvaluationTracker wrote.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/peer/peer.h"
#include "proctor/study/study.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view date = "2026-08-01T12-34-56.789012";

// A folder as the tracker makes one for a model, until the end of the test.
class Output {
 public:
  Output()
      : folder_(
            fs::path(testing::TempDir()) /
            fmt::format("proctor-{}",
                        testing::UnitTest::GetInstance()->current_test_info()->name()) /
            "acme__model-7b") {
    fs::remove_all(folder_.parent_path());
    fs::create_directories(folder_);
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() {
    std::error_code ignored;
    fs::remove_all(folder_.parent_path(), ignored);
  }

  fs::path samples(std::string_view task, const std::vector<std::string>& lines) {
    return write(fmt::format("samples_{}_{}.jsonl", task, date),
                 join(lines, "\n") + "\n");
  }
  fs::path results(std::string_view content) {
    return write(fmt::format("results_{}.json", date), content);
  }

 private:
  fs::path write(const std::string& name, std::string_view content) {
    EXPECT_TRUE(write_file(folder_ / name, content));
    return folder_ / name;
  }

  fs::path folder_;
};

std::string doc(std::string_view subject, int number) {
  return fmt::format(
      R"({{"question": "Which is {}?", "subject": "{}", "choices": ["one", "two"], "answer": 1}})",
      number, subject);
}

std::string scored(int number, std::string_view a, std::string_view b, int acc,
                   std::string_view subject = "law") {
  return fmt::format(
      R"({{"doc_id": {0}, "doc": {1}, "target": "1", "arguments": )"
      R"({{"gen_args_0": {{"arg_0": "Which?\nAnswer:", "arg_1": " A"}}, )"
      R"("gen_args_1": {{"arg_0": "Which?\nAnswer:", "arg_1": " B"}}}}, )"
      R"("resps": [[["{2}", "False"]], [["{3}", "False"]]], )"
      R"("filtered_resps": [["{2}", "False"], ["{3}", "False"]], )"
      R"("filter": "none", "metrics": ["acc"], "acc": {4}.0}})",
      number, doc(subject, number), a, b, acc);
}

std::string written(int number, std::string_view reply, std::string_view filter,
                    int match) {
  return fmt::format(
      R"({{"doc_id": {}, "doc": {}, "target": "B", "arguments": )"
      R"({{"gen_args_0": {{"arg_0": "Which?", "arg_1": {{"until": ["Q:"]}}}}}}, )"
      R"("resps": [["{}"]], "filtered_resps": ["?"], "filter": "{}", )"
      R"("metrics": ["exact_match"], "exact_match": {}.0}})",
      number, doc("law", number), reply, filter, match);
}

Result<std::vector<PeerRun>> read(const std::vector<fs::path>& files) {
  return read_peer_runs(files);
}

TEST(LmEval, a_scored_sample_keeps_every_letters_likelihood) {
  Output output;

  const auto runs = read({output.samples("mmlu_law", {scored(0, "-2.5", "-0.25", 1)})});

  ASSERT_TRUE(runs) << runs.error().message;
  const Attempt& attempt = runs->front().replies.front().attempt;
  EXPECT_EQ(attempt.outcome->text, "B");
  EXPECT_EQ(attempt.outcome->logprobs,
            (std::map<std::string, double>{{"A", -2.5}, {"B", -0.25}}));
  EXPECT_EQ(attempt.request,
            R"({"prompt":"Which?\nAnswer:","continuations":[" A"," B"]})");
}

TEST(LmEval, of_equal_letters_the_first_is_taken) {
  Output output;

  const auto runs = read({output.samples("mmlu_law", {scored(0, "-1.0", "-1.0", 0)})});

  EXPECT_EQ(runs->front().replies.front().attempt.outcome->text, "A");
}

TEST(LmEval, tasks_that_were_written_together_are_one_run) {
  Output output;
  const auto law = output.samples("mmlu_law", {scored(0, "-1", "-2", 0)});
  const auto logic = output.samples("mmlu_logic", {scored(0, "-2", "-1", 1, "logic")});

  const auto runs = read({law, logic});

  ASSERT_EQ(runs->size(), 1);
  EXPECT_EQ(runs->front().replies.size(), 2);
  EXPECT_EQ(runs->front().dataset, "mmlu_l");
  EXPECT_EQ(runs->front().model, "acme/model-7b");
}

TEST(LmEval, a_results_file_stands_for_its_samples) {
  Output output;
  output.samples("mmlu_law", {scored(0, "-1", "-2", 0)});
  output.samples("mmlu_logic", {scored(0, "-2", "-1", 1, "logic")});

  const auto runs = read({output.results(
      R"({"results": {}, "model_name": "acme/model-7b-v2", "n-shot": {"mmlu_law": 5, "mmlu_logic": 5}})")});

  ASSERT_TRUE(runs) << runs.error().message;
  EXPECT_EQ(runs->front().replies.size(), 2);
  EXPECT_EQ(runs->front().model, "acme/model-7b-v2");
  EXPECT_EQ(runs->front().shots, 5);
}

TEST(LmEval, a_results_file_without_samples_is_an_error) {
  Output output;

  const auto runs = read({output.results("{}")});

  ASSERT_FALSE(runs);
  EXPECT_THAT(runs.error().message, HasSubstr("log_samples of lm_eval"));
}

TEST(LmEval, results_that_are_not_those_of_the_samples_are_said) {
  Output output;
  const auto samples = output.samples("mmlu_law", {scored(0, "-1", "-2", 0)});
  output.results(R"({"results": {"mmlu_law": {"acc,none": 0.5}}})");

  const auto runs = read({samples});

  EXPECT_THAT(runs->front().left_out,
              ElementsAre("the results say 0.5 of acc,none in mmlu_law, and its "
                          "samples have 0"));
}

TEST(LmEval, a_written_reply_is_read_by_the_filters_rule) {
  Output output;
  auto store = make_memory_store();
  const auto file = output.samples(
      "mmlu_law", {written(0, "So the answer is (B).", "strict-match", 1),
                   written(1, "(B)", "strict-match", 0)});

  const auto run = store_peer_run(read({file})->front(), "", "", *store);

  EXPECT_EQ(run->reader, "lm_eval_strict");
  EXPECT_EQ(run->right, 1);
  EXPECT_THAT(run->notes, IsEmpty());
}

TEST(LmEval, a_document_with_two_filters_is_one_question) {
  Output output;

  const auto runs =
      read({output.samples("mmlu_law", {written(0, "(B)", "strict-match", 0),
                                        written(0, "(B)", "flexible-extract", 1)})});

  EXPECT_EQ(runs->front().replies.size(), 1);
  EXPECT_THAT(runs->front().left_out, ElementsAre(HasSubstr("flexible-extract, too")));
}

TEST(LmEval, none_for_a_reply_is_a_failure) {
  Output output;

  const auto written_run =
      read({output.samples("mmlu_a", {written(0, "None", "strict-match", 0)})});
  const auto scored_run =
      read({output.samples("mmlu_b", {scored(0, "None", "None", 0)})});

  EXPECT_FALSE(written_run->front().replies.front().attempt.outcome);
  EXPECT_FALSE(scored_run->front().replies.front().attempt.outcome);
}

TEST(LmEval, the_form_of_older_versions_is_read) {
  Output output;
  const std::string line =
      R"({"doc_id": 0, "doc": )" + doc("law", 0) +
      R"(, "target": 1, "arguments": [["Which?", " A"], ["Which?", " B"]], )"
      R"("resps": [[[-1.5, false]], [[-0.5, true]]], "filtered_resps": [[-1.5, false], [-0.5, true]], "acc": 1.0})";

  const auto runs = read({output.samples("mmlu_law", {line})});

  ASSERT_TRUE(runs) << runs.error().message;
  EXPECT_EQ(runs->front().replies.front().attempt.outcome->logprobs.at("B"), -0.5);
}

TEST(LmEval, a_line_that_was_cut_off_is_an_error_with_its_number) {
  Output output;
  const std::string line = scored(0, "-1", "-2", 0);

  const auto runs =
      read({output.samples("mmlu_law", {line, line.substr(0, line.size() / 2)})});

  ASSERT_FALSE(runs);
  EXPECT_THAT(runs.error().message,
              HasSubstr("line 2: ends in the middle of its JSON"));
}

// ---- What would count twice, or not at all ----------------------------------------

TEST(LmEval, a_sample_that_stands_there_twice_counts_once_and_is_said) {
  Output output;
  const std::string line = scored(0, "-2", "-1", 1);

  const auto runs = read({output.samples("mmlu_law", {line, line})});

  ASSERT_TRUE(runs) << runs.error().message;
  EXPECT_EQ(runs->front().replies.size(), 1);
  EXPECT_THAT(runs->front().left_out,
              ElementsAre("1 samples repeat one of the file, word for word: left out"));
}

TEST(LmEval, two_replies_to_one_document_by_one_filter_are_an_error) {
  Output output;

  const auto runs = read({output.samples(
      "mmlu_law", {scored(0, "-2", "-1", 1), scored(0, "-1", "-2", 0)})});

  ASSERT_FALSE(runs);
  EXPECT_THAT(runs.error().message,
              HasSubstr("line 2: doc_id: found 0 a second time for the filter none"));
}

TEST(LmEval, scored_and_written_samples_are_not_one_run) {
  Output output;
  const auto law = output.samples("mmlu_law", {scored(0, "-2", "-1", 1)});
  const auto logic = output.samples("mmlu_logic", {written(0, "B", "none", 1)});

  const auto runs = read({law, logic});

  ASSERT_FALSE(runs);
  EXPECT_THAT(runs.error().message,
              HasSubstr("samples of two kinds (mmlu_law, mmlu_logic): import them "
                        "apart"));
}

TEST(LmEval, scored_and_written_samples_of_one_file_are_not_one_run) {
  Output output;

  const auto runs = read({output.samples(
      "mmlu_law", {scored(0, "-2", "-1", 1), written(1, "B", "none", 1)})});

  ASSERT_FALSE(runs);
  EXPECT_THAT(runs.error().message, HasSubstr("samples of two kinds"));
}

TEST(LmEval, tasks_of_two_filters_are_not_one_run) {
  Output output;
  const auto law = output.samples("mmlu_law", {written(0, "B", "strict-match", 1)});
  const auto logic = output.samples("mmlu_logic", {written(0, "B", "get_response", 1)});

  ASSERT_FALSE(read({law, logic}));
}

TEST(LmEval, what_was_scored_is_read_by_its_letter_alone) {
  Output output;

  const auto runs = read({output.samples("mmlu_law", {scored(0, "-2", "-1", 1)})});

  EXPECT_THAT(runs->front().readers, ElementsAre("first-letter"));
}

TEST(LmEval, a_task_that_the_results_name_and_has_no_samples_is_said) {
  Output output;
  const auto samples = output.samples("mmlu_law", {scored(0, "-1", "-2", 0)});
  output.results(
      R"({"n-samples": {"mmlu_law": {"original": 1, "effective": 1},
                        "mmlu_logic": {"original": 9, "effective": 9}}})");

  const auto runs = read({samples});

  EXPECT_THAT(runs->front().left_out,
              ElementsAre("1 of 2 tasks of the results have no samples here, and are "
                          "not in the run: mmlu_logic"));
}

TEST(LmEval, questions_that_the_results_count_and_have_no_sample_are_said) {
  Output output;
  const auto samples = output.samples("mmlu_law", {scored(0, "-1", "-2", 0)});
  output.results(R"({"n-samples": {"mmlu_law": {"original": 5, "effective": 3}}})");

  const auto runs = read({samples});

  EXPECT_THAT(runs->front().left_out,
              ElementsAre("the results say 3 questions of mmlu_law, and its samples "
                          "have 1"));
}

TEST(LmEval, a_groups_score_is_held_against_its_tasks) {
  Output output;
  const auto law = output.samples("mmlu_law", {scored(0, "-1", "-2", 0)});
  const auto logic = output.samples("mmlu_logic", {scored(0, "-2", "-1", 1, "logic")});
  output.results(
      R"({"results": {"mmlu": {"acc,none": 0.75}},
          "group_subtasks": {"mmlu": ["mmlu_humanities"],
                             "mmlu_humanities": ["mmlu_law", "mmlu_logic"]}})");

  const auto runs = read({law, logic});

  EXPECT_THAT(runs->front().left_out,
              ElementsAre("the results say 0.75 of acc,none in mmlu, and its samples "
                          "have 0.5"));
}

TEST(LmEval, a_groups_score_that_is_its_tasks_is_not_spoken_of) {
  Output output;
  const auto law = output.samples("mmlu_law", {scored(0, "-1", "-2", 0)});
  const auto logic = output.samples("mmlu_logic", {scored(0, "-2", "-1", 1, "logic")});
  output.results(
      R"({"results": {"mmlu": {"acc,none": 0.5}},
          "group_subtasks": {"mmlu": ["mmlu_law", "mmlu_logic"]}})");

  EXPECT_THAT(read({law, logic})->front().left_out, IsEmpty());
}

TEST(LmEval, where_no_letter_has_a_likelihood_none_is_the_answer) {
  Output output;

  const auto runs = read({output.samples(
      "mmlu_law", {scored(0, "-inf", "-inf", 0), scored(1, "nan", "nan", 0)})});

  ASSERT_TRUE(runs) << runs.error().message;
  for (const PeerReply& reply : runs->front().replies)
    EXPECT_EQ(reply.attempt.outcome->text, "");
  EXPECT_THAT(runs->front().left_out,
              ElementsAre("in 2 questions no letter has a finite likelihood: they are "
                          "unread"));
}

TEST(LmEval, no_number_is_no_likelihood) {
  Output output;

  const auto runs = read({output.samples("mmlu_law", {scored(0, "nan", "-3", 1)})});

  ASSERT_TRUE(runs) << runs.error().message;
  const Reply& reply = *runs->front().replies.front().attempt.outcome;
  EXPECT_EQ(reply.text, "B");
  EXPECT_EQ(reply.logprobs, (std::map<std::string, double>{{"B", -3.0}}));
}

TEST(LmEval, the_target_is_the_key_where_the_document_says_otherwise) {
  Output output;
  const std::string line =
      replace_all(scored(0, "-1", "-2", 1), R"("target": "1")", R"("target": "0")");

  const auto runs = read({output.samples("mmlu_law", {line})});

  ASSERT_TRUE(runs) << runs.error().message;
  EXPECT_EQ(runs->front().replies.front().question.right, 0);
  EXPECT_THAT(runs->front().left_out,
              ElementsAre("in 1 questions the document's answer is another than the "
                          "target, which is taken"));
}

TEST(LmEval, a_document_without_a_whole_number_is_an_error) {
  Output output;
  const std::string line =
      replace_all(scored(0, "-1", "-2", 1), R"("doc_id": 0)", R"("doc_id": 1e300)");

  const auto runs = read({output.samples("mmlu_law", {line})});

  ASSERT_FALSE(runs);
  EXPECT_THAT(runs.error().message,
              HasSubstr("doc_id: found 1e+300, expected a whole"));
}

}  // namespace
}  // namespace proctor

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/exam/exam.h"

namespace proctor {
namespace {

using testing::HasSubstr;

// The exam that the program carries: no network, no model.
const RunSpec a_baseline{.model = {.name = "baseline/A"},
                         .exam = {.dataset = "sample", .limit = 2}};

class Evaluate : public testing::Test {
 protected:
  Result<std::vector<ScoredRun>> evaluated(const RunSpec& spec,
                                           const RunWatch& watch = {}) {
    return evaluate(spec, *store_, {.environment = environment_}, watch);
  }
  std::string refusal(const RunSpec& spec) {
    const auto runs = evaluated(spec);
    EXPECT_FALSE(runs);
    if (runs) return {};
    EXPECT_EQ(runs.error().fault, Fault::usage);
    EXPECT_THAT(*store_->runs(), testing::IsEmpty());
    return runs.error().message;
  }

  Environment environment_;
  std::unique_ptr<Store> store_ = make_memory_store();
};

TEST_F(Evaluate, gives_the_score_of_every_question_asked) {
  const auto runs = evaluated(a_baseline);

  ASSERT_TRUE(runs) << runs.error().message;
  ASSERT_EQ(runs->size(), 1U);
  EXPECT_GT(runs->front().planned, 0);
  EXPECT_EQ(runs->front().ended(), runs->front().planned);
  EXPECT_EQ(runs->front().ledger().n(), runs->front().planned);
  EXPECT_TRUE(runs->front().is_complete());
}

TEST_F(Evaluate, answers_the_same_spec_again_from_the_store) {
  const auto first = evaluated(a_baseline);
  const auto again = evaluated(a_baseline);

  ASSERT_TRUE(first && again);
  EXPECT_EQ(again->front().id, first->front().id);
  EXPECT_EQ(again->front().reused, first->front().planned);
  EXPECT_EQ(again->front().requests, 0);
}

TEST_F(Evaluate, gives_the_number_that_is_read_from_the_store_later) {
  const auto runs = evaluated(a_baseline);
  ASSERT_TRUE(runs);

  const auto stored = find_run(*store_, "last");
  ASSERT_TRUE(stored);
  const auto scored = score_stored_run(*store_, *stored, {}, false, {});

  ASSERT_TRUE(scored);
  EXPECT_EQ(scored->id, runs->front().id);
  EXPECT_EQ(scored->ledger().right, runs->front().ledger().right);
  EXPECT_EQ(scored->ledger().n(), runs->front().ledger().n());
}

TEST_F(Evaluate, makes_one_run_a_protocol) {
  RunSpec spec = a_baseline;
  spec.exam.protocols = {"seed", "simple_evals_mmlu"};

  const auto runs = evaluated(spec);

  ASSERT_TRUE(runs) << runs.error().message;
  ASSERT_EQ(runs->size(), 2U);
  EXPECT_NE((*runs)[0].id, (*runs)[1].id);
}

TEST_F(Evaluate, names_a_run_by_what_is_sent_not_by_how_it_is_called) {
  RunSpec noted = a_baseline;
  noted.notes = {.name = "first", .note = "a note"};
  RunSpec system = a_baseline;
  system.exam.system = "Answer.";

  const auto plain = evaluated(a_baseline), named = evaluated(noted),
             changed = evaluated(system);

  ASSERT_TRUE(plain && named && changed);
  EXPECT_EQ(named->front().id, plain->front().id);
  EXPECT_EQ(named->front().info.note, "a note");
  EXPECT_NE(changed->front().id, plain->front().id);
}

TEST_F(Evaluate, refuses_what_is_set_and_of_no_use_before_anything_is_asked) {
  RunSpec exact = a_baseline, shots = a_baseline, limit = a_baseline,
          template_ = a_baseline;
  exact.model.exact = true;
  shots.exam.shots = 3;
  limit.exam.max_tokens = ExamSpec::Own<int>{100};
  template_.model.chat_template = "chatml";

  EXPECT_THAT(refusal(exact), HasSubstr("exact"));
  EXPECT_THAT(refusal(shots), HasSubstr("has no place for examples"));
  EXPECT_THAT(refusal(limit), HasSubstr("a model that writes"));
  EXPECT_THAT(refusal(template_), HasSubstr("a .gguf"));
}

TEST_F(Evaluate, tells_a_mistyped_name_the_nearest) {
  RunSpec spec = a_baseline;
  spec.model.name = "olama/mistral";

  EXPECT_THAT(refusal(spec), HasSubstr("did you mean ollama?"));
}

TEST_F(Evaluate, names_the_variable_of_a_key_that_is_not_set) {
  RunSpec spec = a_baseline;
  spec.model.name = "deepseek";

  EXPECT_THAT(refusal(spec), HasSubstr("DEEPSEEK_API_KEY"));
}

TEST_F(Evaluate, says_why_nothing_was_answered_where_nobody_is_there) {
  RunSpec spec = a_baseline;
  spec.model.name = "openai-compatible/m";
  spec.model.base_url = "http://127.0.0.1:9";  // nobody is there
  spec.model.retries = 0;

  const auto runs = evaluated(spec);

  ASSERT_TRUE(runs) << runs.error().message;
  EXPECT_FALSE(runs->front().has_reply());
  EXPECT_THAT(runs->front().reason(), testing::Not(testing::IsEmpty()));
}

TEST(ForecastRuns, counts_what_is_stored_and_what_would_be_asked) {
  const Environment environment;
  const ExamWorld world{.environment = environment};
  const auto store = make_memory_store();
  RunSpec part = a_baseline;
  part.exam.limit = 1;
  const auto begun = evaluate(part, *store, world);
  ASSERT_TRUE(begun);
  const auto choice = choose_model(a_baseline.model, environment, true);
  const auto exams = prepare_exams(a_baseline.exam, world);
  ASSERT_TRUE(choice && exams);

  const auto runs = forecast_runs(*choice, *exams, *store, {}, world);

  ASSERT_TRUE(runs);
  EXPECT_EQ(runs->front().id, begun->front().id);
  EXPECT_EQ(runs->front().stored, begun->front().ended());
  EXPECT_EQ(runs->front().to_ask, runs->front().planned - begun->front().ended());
  EXPECT_GT(runs->front().prompt_tokens, 0);
}

}  // namespace
}  // namespace proctor

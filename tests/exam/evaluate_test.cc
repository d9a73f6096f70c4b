#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/exam/exam.h"

namespace proctor {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

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

TEST_F(Evaluate, refuses_numbers_that_are_none_of_theirs) {
  RunSpec spec = a_baseline;
  spec.model = {.name = "openai-compatible/m", .base_url = "http://127.0.0.1:9"};
  spec.model.concurrency = 0;
  EXPECT_EQ(refusal(spec), "`concurrency`: found 0, expected 1 to 4096");
  spec.model.concurrency = 1;
  spec.model.timeout = std::chrono::milliseconds(-1);
  EXPECT_THAT(refusal(spec), HasSubstr("found -1 ms, expected 1 to 86400000"));
  spec.model.timeout = {};
  spec.exam.shots = -1;
  EXPECT_THAT(refusal(spec), HasSubstr("found -1, expected 0 to 1000"));
  spec.exam.shots = {};
  spec.exam.temperature = ExamSpec::Own<double>{std::nan("")};
  EXPECT_THAT(refusal(spec), HasSubstr("found nan, expected 0 to 100"));
}

TEST_F(Evaluate, refuses_a_number_before_a_model_is_fetched_from_the_hub) {
  RunSpec spec = a_baseline;
  spec.model.name = "hf:owner/repo:Q4_K_M";
  spec.exam.limit = 0;

  EXPECT_THAT(refusal(spec), HasSubstr("`limit`: found 0"));
}

// Whoever writes C++ has fields, and no flags.
TEST_F(Evaluate, names_what_is_wrong_by_the_field_of_the_spec) {
  const ModelSpec server{.name = "openai-compatible/m",
                         .base_url = "http://127.0.0.1:9"};
  RunSpec tokens = a_baseline, key = a_baseline, subjects = a_baseline,
          computes = a_baseline, header = a_baseline;
  tokens.exam.max_tokens = ExamSpec::Own<int>{0};
  key.model.key_variable = "KEY";
  subjects.exam.subjects = "nothing";
  computes.model = server;
  computes.model.computes = Computes::server;
  header.model = server;
  header.model.headers = {"X"};

  EXPECT_EQ(refusal(tokens), "`max_tokens`: found 0, expected 1 to 10000000");
  EXPECT_THAT(refusal(key),
              StartsWith("`key_variable`: it is for a model at a server"));
  EXPECT_THAT(refusal(subjects), StartsWith("`subjects`: nothing: no such subject"));
  EXPECT_THAT(refusal(computes), StartsWith("`computes` server: "));
  EXPECT_THAT(refusal(header), StartsWith("`headers`: found no colon in it"));
}

TEST_F(Evaluate, refuses_to_ask_by_no_protocol) {
  RunSpec spec = a_baseline;
  spec.exam.protocols.clear();

  EXPECT_THAT(refusal(spec), HasSubstr("none is named"));
}

TEST_F(Evaluate, refuses_fields_that_are_nested_too_deeply_to_be_written) {
  constexpr std::size_t deep = 200'000;
  RunSpec spec = a_baseline;
  spec.model = {.name = "openai-compatible/m", .base_url = "http://127.0.0.1:9"};
  spec.model.extra_body =
      "{\"a\":" + std::string(deep, '[') + std::string(deep, ']') + "}";

  EXPECT_THAT(refusal(spec), HasSubstr("too deep"));
}

TEST_F(Evaluate, waits_for_a_server_though_nobody_can_stop_it) {
  RunSpec spec = a_baseline;
  spec.model = {.name = "openai-compatible/m",
                .serve = "sleep 60; echo {port}",
                .serve_wait = std::chrono::milliseconds(300)};

  const auto runs = evaluated(spec);

  ASSERT_FALSE(runs);
  EXPECT_THAT(runs.error().message, HasSubstr("was not ready after"));
}

TEST_F(Evaluate, gives_another_seed_another_name_and_other_guesses) {
  RunSpec one = a_baseline, other = a_baseline;
  one.model.name = other.model.name = "baseline/random";
  one.exam.limit = other.exam.limit = {};
  other.exam.seed = 7;

  const auto first = evaluated(one), second = evaluated(other);

  ASSERT_TRUE(first && second);
  EXPECT_NE(first->front().id, second->front().id);
  EXPECT_NE(first->front().account.tally.ledger.right,
            second->front().account.tally.ledger.right);
}

TEST_F(Evaluate, keeps_the_words_of_whoever_has_some) {
  RunSpec worded = a_baseline;
  worded.notes.command = {"baseline/A", "--dataset", "sample"};
  const auto first = evaluated(worded), again = evaluated(a_baseline);

  ASSERT_TRUE(first && again);
  EXPECT_EQ(store_->runs()->front().info.command, worded.notes.command);
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

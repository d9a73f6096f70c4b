#include <gmock/gmock.h>

#include "engine/models.h"
#include "proctor/backend/backend.h"

namespace proctor {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

Prompt letters_prompt(const std::string& text) {
  Prompt prompt;
  prompt.text = text;
  prompt.continuations = {" A", " B", " C", " D"};
  prompt.labels = "ABCD";
  prompt.choices = {"one", "two", "three", "four"};
  return prompt;
}

std::unique_ptr<Backend> backend_with(EngineOptions options) {
  return make_engine_backend(engine_with(std::move(options)),
                             {.model = "nano.gguf", .id_seed = 1});
}

std::vector<Completion> all_of(Backend& backend, const std::vector<Prompt>& prompts) {
  for (std::uint32_t i = 0; i < prompts.size(); ++i) {
    backend.start({.ordinal = i}, prompts[i]);
  }
  std::vector<Completion> ended;
  for (int empty = 0; ended.size() < prompts.size() && empty < 3;) {
    auto some =
        backend.wait(std::chrono::steady_clock::now() + std::chrono::seconds(30));
    if (some.empty()) ++empty;
    for (Completion& each : some) ended.push_back(std::move(each));
  }
  EXPECT_EQ(ended.size(), prompts.size());
  return ended;
}

TEST(EngineBackend, a_reply_is_the_likeliest_letter_with_all_log_probabilities) {
  SKIP_WITHOUT_ENGINE();
  const auto backend = backend_with(options_for());

  const auto ended = all_of(*backend, {letters_prompt("What?\nAnswer:")});

  const Attempt& attempt = ended[0].attempts.back();
  ASSERT_TRUE(attempt.outcome) << attempt.outcome.error().message;
  const Reply& reply = *attempt.outcome;
  ASSERT_EQ(reply.logprobs.size(), 4);
  for (const auto& [letter, value] : reply.logprobs) {
    EXPECT_LE(value, reply.logprobs.at(reply.text));
  }
  EXPECT_EQ(reply.finish_reason, "scored");
  EXPECT_EQ(reply.model, "nano.gguf");
  EXPECT_THAT(reply.build, StartsWith("llama.cpp "));
  EXPECT_EQ(reply.tokens.decoded, reply.tokens.prompt);
}

TEST(EngineBackend, an_attempt_keeps_the_text_and_the_normalised_scores) {
  SKIP_WITHOUT_ENGINE();
  const auto backend = backend_with(options_for());
  Prompt prompt = letters_prompt("What?\nAnswer:");
  prompt.continuations = {" one", " two", " three", " four"};

  const auto ended = all_of(*backend, {prompt});

  const Attempt& attempt = ended[0].attempts.back();
  EXPECT_FALSE(attempt.id.empty());
  EXPECT_THAT(attempt.request, HasSubstr("\"prompt\":\"What?\\nAnswer:\""));
  EXPECT_THAT(attempt.response, HasSubstr("\"per_character\":"));
  EXPECT_THAT(attempt.response, HasSubstr("\"decoded\":"));
}

TEST(EngineBackend, a_question_that_is_too_long_fails_and_the_others_go_on) {
  SKIP_WITHOUT_ENGINE();
  EngineOptions options = options_for();
  options.context = 64;
  const auto backend = backend_with(options);

  const auto ended =
      all_of(*backend, {letters_prompt(std::string(999, 'x') + "\nAnswer:"),
                        letters_prompt("Short\nAnswer:")});

  int failed = 0;
  for (const Completion& each : ended) {
    if (each.attempts.back().outcome) continue;
    ++failed;
    EXPECT_EQ(each.trial.ordinal, 0);
    EXPECT_EQ(each.attempts.back().outcome.error().fault, Fault::rejected);
    EXPECT_THAT(each.attempts.back().outcome.error().message, StartsWith("context: "));
  }
  EXPECT_EQ(failed, 1);
  EXPECT_FALSE(backend->fatal());
}

TEST(EngineBackend, a_context_too_small_for_every_question_ends_the_run) {
  SKIP_WITHOUT_ENGINE();
  EngineOptions options = options_for();
  options.context = 2048;
  const auto backend = backend_with(options);

  const auto ended = all_of(*backend, {letters_prompt(std::string(9998, 'x')),
                                       letters_prompt(std::string(9999, 'x'))});

  ASSERT_TRUE(backend->fatal());
  EXPECT_EQ(backend->fatal()->fault, Fault::usage);
  EXPECT_THAT(backend->fatal()->message, HasSubstr("has 2048; a larger context"));
  for (const Completion& each : ended) {
    EXPECT_EQ(each.attempts.back().outcome.error().fault, Fault::cancelled);
  }
}

TEST(EngineBackend, an_engine_is_asked_by_one_backend_after_another) {
  SKIP_WITHOUT_ENGINE();
  EngineOptions options = options_for();
  options.context = 2048;
  const std::shared_ptr<Engine> engine = engine_with(options);
  {
    const auto stopped = make_engine_backend(engine, {.model = "m", .id_seed = 1});
    all_of(*stopped, {letters_prompt(std::string(9999, 'x'))});
    ASSERT_TRUE(stopped->fatal());
  }
  {
    const auto left = make_engine_backend(engine, {.model = "m", .id_seed = 2});
    left->start({.ordinal = 7}, letters_prompt("Left alone\nAnswer:"));
  }
  const auto backend = make_engine_backend(engine, {.model = "m", .id_seed = 3});

  const auto ended = all_of(*backend, {letters_prompt("What?\nAnswer:")});

  ASSERT_EQ(ended.size(), 1);
  EXPECT_EQ(ended[0].trial.ordinal, 0);
  EXPECT_TRUE(ended[0].attempts.back().outcome);
}

TEST(EngineBackend, a_reply_held_to_letters_is_one_of_the_labels) {
  SKIP_WITHOUT_ENGINE();
  const auto backend = backend_with(options_for());
  Prompt prompt = letters_prompt("What?\nAnswer:");
  prompt.continuations.clear();
  prompt.labels = "GHIJ";
  prompt.sampling.only_letters = true;
  prompt.sampling.max_tokens = 1;  // a blank may be a token of its own

  const auto ended = all_of(*backend, {prompt});

  const Attempt& attempt = ended[0].attempts.back();
  ASSERT_TRUE(attempt.outcome);
  EXPECT_THAT(std::string(python_strip(attempt.outcome->text)), MatchesRegex("[GHIJ]"));
  EXPECT_THAT(attempt.request, HasSubstr(R"("only_letters":"GHIJ")"));
}

TEST(EngineBackend, what_waits_is_cancelled_and_comes_back) {
  SKIP_WITHOUT_ENGINE();
  const auto backend = backend_with(options_for("tiny"));
  for (std::uint32_t i = 0; i < 20; ++i) {
    backend->start({.ordinal = i},
                   letters_prompt(std::string(3000, static_cast<char>('a' + i)) + ":"));
  }

  backend->cancel(Cancel::all);

  std::size_t ended = 0;
  std::size_t cancelled = 0;
  while (ended < 20) {
    const auto some =
        backend->wait(std::chrono::steady_clock::now() + std::chrono::seconds(30));
    ASSERT_FALSE(some.empty());
    for (const Completion& each : some) {
      ++ended;
      const auto& outcome = each.attempts.back().outcome;
      if (!outcome && outcome.error().fault == Fault::cancelled) ++cancelled;
    }
  }
  EXPECT_GE(cancelled, 18);
  EXPECT_EQ(backend->room(), 0);
}

TEST(EngineBackend, thoughts_are_kept_apart_from_the_answer) {
  // The nano model thinks nothing; the parting is seen through a reply that is plain.
  SKIP_WITHOUT_ENGINE();
  const auto backend = backend_with(options_for());
  Prompt prompt;
  prompt.messages = {{"user", "Say a letter."}};
  prompt.labels = "ABCD";
  prompt.sampling.max_tokens = 4;

  const auto ended = all_of(*backend, {prompt});

  ASSERT_TRUE(ended[0].attempts.back().outcome);
  EXPECT_TRUE(ended[0].attempts.back().outcome->reasoning.empty());
  EXPECT_EQ(ended[0].attempts.back().outcome->finish_reason, "length");
}

}  // namespace
}  // namespace proctor

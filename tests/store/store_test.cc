// What every Store promises: each sentence runs on each kind.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/postgres.h"
#include "store/store_fixture.h"

namespace proctor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

// Opens stores whose clock a test sets.
class AnyStore : public ::testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<Store> make(const std::string& name = "proctor.db") {
    const auto clock = [this] { return now_; };
    if (GetParam() == "memory") return make_memory_store(clock);
    const bool is_file = GetParam() == "sqlite";
    auto store = open_store(is_file ? (folder_ / name).string() : schemas_.url(name),
                            OpenMode::read_write, {.clock = clock});
    EXPECT_TRUE(store) << store.error().message;
    return *std::move(store);
  }

  // As another process finds it later: no run is open.
  void reopen() {
    if (GetParam() == "memory") return;
    store_.reset();
    store_ = make();
  }
  // Opens the run, answers its first question and goes.
  void ask(const Plan& plan, const std::string& attempt_id) {
    ASSERT_TRUE(store_->open(plan));
    ASSERT_TRUE(
        store_->append(plan, std::vector{completion_of(0, reply_of(attempt_id))}));
    reopen();
  }

  void SetUp() override {
    if (!store_) GTEST_SKIP() << "no PostgreSQL is here";
  }

  Folder folder_;
  Schemas schemas_;
  WallTime now_{Microseconds(1'700'000'000'000'000)};
  std::unique_ptr<Store> store_ =
      GetParam() == "postgres" && !schemas_.are_here() ? nullptr : make();
  Dataset dataset_ = dataset_of(5);
  Plan plan_ = plan_of(dataset_);
  std::string id_ = plan_.info.key.id();
};

INSTANTIATE_TEST_SUITE_P(Store, AnyStore,
                         ::testing::Values("memory", "sqlite", "postgres"),
                         [](const auto& kind) { return kind.param; });

std::vector<std::uint32_t> ordinals_of(const Result<std::vector<TrialId>>& trials) {
  EXPECT_TRUE(trials);
  std::vector<std::uint32_t> ordinals;
  for (const TrialId& trial : *trials) ordinals.push_back(trial.ordinal);
  return ordinals;
}

// ---- Claims ----

TEST_P(AnyStore, claims_follow_the_plans_order) {
  std::ranges::reverse(plan_.trials);
  ASSERT_TRUE(store_->open(plan_));

  EXPECT_THAT(ordinals_of(store_->claim(plan_, 3)), ElementsAre(4, 3, 2));
  EXPECT_THAT(ordinals_of(store_->claim(plan_, 3)), ElementsAre(1, 0));
  EXPECT_THAT(ordinals_of(store_->claim(plan_, 3)), IsEmpty());
}

TEST_P(AnyStore, a_trial_with_a_reply_is_not_claimed_again) {
  ASSERT_TRUE(store_->open(plan_));
  ASSERT_TRUE(store_->append(plan_, std::vector{completion_of(1, reply_of("a1")),
                                                completion_of(3, reply_of("a3"))}));

  ASSERT_TRUE(store_->open(plan_));

  EXPECT_THAT(ordinals_of(store_->claim(plan_, 9)), ElementsAre(0, 2, 4));
}

TEST_P(AnyStore, a_trial_that_only_failed_is_claimed_at_the_next_open) {
  ASSERT_TRUE(store_->open(plan_));
  ASSERT_THAT(ordinals_of(store_->claim(plan_, 9)), SizeIs(5));
  ASSERT_TRUE(store_->append(plan_, std::vector{completion_of(2, failure_of("a2"))}));
  ASSERT_THAT(ordinals_of(store_->claim(plan_, 9)), IsEmpty());

  ASSERT_TRUE(store_->open(plan_));

  EXPECT_THAT(ordinals_of(store_->claim(plan_, 9)), ElementsAre(0, 1, 2, 3, 4));
}

TEST_P(AnyStore, a_trial_that_stands_twice_in_the_plan_is_claimed_once) {
  plan_.trials = {{.ordinal = 1}, {.ordinal = 1}, {.ordinal = 2}};
  ASSERT_TRUE(store_->open(plan_));

  EXPECT_THAT(ordinals_of(store_->claim(plan_, 9)), ElementsAre(1, 2));
}

TEST_P(AnyStore, a_small_run_grows_without_paying_twice) {
  Plan small = plan_;
  small.trials.resize(2);
  small.info.selection.resize(2);
  ASSERT_TRUE(store_->open(small));
  ASSERT_TRUE(store_->append(small, std::vector{completion_of(0, reply_of("a0")),
                                                completion_of(1, reply_of("a1"))}));

  ASSERT_TRUE(store_->open(plan_));

  EXPECT_THAT(ordinals_of(store_->claim(plan_, 9)), ElementsAre(2, 3, 4));
}

TEST_P(AnyStore, a_new_generation_is_asked_again) {
  ASSERT_TRUE(store_->open(plan_));
  ASSERT_TRUE(store_->append(plan_, std::vector{completion_of(0, reply_of("a0"))}));
  plan_.generation = 1;

  ASSERT_TRUE(store_->open(plan_));

  EXPECT_THAT(ordinals_of(store_->claim(plan_, 9)), ElementsAre(0, 1, 2, 3, 4));
}

TEST_P(AnyStore, two_runs_of_one_store_do_not_mix) {
  Plan other = plan_of(dataset_, "llama3");
  ASSERT_TRUE(store_->open(plan_));
  ASSERT_TRUE(store_->open(other));

  ASSERT_TRUE(store_->append(plan_, std::vector{completion_of(0, reply_of("a0"))}));

  EXPECT_THAT(results_of(*store_, id_), SizeIs(1));
  EXPECT_THAT(results_of(*store_, other.info.key.id()), IsEmpty());
  EXPECT_THAT(ordinals_of(store_->claim(other, 1)), ElementsAre(0));
}

// ---- What counts ----

TEST_P(AnyStore, a_failure_is_no_result) {
  ASSERT_TRUE(store_->open(plan_));
  ASSERT_TRUE(store_->append(plan_, std::vector{completion_of(0, failure_of("a0"))}));

  const auto runs = store_->runs();
  ASSERT_TRUE(runs);
  EXPECT_EQ(runs->front().results, 0);
  EXPECT_EQ(runs->front().attempts, 1);
  const auto results = results_of(*store_, id_);
  ASSERT_THAT(results, SizeIs(1));
  ASSERT_FALSE(results[0].attempt.outcome);
  EXPECT_EQ(results[0].attempt.outcome.error().fault, Fault::network);
  EXPECT_EQ(results[0].attempt.outcome.error().message, "connection refused");
}

TEST_P(AnyStore, a_reply_counts_before_a_newer_failure) {
  ASSERT_TRUE(store_->open(plan_));
  ASSERT_TRUE(store_->append(plan_, std::vector{completion_of(0, reply_of("a1")),
                                                completion_of(0, failure_of("a2"))}));
  plan_.generation = 1;
  ASSERT_TRUE(store_->append(plan_, std::vector{completion_of(0, failure_of("a3"))}));

  EXPECT_THAT(counting_of(*store_, id_), ElementsAre(Pair(0, "a1")));
}

TEST_P(AnyStore, of_failures_the_newest_is_shown) {
  ASSERT_TRUE(store_->open(plan_));
  ASSERT_TRUE(store_->append(plan_, std::vector{completion_of(0, failure_of("a2")),
                                                completion_of(0, failure_of("a3")),
                                                completion_of(0, failure_of("a1"))}));

  EXPECT_THAT(counting_of(*store_, id_), ElementsAre(Pair(0, "a3")));
}

TEST_P(AnyStore, the_highest_generation_counts_then_the_smallest_id) {
  ASSERT_TRUE(store_->open(plan_));
  ASSERT_TRUE(store_->append(plan_, std::vector{completion_of(0, reply_of("a1"))}));
  plan_.generation = 1;
  ASSERT_TRUE(store_->append(plan_, std::vector{completion_of(0, reply_of("b2")),
                                                completion_of(0, reply_of("b1"))}));

  const auto results = results_of(*store_, id_);

  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].attempt.id, "b1");
  EXPECT_EQ(results[0].generation, 1);
  EXPECT_EQ(results[0].attempts, 3);
}

TEST_P(AnyStore, the_order_of_appends_has_no_say_in_what_counts) {
  struct Entry {
    int generation;
    Completion completion;
  };
  std::vector<Entry> entries;
  for (std::uint32_t ordinal = 0; ordinal < 5; ++ordinal) {
    for (int i = 0; i < 6; ++i) {
      const std::string id = fmt::format("{}-{}", (i * 7 + 3) % 11, ordinal);
      entries.push_back({i % 3, completion_of(ordinal, i % 3 == 2 && ordinal % 2 == 0
                                                           ? failure_of(id)
                                                           : reply_of(id))});
    }
  }
  std::mt19937 random(1);
  std::optional<std::map<std::uint32_t, std::string>> expected;

  for (int round = 0; round < 10; ++round) {
    std::ranges::shuffle(entries, random);
    const auto store = make(fmt::format("{}.db", round));
    ASSERT_TRUE(store->open(plan_));
    for (const Entry& entry : entries) {
      plan_.generation = entry.generation;
      ASSERT_TRUE(store->append(plan_, std::vector{entry.completion}));
    }
    const auto counting = counting_of(*store, id_);
    if (!expected) expected = counting;
    EXPECT_EQ(counting, *expected);
    EXPECT_THAT(*store->verify(), IsEmpty());
  }
}

TEST_P(AnyStore, the_same_attempt_twice_is_kept_once) {
  ASSERT_TRUE(store_->open(plan_));
  const std::vector completions = {completion_of(0, reply_of("a0")),
                                   completion_of(1, reply_of("a1"))};

  ASSERT_TRUE(store_->append(plan_, completions));
  ASSERT_TRUE(store_->append(plan_, completions));

  EXPECT_EQ(store_->runs()->front().attempts, 2);
  EXPECT_EQ(store_->runs()->front().results, 2);
}

TEST_P(AnyStore, every_try_of_a_trial_is_kept) {
  ASSERT_TRUE(store_->open(plan_));
  Completion completion = completion_of(0, failure_of("a0"));
  completion.attempts.push_back(failure_of("a1"));
  completion.attempts.push_back(reply_of("a2"));
  ASSERT_TRUE(store_->append(plan_, std::vector{completion}));

  std::vector<std::string> ids;
  ASSERT_TRUE(store_->attempts(id_, [&](StoredAttempt stored) {
    ids.push_back(stored.attempt.id);
    return Status();
  }));

  EXPECT_THAT(ids, ElementsAre("a0", "a1", "a2"));
  EXPECT_EQ(results_of(*store_, id_)[0].attempts, 3);
}

// ---- Bytes ----

void expect_same(const Attempt& kept, const Attempt& given) {
  EXPECT_EQ(kept.id, given.id);
  EXPECT_EQ(kept.status, given.status);
  EXPECT_EQ(kept.request, given.request);
  EXPECT_EQ(kept.response, given.response);
  EXPECT_EQ(kept.started, given.started);
  EXPECT_EQ(kept.latency, given.latency);
  ASSERT_EQ(kept.outcome.has_value(), given.outcome.has_value());
  EXPECT_EQ(kept.outcome->text, given.outcome->text);
  EXPECT_EQ(kept.outcome->reasoning, given.outcome->reasoning);
  EXPECT_EQ(kept.outcome->finish_reason, given.outcome->finish_reason);
  EXPECT_EQ(kept.outcome->model, given.outcome->model);
  EXPECT_EQ(kept.outcome->build, given.outcome->build);
  EXPECT_EQ(kept.outcome->logprobs, given.outcome->logprobs);
  EXPECT_EQ(kept.outcome->tokens.prompt, given.outcome->tokens.prompt);
  EXPECT_EQ(kept.outcome->tokens.reply, given.outcome->tokens.reply);
  EXPECT_EQ(kept.outcome->tokens.decoded, given.outcome->tokens.decoded);
  EXPECT_EQ(kept.outcome->tokens.thought, given.outcome->tokens.thought);
}

Attempt hostile_attempt() {
  using namespace std::string_literals;
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte += static_cast<char>(i);
  return {
      .id = "\0id'\n\xF0\x9F\x98\x80"s,
      .outcome = Reply{.text = "A\0B '; DROP TABLE attempt; --\u202E日本"s,
                       .reasoning = "\0"s,
                       .finish_reason = "st\0op"s,
                       .model = "m\0"s,
                       .build = "",
                       .logprobs = {{"A", -0.1},
                                    {"B", -1e-300},
                                    {"C", -0.0},
                                    {"D", -std::numeric_limits<double>::infinity()}},
                       .tokens = {.prompt = 9'000'000'000,
                                  .reply = {},
                                  .decoded = 0,
                                  .thought = 9'000'000'001}},
      .status = 200,
      .request = "{\"a\":\"\0\"}"s,
      .response = every_byte,
      .started = WallTime(Microseconds(-5)),
      .latency = Microseconds(0)};
}

TEST_P(AnyStore, every_byte_of_a_reply_survives) {
  const Attempt given = hostile_attempt();
  ASSERT_TRUE(store_->open(plan_));
  ASSERT_TRUE(store_->append(plan_, std::vector{completion_of(0, given)}));

  const auto results = results_of(*store_, id_, true);

  ASSERT_THAT(results, SizeIs(1));
  expect_same(results[0].attempt, given);
  EXPECT_THAT(*store_->verify(), IsEmpty());
}

TEST_P(AnyStore, a_body_of_ten_megabytes_survives) {
  Attempt given = reply_of("a0");
  std::mt19937 random(7);
  given.response.resize(10'000'000);
  for (char& byte : given.response) byte = static_cast<char>(random());
  ASSERT_TRUE(store_->open(plan_));
  ASSERT_TRUE(store_->append(plan_, std::vector{completion_of(0, given)}));

  EXPECT_TRUE(results_of(*store_, id_, true)[0].attempt.response == given.response);
}

TEST_P(AnyStore, bodies_are_left_out_unless_asked_for) {
  ASSERT_TRUE(store_->open(plan_));
  ASSERT_TRUE(store_->append(plan_, std::vector{completion_of(0, reply_of("a0"))}));

  EXPECT_EQ(results_of(*store_, id_, false)[0].attempt.response, "");
  EXPECT_EQ(results_of(*store_, id_, false)[0].attempt.request, "");
  EXPECT_EQ(results_of(*store_, id_, true)[0].attempt.response, R"({"choices":[]})");
}

TEST_P(AnyStore, questions_come_back_as_they_were) {
  using namespace std::string_literals;
  dataset_.questions[2].text = "What\0 '; is 日本?"s;
  dataset_.questions[2].choices = {"", "\"a\"", "b\0c"s};
  dataset_.questions[2].worked = "Think.\n";
  dataset_.questions[2].right = 1;
  dataset_.questions[2].also_right = {0, 2};
  dataset_.digest = digest_of(dataset_.questions);
  const Plan plan = plan_of(dataset_);
  ASSERT_TRUE(store_->open(plan));

  const auto kept = store_->questions(plan.info.key.id());

  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_EQ(kept->questions, dataset_.questions);
  EXPECT_EQ(kept->digest, dataset_.digest);
  EXPECT_EQ(kept->name, dataset_.name);
  EXPECT_EQ(kept->split, "test");
  EXPECT_EQ(kept->revision, "r1");
  EXPECT_THAT(*store_->verify(), IsEmpty());
}

// ---- Runs ----

TEST_P(AnyStore, a_runs_words_come_back_and_the_newest_win) {
  ASSERT_TRUE(store_->open(plan_));
  plan_.info.name = "night";
  plan_.info.note = "日本\n\"quoted\"";
  plan_.info.extract = "proctor";
  plan_.info.subjects = "arithmetic";
  plan_.info.selection = {4, 0, 1, 2, 9};
  plan_.info.version = "9.9";
  plan_.info.dropped = 3;
  ASSERT_TRUE(store_->open(plan_));

  const auto runs = store_->runs();

  ASSERT_TRUE(runs);
  ASSERT_THAT(*runs, SizeIs(1));
  const StoredRun& run = runs->front();
  EXPECT_EQ(run.id, id_);
  EXPECT_EQ(run.info.key, plan_.info.key);
  EXPECT_EQ(run.info.name, "night");
  EXPECT_EQ(run.info.note, plan_.info.note);
  EXPECT_EQ(run.info.extract, "proctor");
  EXPECT_EQ(run.info.subjects, "arithmetic");
  EXPECT_EQ(run.info.selection, plan_.info.selection);
  EXPECT_EQ(run.info.protocol, "seed");
  EXPECT_EQ(run.info.version, "9.9");
  EXPECT_EQ(run.info.dropped, 3);
  EXPECT_THAT(*store_->verify(), IsEmpty());
}

TEST_P(AnyStore, runs_come_last_written_first) {
  Plan second = plan_of(dataset_, "second");
  ASSERT_TRUE(store_->open(plan_));
  now_ += std::chrono::hours(1);
  ASSERT_TRUE(store_->open(second));
  ASSERT_EQ(store_->runs()->front().id, second.info.key.id());

  Attempt later = reply_of("a0");
  later.started = now_ + std::chrono::hours(1);
  ASSERT_TRUE(store_->append(plan_, std::vector{completion_of(0, later)}));

  const auto runs = store_->runs();
  EXPECT_EQ(runs->front().id, id_);
  EXPECT_EQ(runs->front().created, now_ - std::chrono::hours(1));
  EXPECT_EQ(runs->front().updated, later.started + later.latency);
}

TEST_P(AnyStore, the_highest_generation_tried_is_known) {
  plan_.generation = 3;
  ASSERT_TRUE(store_->open(plan_));
  ASSERT_TRUE(store_->append(plan_, std::vector{completion_of(0, failure_of("a0"))}));

  EXPECT_EQ(store_->runs()->front().generation, 3);
}

TEST_P(AnyStore, an_unknown_run_is_an_error) {
  const auto questions = store_->questions("00ff");

  ASSERT_FALSE(questions);
  EXPECT_EQ(questions.error().fault, Fault::store);
  EXPECT_THAT(questions.error().message, HasSubstr("no run 00ff"));
}

TEST_P(AnyStore, reading_stops_at_the_readers_first_error) {
  ASSERT_TRUE(store_->open(plan_));
  ASSERT_TRUE(store_->append(plan_, std::vector{completion_of(0, reply_of("a0")),
                                                completion_of(1, reply_of("a1"))}));
  int seen = 0;

  const Status status = store_->results(id_, false, [&](StoredResult) -> Status {
    ++seen;
    return fail(Fault::io, "broken pipe");
  });

  EXPECT_FALSE(status);
  EXPECT_EQ(seen, 1);
}

TEST_P(AnyStore, a_reader_may_read_another_run_meanwhile) {
  Plan other = plan_of(dataset_, "llama3");
  ASSERT_TRUE(store_->open(plan_));
  ASSERT_TRUE(store_->open(other));
  ASSERT_TRUE(store_->append(plan_, std::vector{completion_of(0, reply_of("a0")),
                                                completion_of(1, reply_of("a1"))}));
  ASSERT_TRUE(store_->append(other, std::vector{completion_of(0, reply_of("b0"))}));
  std::size_t pairs = 0;

  ASSERT_TRUE(store_->results(id_, false, [&](StoredResult) {
    pairs += results_of(*store_, other.info.key.id()).size();
    return Status();
  }));

  EXPECT_EQ(pairs, 2);
}

TEST_P(AnyStore, questions_that_do_not_fit_their_digest_are_found) {
  dataset_.questions[1].right = 0;
  ASSERT_TRUE(store_->open(plan_));

  const auto troubles = store_->verify();

  ASSERT_TRUE(troubles);
  ASSERT_THAT(*troubles, SizeIs(1));
  EXPECT_EQ(troubles->front().place, "data set " + dataset_.digest.substr(0, 8));
}

// ---- Finding a run ----

TEST_P(AnyStore, the_sources_of_a_run_are_those_of_the_replies_that_count) {
  const auto store = make();
  const Dataset dataset = dataset_of(4);
  const Plan plan = plan_of(dataset);
  ASSERT_TRUE(store->open(plan));
  const auto replied_by = [&](std::uint32_t ordinal, std::string id,
                              std::string model) {
    Attempt attempt = reply_of(std::move(id));
    attempt.outcome->model = std::move(model);
    attempt.outcome->build = "b1";
    const Completion completion = completion_of(ordinal, std::move(attempt));
    ASSERT_TRUE(store->append(plan, std::span(&completion, 1)));
  };
  replied_by(0, "1", "mistral");
  replied_by(1, "2", "qwen");
  replied_by(2, "3", "qwen");
  replied_by(2, "4", "phi");  // later, so it does not count
  const Completion failed = completion_of(3, failure_of("5"));
  ASSERT_TRUE(store->append(plan, std::span(&failed, 1)));

  const auto sources = store->sources(plan.info.key.id());

  ASSERT_TRUE(sources);
  EXPECT_THAT(*sources, ElementsAre(ReplySource{"mistral", "b1", 1},
                                    ReplySource{"qwen", "b1", 2}));
}

TEST_P(AnyStore, a_run_is_found_by_name_by_digits_and_as_the_last) {
  plan_.info.name = "night";
  ask(plan_, "a");
  now_ += std::chrono::hours(1);
  Plan other = plan_of(dataset_, "llama3");
  ask(other, "b");

  EXPECT_EQ(find_run(*store_, "night")->id, id_);
  EXPECT_EQ(find_run(*store_, id_.substr(0, 12))->id, id_);
  EXPECT_EQ(find_run(*store_, ascii_upper(id_))->id, id_);
  EXPECT_EQ(find_run(*store_, "last")->id, other.info.key.id());
}

TEST_P(AnyStore, of_runs_with_one_name_the_newest_is_meant) {
  plan_.info.name = "night";
  ASSERT_TRUE(store_->open(plan_));
  now_ += std::chrono::hours(1);
  Plan other = plan_of(dataset_, "llama3");
  other.info.name = "night";
  ASSERT_TRUE(store_->open(other));

  EXPECT_EQ(find_run(*store_, "night")->id, other.info.key.id());
}

TEST_P(AnyStore, digits_that_fit_two_runs_name_both) {
  std::map<char, Plan> first_digit;
  std::string digit;
  for (int i = 0; digit.empty(); ++i) {
    const Plan plan = plan_of(dataset_, fmt::format("model{}", i));
    ASSERT_TRUE(store_->open(plan));
    const char begins = plan.info.key.id()[0];
    if (!first_digit.try_emplace(begins, plan).second) digit = begins;
  }

  const auto found = find_run(*store_, digit);

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().fault, Fault::usage);
  const std::string first = first_digit[digit[0]].info.key.id().substr(0, 8);
  EXPECT_THAT(found.error().message, HasSubstr(first + " (ollama/model"));
  EXPECT_THAT(found.error().message, HasSubstr("2 runs begin so"));
}

TEST_P(AnyStore, a_mistyped_name_gets_a_suggestion) {
  plan_.info.name = "nightly";
  ASSERT_TRUE(store_->open(plan_));

  const auto found = find_run(*store_, "nigthly");

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().fault, Fault::usage);
  EXPECT_THAT(found.error().message, HasSubstr("did you mean nightly?"));
}

TEST_P(AnyStore, an_empty_store_says_that_it_has_no_runs) {
  const auto found = find_run(*store_, "last");

  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("holds no runs"));
}

TEST_P(AnyStore, the_last_run_is_one_that_has_a_reply) {
  ask(plan_, "a");
  now_ += std::chrono::hours(1);
  const Plan other = plan_of(dataset_, "llama3");
  ASSERT_TRUE(store_->open(other));
  ASSERT_TRUE(store_->append(other, std::vector{completion_of(0, failure_of("b"))}));

  EXPECT_EQ(find_run(*store_, "last")->id, id_);
  EXPECT_EQ(find_run(*store_, "last", Among::all)->id, other.info.key.id());
}

TEST_P(AnyStore, the_runs_before_the_last_one_are_counted_back_from_it) {
  ask(plan_, "a");
  now_ += std::chrono::hours(1);
  const Plan other = plan_of(dataset_, "llama3");
  ask(other, "b");

  EXPECT_EQ(find_run(*store_, "last~0")->id, other.info.key.id());
  EXPECT_EQ(find_run(*store_, "last~1")->id, id_);
  const auto none = find_run(*store_, "last~2");
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message,
              HasSubstr("last~2: found 2 runs, expected last~1 at most"));
  EXPECT_THAT(find_run(*store_, "last~99999999999999999999").error().message,
              HasSubstr("found 2 runs, expected last~1 at most"));
  for (const char* const word : {"last~", "last~x", "last~-1", "last~1x"}) {
    EXPECT_THAT(find_run(*store_, word).error().message,
                HasSubstr("expected a whole number behind last~"))
        << word;
  }
}

TEST_P(AnyStore, without_a_run_that_has_a_reply_there_is_no_last_one) {
  ASSERT_TRUE(store_->open(plan_));

  const auto found = find_run(*store_, "last");

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().fault, Fault::usage);
  EXPECT_THAT(found.error().message, HasSubstr(id_.substr(0, 8)));
}

// ---- Forgetting ----

TEST_P(AnyStore, a_hidden_run_is_found_by_its_digits_and_not_as_the_last) {
  ask(plan_, "a");
  now_ += std::chrono::hours(1);
  const Plan other = plan_of(dataset_, "llama3");
  ask(other, "b");
  now_ += std::chrono::hours(1);

  ASSERT_TRUE(store_->hide(other.info.key.id(), true));

  EXPECT_EQ(find_run(*store_, "last")->id, id_);
  EXPECT_EQ(find_run(*store_, "last", Among::all)->id, other.info.key.id());
  EXPECT_TRUE(find_run(*store_, other.info.key.id())->info.hidden);
}

TEST_P(AnyStore, hiding_a_run_changes_no_answer_and_no_digest) {
  ask(plan_, "a");
  const auto before = counting_of(*store_, id_);

  ASSERT_TRUE(store_->hide(id_, true));

  EXPECT_EQ(counting_of(*store_, id_), before);
  EXPECT_THAT(*store_->verify(), IsEmpty());
}

TEST_P(AnyStore, a_hidden_run_is_shown_again_when_asked_to_and_when_it_is_opened) {
  ask(plan_, "a");
  ASSERT_TRUE(store_->hide(id_, true));
  ASSERT_TRUE(store_->hide(id_, false));
  EXPECT_TRUE(store_->runs()->front().is_shown());
  ASSERT_TRUE(store_->hide(id_, true));

  ASSERT_TRUE(store_->open(plan_));

  EXPECT_TRUE(store_->runs()->front().is_shown());
}

TEST_P(AnyStore, what_was_said_last_of_hiding_holds_in_merged_stores_too) {
  ask(plan_, "a");
  const auto copy = make("copy.db");
  ASSERT_TRUE(merge(*store_, *copy));
  now_ += std::chrono::hours(1);
  ASSERT_TRUE(store_->hide(id_, true));

  ASSERT_TRUE(merge(*store_, *copy));

  EXPECT_TRUE(copy->runs()->front().info.hidden);
  EXPECT_THAT(*copy->verify(), IsEmpty());
}

TEST_P(AnyStore, a_removed_run_is_gone_and_the_others_are_whole) {
  ask(plan_, "a");
  const Plan other = plan_of(dataset_, "llama3");
  ask(other, "b");

  ASSERT_TRUE(store_->remove(id_));

  ASSERT_THAT(*store_->runs(), SizeIs(1));
  EXPECT_EQ(store_->questions(other.info.key.id())->questions, dataset_.questions);
  EXPECT_THAT(results_of(*store_, other.info.key.id()), SizeIs(1));
  EXPECT_THAT(*store_->verify(), IsEmpty());
}

TEST_P(AnyStore, a_removed_run_can_be_asked_anew) {
  ask(plan_, "a");
  ASSERT_TRUE(store_->remove(id_));

  ask(plan_, "a");

  EXPECT_THAT(results_of(*store_, id_), SizeIs(1));
  EXPECT_THAT(*store_->verify(), IsEmpty());
}

TEST_P(AnyStore, a_run_that_is_not_there_is_neither_hidden_nor_removed) {
  ask(plan_, "a");
  const std::string none(64, '0');

  EXPECT_EQ(store_->hide(none, true).error().fault, Fault::store);
  EXPECT_EQ(store_->remove(none).error().fault, Fault::store);
}

// ---- Subjects ----

TEST_P(AnyStore, subjects_are_told_with_their_questions_and_replies) {
  dataset_.questions[4].subject = "botany";
  dataset_.digest = digest_of(dataset_.questions);
  plan_ = plan_of(dataset_);
  ask(plan_, "a");
  ASSERT_TRUE(store_->open(plan_));
  ASSERT_TRUE(store_->append(plan_, std::vector{completion_of(4, failure_of("b"))}));

  const auto subjects = store_->subjects(plan_.info.key.id());

  ASSERT_TRUE(subjects);
  ASSERT_THAT(*subjects, SizeIs(2));
  EXPECT_EQ(subjects->at(0).name, "arithmetic");
  EXPECT_EQ(subjects->at(0).questions, 4);
  EXPECT_EQ(subjects->at(0).replied, 1);
  EXPECT_EQ(subjects->at(1).name, "botany");
  EXPECT_EQ(subjects->at(1).replied, 0);
}

// ---- Merging ----

TEST_P(AnyStore, merging_in_any_order_and_twice_gives_one_table) {
  std::vector<std::unique_ptr<Store>> sources;
  for (int s = 0; s < 3; ++s) {
    sources.push_back(make(fmt::format("source{}.db", s)));
    for (int generation = 0; generation < 2; ++generation) {
      plan_.generation = generation;
      ASSERT_TRUE(sources.back()->open(plan_));
      for (std::uint32_t i = 0; i < 5; ++i) {
        const std::string id =
            fmt::format("{}{}{}", (s * 7 + i * 3) % 10, s, generation);
        const bool failed = (s + static_cast<int>(i)) % 3 == generation;
        ASSERT_TRUE(sources.back()->append(
            plan_,
            std::vector{completion_of(i, failed ? failure_of(id + std::to_string(i))
                                                : reply_of(id + std::to_string(i)))}));
      }
    }
  }
  std::vector<int> order = {0, 1, 2};
  std::optional<std::map<std::uint32_t, std::string>> expected;

  do {
    const auto into = make(fmt::format("into{}.db", fmt::join(order, "")));
    for (const int s : order) ASSERT_TRUE(merge(*sources[s], *into));
    ASSERT_TRUE(merge(*sources[order[0]], *into));
    const auto counting = counting_of(*into, id_);
    if (!expected) expected = counting;
    EXPECT_EQ(counting, *expected);
    EXPECT_EQ(into->runs()->front().attempts, 30);
    EXPECT_THAT(*into->verify(), IsEmpty());
  } while (std::ranges::next_permutation(order).found);
}

// ---- Keys ----

TEST(RunKey, the_canonical_form_has_sorted_keys_and_no_blanks) {
  const RunKey key{.provider = "ollama", .model = "m\"", .protocol = R"({"a":1})"};

  EXPECT_EQ(key.canonical_json(),
            R"({"base_url":"","dataset_digest":"","engine":"","model":"m\"",)"
            R"("protocol":"{\"a\":1}","provider":"ollama","request":""})");
  EXPECT_EQ(key.id(), sha256_hex(key.canonical_json()));
}

TEST(RunKey, every_field_changes_the_id) {
  const RunKey base{.provider = "p"};
  std::vector<RunKey> keys(7, base);
  keys[0].provider = "x";
  keys[1].model = "x";
  keys[2].base_url = "x";
  keys[3].dataset_digest = "x";
  keys[4].protocol = "x";
  keys[5].request = "x";
  keys[6].engine = "x";
  std::vector<std::string> ids = {base.id()};
  for (const RunKey& key : keys) ids.push_back(key.id());

  std::ranges::sort(ids);

  EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());
}

}  // namespace
}  // namespace proctor

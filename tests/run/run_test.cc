#include "proctor/run/run.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run/fake_backend.h"
#include "support/made_up_clock.h"

namespace proctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const Watch nobody = {};

// Of two subjects; the right answer is always B.
Dataset exam_of(std::uint32_t n) {
  Dataset dataset{.name = "exam", .split = "test"};
  for (std::uint32_t i = 0; i < n; ++i) {
    const std::string subject = i < n / 2 ? "algebra" : "botany";
    dataset.questions.push_back({.id = fmt::format("{}/{}", subject, i),
                                 .subject = subject,
                                 .text = fmt::format("Question {}?", i),
                                 .choices = {"one", "two", "three", "four"},
                                 .right = 1,
                                 .index = static_cast<int>(i)});
  }
  dataset.digest = digest_of(dataset.questions);
  return dataset;
}

const Reader& reader(std::string_view name) {
  return **find_reader(name);
}

// The evaluation points to the data set.
Evaluation evaluation_of(const Dataset& dataset) {
  Evaluation evaluation{.protocol = *find_protocol("seed"),
                        .reader = &reader("first-letter")};
  Plan& plan = evaluation.plan;
  plan.dataset = &dataset;
  plan.info.key = {.provider = "fake",
                   .model = "m",
                   .dataset_digest = dataset.digest,
                   .protocol = identity_of(evaluation.protocol)};
  plan.info.extract = "first-letter";
  for (std::uint32_t i = 0; i < dataset.questions.size(); ++i)
    plan.trials.push_back({i});
  return evaluation;
}

Result<Outcome> ask(const Evaluation& evaluation, Backend& backend, Store& store,
                    const Watch& watch = nobody) {
  TRY(store.open(evaluation.plan));
  return run(evaluation, backend, store, watch);
}

Behaviour always(std::string_view text) {
  return
      [text](TrialId, const Prompt&) { return std::vector<Result<Reply>>{says(text)}; };
}

Behaviour never(Fault fault, std::string_view message) {
  return [=](TrialId, const Prompt&) {
    return std::vector<Result<Reply>>{fail(fault, "{}", message)};
  };
}

std::int64_t stored_attempts(Store& store) {
  const auto runs = store.runs();
  return runs && !runs->empty() ? runs->front().attempts : 0;
}

// A memory store whose disk is full after so many appends.
class FullStore : public Store {
 public:
  explicit FullStore(int appends) : left_(appends) {}

  Status append(const Plan& plan, std::span<const Completion> completions) override {
    if (left_-- <= 0) return fail(Fault::store, "the disk is full");
    return store_->append(plan, completions);
  }
  Status open(const Plan& plan) override { return store_->open(plan); }
  Result<std::vector<TrialId>> claim(const Plan& plan, std::size_t most) override {
    return store_->claim(plan, most);
  }
  Status hide(const std::string& id, bool hidden) override {
    return store_->hide(id, hidden);
  }
  Status remove(const std::string& id) override { return store_->remove(id); }
  Result<std::vector<SubjectReplies>> subjects(const std::string& id) override {
    return store_->subjects(id);
  }
  Result<std::vector<StoredRun>> runs() override { return store_->runs(); }
  Result<Dataset> questions(const std::string& id) override {
    return store_->questions(id);
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
  int left_;
  std::unique_ptr<Store> store_ = make_memory_store();
};

// A shared one that is away for so many appends, and of which others ask one question.
class DistantStore final : public FullStore {
 public:
  explicit DistantStore(int away, const Plan& plan) : FullStore(1000), away_(away) {
    EXPECT_TRUE(FullStore::open(plan));
  }
  bool is_shared() const override { return true; }
  Status append(const Plan& plan, std::span<const Completion> completions) override {
    if (away_-- > 0) return fail(Fault::network, "the server restarts");
    return FullStore::append(plan, completions);
  }
  // Question 0 is another's, who ends it while it is awaited.
  void let_another_ask(const Completion& completion) { others_ = completion; }
  Result<std::vector<TrialId>> claim(const Plan& plan, std::size_t most) override {
    auto claimed = TRY(FullStore::claim(plan, most));
    if (others_) std::erase(claimed, others_->trial);
    return claimed;
  }
  Result<std::size_t> asked_elsewhere(const Plan& plan) override {
    if (!others_ || looks_++ == 0) return std::size_t{others_ ? 1U : 0U};
    EXPECT_TRUE(FullStore::append(plan, std::span(&*others_, 1)));
    return std::size_t{0};
  }

 private:
  int away_, looks_ = 0;
  std::optional<Completion> others_;
};

TEST(Run, every_question_is_asked_once_and_counted) {
  const Dataset dataset = exam_of(10);
  FakeBackend model(4, always("B"));
  const auto store = make_memory_store();

  const auto outcome = ask(evaluation_of(dataset), model, *store);

  ASSERT_TRUE(outcome);
  EXPECT_THAT(model.started(), SizeIs(10));
  EXPECT_EQ(std::set(model.started().begin(), model.started().end()).size(), 10U);
  EXPECT_EQ(outcome->progress.planned, 10);
  EXPECT_EQ(outcome->progress.requests, 10);
  EXPECT_EQ(outcome->progress.reused, 0);
  EXPECT_EQ(outcome->progress.under_way, 0);
  EXPECT_EQ(outcome->progress.account.tally.ledger.right, 10);
  EXPECT_EQ(outcome->progress.account.tally.by_subject.at("algebra").right, 5);
  EXPECT_TRUE(outcome->is_complete());
}

TEST(Run, questions_are_started_in_the_plan_s_order) {
  const Dataset dataset = exam_of(20);
  const Evaluation evaluation = evaluation_of(dataset);
  FakeBackend model(3, always("B"));
  const auto store = make_memory_store();

  ASSERT_TRUE(ask(evaluation, model, *store));

  EXPECT_EQ(model.started(), evaluation.plan.trials);
}

TEST(Run, a_question_is_sent_as_the_protocol_renders_it) {
  const Dataset dataset = exam_of(1);
  const Evaluation evaluation = evaluation_of(dataset);
  FakeBackend model(1, always("B"));
  const auto store = make_memory_store();

  ASSERT_TRUE(ask(evaluation, model, *store));

  ASSERT_THAT(model.prompts(), SizeIs(1));
  EXPECT_EQ(model.prompts()[0].messages,
            render(evaluation.protocol, {}, dataset.questions[0]).messages);
  EXPECT_THAT(model.prompts()[0].messages.back().content, HasSubstr("Question 0?"));
}

TEST(Run, a_subject_is_shown_its_own_examples) {
  const Dataset dataset = exam_of(2);
  Evaluation evaluation = evaluation_of(dataset);
  evaluation.protocol = *find_protocol("mmlu");
  evaluation.protocol.shots = 1;
  evaluation.shots["algebra"] = {{.subject = "algebra",
                                  .text = "Of algebra?",
                                  .choices = {"one", "two", "three", "four"}}};
  evaluation.shots["botany"] = {{.subject = "botany",
                                 .text = "Of botany?",
                                 .choices = {"one", "two", "three", "four"}}};

  const Prompt algebra = prompt_for(evaluation, {0});
  const Prompt botany = prompt_for(evaluation, {1});

  EXPECT_THAT(algebra.text, HasSubstr("Of algebra?"));
  EXPECT_THAT(algebra.text, Not(HasSubstr("Of botany?")));
  EXPECT_THAT(botany.text, HasSubstr("Of botany?"));
}

TEST(Run, a_lost_request_is_a_failure_not_a_wrong_answer) {
  const Dataset dataset = exam_of(10);
  FakeBackend model(4, never(Fault::network, "connection refused"));
  const auto store = make_memory_store();

  const auto outcome = ask(evaluation_of(dataset), model, *store);

  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->progress.account.tally.ledger.failed, 10);
  EXPECT_EQ(outcome->progress.account.tally.ledger.wrong, 0);
  EXPECT_FALSE(outcome->is_complete());
  EXPECT_FALSE(outcome->fatal);
}

TEST(Run, each_end_of_a_question_has_its_mark) {
  const Dataset dataset = exam_of(6);
  FakeBackend model(1, [](TrialId trial, const Prompt&) {
    const std::vector<Result<Reply>> outcomes = {
        says("B"),          says("C"),
        says("?"),          says("", "content_filter"),
        says("", "length"), fail(Fault::rejected, "HTTP 400")};
    return std::vector{outcomes.at(trial.ordinal)};
  });
  const auto store = make_memory_store();

  const auto outcome = ask(evaluation_of(dataset), model, *store);

  ASSERT_TRUE(outcome);
  for (const Mark mark : all_marks) {
    EXPECT_EQ(outcome->progress.account.tally.ledger.of(mark), 1) << name_of(mark);
  }
}

TEST(Run, what_is_told_is_stored_already) {
  const Dataset dataset = exam_of(10);
  FakeBackend model(4, always("B"));
  const auto store = make_memory_store();
  std::int64_t told = 0;
  const Watch watch = {.saw = [&](const Graded& graded, const Progress&) {
    ++told;
    EXPECT_GE(stored_attempts(*store), told);
    EXPECT_TRUE(graded.attempt->outcome);
  }};

  ASSERT_TRUE(ask(evaluation_of(dataset), model, *store, watch));

  EXPECT_EQ(told, 10);
}

TEST(Run, nothing_is_told_that_could_not_be_stored) {
  const Dataset dataset = exam_of(10);
  FakeBackend model(1, always("B"));
  FullStore store(3);
  std::vector<TrialId> told;
  const Watch watch = {.saw = [&](const Graded& graded, const Progress&) {
    told.push_back(graded.trial);
  }};

  const auto outcome = ask(evaluation_of(dataset), model, store, watch);

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().fault, Fault::store);
  EXPECT_EQ(outcome.error().message, "the disk is full");
  EXPECT_THAT(told, ElementsAre(TrialId{0}, TrialId{1}, TrialId{2}));
  EXPECT_EQ(stored_attempts(store), 3);
}

TEST(Run, the_second_time_nothing_is_asked) {
  const Dataset dataset = exam_of(10);
  const Evaluation evaluation = evaluation_of(dataset);
  const auto store = make_memory_store();
  FakeBackend first(4, always("B"));
  ASSERT_TRUE(ask(evaluation, first, *store));
  FakeBackend second(4, always("C"), 2);

  const auto outcome = ask(evaluation, second, *store);

  ASSERT_TRUE(outcome);
  EXPECT_THAT(second.started(), IsEmpty());
  EXPECT_EQ(outcome->progress.reused, 10);
  EXPECT_EQ(outcome->progress.requests, 0);
  EXPECT_EQ(outcome->progress.account.tally.ledger.right, 10);
  EXPECT_TRUE(outcome->is_complete());
}

TEST(Run, only_what_failed_is_asked_again) {
  const Dataset dataset = exam_of(10);
  const Evaluation evaluation = evaluation_of(dataset);
  const auto store = make_memory_store();
  FakeBackend first(4, [](TrialId trial, const Prompt&) {
    return trial.ordinal % 3 == 0
               ? std::vector<Result<Reply>>{fail(Fault::network, "HTTP 500")}
               : std::vector<Result<Reply>>{says("B")};
  });
  ASSERT_TRUE(ask(evaluation, first, *store));
  FakeBackend second(4, always("C"), 2);

  const auto outcome = ask(evaluation, second, *store);

  ASSERT_TRUE(outcome);
  EXPECT_THAT(second.started(),
              ElementsAre(TrialId{0}, TrialId{3}, TrialId{6}, TrialId{9}));
  EXPECT_EQ(outcome->progress.reused, 6);
  EXPECT_EQ(outcome->progress.requests, 4);
  EXPECT_EQ(outcome->progress.account.tally.ledger.right, 6);
  EXPECT_EQ(outcome->progress.account.tally.ledger.wrong, 4);
  EXPECT_EQ(outcome->progress.account.tally.ledger.failed, 0);
}

TEST(Run, a_small_run_grows_into_a_full_one) {
  const Dataset dataset = exam_of(10);
  const auto store = make_memory_store();
  Evaluation small = evaluation_of(dataset);
  small.plan.trials = {{2}, {7}};
  FakeBackend first(4, always("B"));
  ASSERT_TRUE(ask(small, first, *store));
  FakeBackend second(4, always("B"), 2);

  const auto outcome = ask(evaluation_of(dataset), second, *store);

  ASSERT_TRUE(outcome);
  EXPECT_THAT(second.started(), SizeIs(8));
  EXPECT_EQ(outcome->progress.ended(), 10);
}

TEST(Run, what_is_not_in_the_plan_is_not_counted) {
  const Dataset dataset = exam_of(10);
  const auto store = make_memory_store();
  FakeBackend first(4, always("B"));
  ASSERT_TRUE(ask(evaluation_of(dataset), first, *store));
  Evaluation small = evaluation_of(dataset);
  small.plan.trials = {{2}, {7}};
  FakeBackend second(4, always("B"), 2);

  const auto outcome = ask(small, second, *store);

  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->progress.planned, 2);
  EXPECT_EQ(outcome->progress.reused, 2);
  EXPECT_EQ(outcome->progress.ended(), 2);
}

TEST(Run, another_reader_asks_nothing) {
  const Dataset dataset = exam_of(4);
  const auto store = make_memory_store();
  Evaluation evaluation = evaluation_of(dataset);
  FakeBackend first(4, always("The answer is B."));
  const auto by_first_letter = ask(evaluation, first, *store);
  evaluation.reader = &reader("proctor");
  FakeBackend second(4, always("?"), 2);

  const auto by_proctor = ask(evaluation, second, *store);

  ASSERT_TRUE(by_first_letter);
  ASSERT_TRUE(by_proctor);
  EXPECT_THAT(second.started(), IsEmpty());
  EXPECT_EQ(by_first_letter->progress.account.tally.ledger.right, 0);
  EXPECT_EQ(by_proctor->progress.account.tally.ledger.right, 4);
}

TEST(Run, another_model_shares_nothing) {
  const Dataset dataset = exam_of(4);
  const auto store = make_memory_store();
  Evaluation evaluation = evaluation_of(dataset);
  FakeBackend first(4, always("B"));
  ASSERT_TRUE(ask(evaluation, first, *store));
  evaluation.plan.info.key.model = "other";
  FakeBackend second(4, always("B"), 2);

  ASSERT_TRUE(ask(evaluation, second, *store));

  EXPECT_THAT(second.started(), SizeIs(4));
}

TEST(Run, a_provider_that_says_no_is_asked_no_more_and_what_is_on_its_way_is_kept) {
  const Dataset dataset = exam_of(100);
  FakeBackend model(4, [](TrialId trial, const Prompt&) {
    return trial.ordinal == 3
               ? std::vector<Result<Reply>>{fail(Fault::denied, "HTTP 402: no money")}
               : std::vector<Result<Reply>>{says("B")};
  });
  const auto store = make_memory_store();

  const auto outcome = ask(evaluation_of(dataset), model, *store);

  ASSERT_TRUE(outcome);
  ASSERT_TRUE(outcome->fatal);
  EXPECT_EQ(outcome->fatal->message, "HTTP 402: no money");
  EXPECT_THAT(model.started(), SizeIs(4));
  EXPECT_EQ(outcome->progress.account.tally.ledger.right, 3);
  EXPECT_EQ(outcome->progress.account.tally.ledger.failed, 1);
  EXPECT_EQ(stored_attempts(*store), 4);
  EXPECT_FALSE(outcome->is_complete());
}

TEST(Run, the_first_stop_awaits_what_is_on_its_way) {
  const Dataset dataset = exam_of(100);
  FakeBackend model(4, always("B"));
  const auto store = make_memory_store();
  const Evaluation evaluation = evaluation_of(dataset);
  std::stop_source stop;
  const Watch watch = {
      .saw = [&](const Graded&, const Progress&) { stop.request_stop(); }};
  ASSERT_TRUE(store->open(evaluation.plan));

  const auto outcome = run(evaluation, model, *store, watch, stop.get_token());

  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->interrupted);
  EXPECT_THAT(model.cancels(), ElementsAre(Cancel::waiting));
  EXPECT_THAT(model.started(), SizeIs(4));
  EXPECT_EQ(outcome->progress.account.tally.ledger.right, 4);
  EXPECT_FALSE(outcome->is_complete());
}

TEST(Run, a_stop_is_heard_while_stored_answers_are_read) {
  const Dataset dataset = exam_of(100);
  FakeBackend model(4, always("B"));
  const auto store = make_memory_store();
  const Evaluation evaluation = evaluation_of(dataset);
  ASSERT_TRUE(ask(evaluation, model, *store));
  std::stop_source stop;
  int told = 0;
  const Watch watch = {.saw = [&](const Graded&, const Progress&) { ++told; },
                       .tick = [&](const Progress&) { stop.request_stop(); },
                       .interval = std::chrono::milliseconds(0)};

  const auto outcome = run(evaluation, model, *store, watch, stop.get_token());

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().fault, Fault::cancelled);
  EXPECT_LT(told, 100);
}

TEST(Run, the_second_stop_drops_what_is_on_its_way) {
  const Dataset dataset = exam_of(100);
  FakeBackend model(4, always("B"));
  const auto store = make_memory_store();
  const Evaluation evaluation = evaluation_of(dataset);
  std::stop_source stop, stop_now;
  const Watch watch = {.saw = [&](const Graded&, const Progress&) {
    stop.request_stop();
    stop_now.request_stop();
  }};
  ASSERT_TRUE(store->open(evaluation.plan));

  const auto outcome =
      run(evaluation, model, *store, watch, stop.get_token(), stop_now.get_token());

  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->interrupted);
  EXPECT_EQ(outcome->progress.ended(), 1);
  EXPECT_EQ(outcome->progress.under_way, 0);
}

TEST(Run, what_was_called_off_is_no_failure_and_is_asked_again) {
  const Dataset dataset = exam_of(10);
  FakeBackend model(4, always("B"));
  const auto store = make_memory_store();
  const Evaluation evaluation = evaluation_of(dataset);
  std::stop_source stop;
  const Watch watch = {
      .saw = [&](const Graded&, const Progress&) { stop.request_stop(); }};
  ASSERT_TRUE(store->open(evaluation.plan));
  const auto interrupted =
      run(evaluation, model, *store, watch, stop.get_token(), stop.get_token());
  FakeBackend second(4, always("B"), 2);

  const auto outcome = ask(evaluation, second, *store);

  ASSERT_TRUE(interrupted);
  EXPECT_EQ(interrupted->progress.account.tally.ledger.failed, 0);
  EXPECT_EQ(interrupted->progress.requests, 1);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->progress.reused, 1);
  EXPECT_THAT(second.started(), SizeIs(9));
}

TEST(Run, tries_before_a_call_off_are_kept_but_not_told) {
  const Dataset dataset = exam_of(1);
  FakeBackend model(1, [](TrialId, const Prompt&) {
    return std::vector<Result<Reply>>{fail(Fault::network, "HTTP 500"),
                                      fail(Fault::cancelled, "stopped")};
  });
  const auto store = make_memory_store();
  int told = 0;
  const Watch watch = {.saw = [&](const Graded&, const Progress&) { ++told; }};

  const auto outcome = ask(evaluation_of(dataset), model, *store, watch);

  ASSERT_TRUE(outcome);
  EXPECT_EQ(told, 0);
  EXPECT_EQ(outcome->progress.ended(), 0);
  EXPECT_EQ(outcome->progress.requests, 1);
  EXPECT_EQ(stored_attempts(*store), 1);
}

TEST(Run, tries_of_one_question_are_requests_and_the_last_counts) {
  const Dataset dataset = exam_of(5);
  FakeBackend model(2, [](TrialId, const Prompt&) {
    return std::vector<Result<Reply>>{fail(Fault::network, "HTTP 500"),
                                      fail(Fault::network, "HTTP 429"), says("B")};
  });
  const auto store = make_memory_store();
  const Watch watch = {.saw = [&](const Graded& graded, const Progress&) {
    EXPECT_EQ(graded.attempts, 3);
    EXPECT_EQ(graded.mark, Mark::right);
  }};

  const auto outcome = ask(evaluation_of(dataset), model, *store, watch);

  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->progress.requests, 15);
  EXPECT_EQ(outcome->progress.ended(), 5);
  EXPECT_EQ(stored_attempts(*store), 15);
}

TEST(Run, a_tick_tells_how_many_are_under_way) {
  const Dataset dataset = exam_of(10);
  FakeBackend model(4, always("B"));
  const auto store = make_memory_store();
  std::vector<std::int64_t> under_way;
  const Watch watch = {
      .tick = [&](const Progress& now) { under_way.push_back(now.under_way); }};

  ASSERT_TRUE(ask(evaluation_of(dataset), model, *store, watch));

  EXPECT_THAT(under_way, ElementsAre(3, 3, 3, 3, 3, 3, 3, 2, 1, 0));
}

TEST(Run, a_tick_comes_each_interval_while_nothing_comes_back) {
  const Dataset dataset = exam_of(2);
  const MadeUpClock clock;
  FakeBackend model(2, always("B"));
  model.takes(std::chrono::milliseconds(250), clock.clock());
  const auto store = make_memory_store();
  std::vector<std::int64_t> at;
  const Watch watch = {
      .tick = [&](const Progress&) { at.push_back(clock.passed().count()); },
      .interval = std::chrono::milliseconds(100),
      .clock = clock.clock()};

  ASSERT_TRUE(ask(evaluation_of(dataset), model, *store, watch));

  EXPECT_THAT(at, ElementsAre(100, 200, 250, 350, 450, 500));
  EXPECT_EQ(clock.futile_waits(), 0);
}

TEST(Run, a_tick_comes_each_interval_while_stored_answers_are_read) {
  const Dataset dataset = exam_of(100);
  const Evaluation evaluation = evaluation_of(dataset);
  FakeBackend model(4, always("B"));
  const auto store = make_memory_store();
  ASSERT_TRUE(ask(evaluation, model, *store));
  std::vector<std::int64_t> reused;
  Watch watch = {.tick = [&](const Progress& now) { reused.push_back(now.reused); },
                 .interval = std::chrono::milliseconds(100)};
  // To read one takes 25 ms.
  watch.clock.now = [now = MadeUpClock::start]() mutable {
    return now += std::chrono::milliseconds(25);
  };

  ASSERT_TRUE(ask(evaluation, model, *store, watch));

  ASSERT_THAT(reused, SizeIs(25));
  EXPECT_EQ(reused[0], 3);
  EXPECT_EQ(reused[1], 7);
}

TEST(Run, tokens_of_all_replies_are_added_up_the_store_s_too) {
  const Dataset dataset = exam_of(4);
  const Evaluation evaluation = evaluation_of(dataset);
  const auto store = make_memory_store();
  const Behaviour counted = [](TrialId trial, const Prompt&) {
    Reply reply = says("B");
    reply.tokens.prompt = 30;
    if (trial.ordinal == 0) reply.tokens.reply = 2;
    return std::vector<Result<Reply>>{reply};
  };
  FakeBackend first(4, counted);
  const auto asked = ask(evaluation, first, *store);
  FakeBackend second(4, counted, 2);

  const auto reused = ask(evaluation, second, *store);

  ASSERT_TRUE(asked);
  ASSERT_TRUE(reused);
  EXPECT_EQ(asked->progress.account.prompt_tokens, 120);
  EXPECT_EQ(asked->progress.account.reply_tokens, 2);
  EXPECT_EQ(reused->progress.account.prompt_tokens, 120);
}

TEST(Run, an_empty_plan_ends_at_once) {
  const Dataset dataset = exam_of(2);
  Evaluation evaluation = evaluation_of(dataset);
  evaluation.plan.trials.clear();
  FakeBackend model(4, always("B"));
  const auto store = make_memory_store();

  const auto outcome = ask(evaluation, model, *store);

  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->progress.planned, 0);
  EXPECT_EQ(outcome->progress.ended(), 0);
}

// ---- Who answers ----

Reply by(std::string_view model, std::string_view build = "") {
  Reply reply = says("B");
  reply.model = model;
  reply.build = build;
  return reply;
}

// Another one from the n-th question on.
Behaviour replaced_at(std::uint32_t n, Reply before, Reply after) {
  return [=](TrialId trial, const Prompt&) {
    return std::vector<Result<Reply>>{trial.ordinal < n ? before : after};
  };
}

TEST(Authors, a_reply_by_another_model_is_no_answer_and_ends_the_run) {
  const Dataset dataset = exam_of(8);
  const auto store = make_memory_store();
  FakeBackend backend(1, replaced_at(3, by("mistral.gguf"), by("qwen.gguf")));

  const auto outcome = ask(evaluation_of(dataset), backend, *store);

  ASSERT_TRUE(outcome && outcome->fatal);
  EXPECT_EQ(outcome->fatal->fault, Fault::usage);
  EXPECT_THAT(outcome->fatal->message,
              HasSubstr("answered by qwen.gguf, expected mistral.gguf (3)"));
  EXPECT_THAT(outcome->fatal->message, HasSubstr("`mixed`"));
  EXPECT_EQ(outcome->progress.account.tally.ledger.right, 3);
  EXPECT_EQ(outcome->progress.account.tally.ledger.failed, 1);
  EXPECT_THAT(backend.started(), SizeIs(4));
}

TEST(Authors, what_is_on_its_way_then_is_awaited_and_treated_alike) {
  const Dataset dataset = exam_of(8);
  const auto store = make_memory_store();
  // The newest comes back first: 3 is by another model than 2, 1 and 0 are.
  FakeBackend backend(4, replaced_at(3, by("a"), by("b")));
  FakeBackend first(1, replaced_at(8, by("a"), by("a")));
  Evaluation evaluation = evaluation_of(dataset);
  evaluation.plan.trials.resize(1);
  ASSERT_TRUE(ask(evaluation, first, *store));
  evaluation.plan.trials = evaluation_of(dataset).plan.trials;

  const auto outcome = ask(evaluation, backend, *store);

  ASSERT_TRUE(outcome && outcome->fatal);
  EXPECT_THAT(backend.cancels(), ElementsAre(Cancel::waiting));
  EXPECT_EQ(outcome->progress.under_way, 0);
  EXPECT_EQ(outcome->progress.account.tally.ledger.right,
            3);  // 0, and 1 and 2 of model a
  EXPECT_EQ(outcome->progress.account.tally.ledger.failed, 2);  // 3 and 4
}

TEST(Authors, replies_of_the_store_have_the_first_word) {
  const Dataset dataset = exam_of(4);
  const auto store = make_memory_store();
  Evaluation evaluation = evaluation_of(dataset);
  evaluation.plan.trials.resize(2);
  FakeBackend mistral(1, replaced_at(9, by("mistral"), by("")));
  ASSERT_TRUE(ask(evaluation, mistral, *store));
  // Other questions of the same run.
  evaluation.plan.trials = {{2}, {3}};
  FakeBackend qwen(1, replaced_at(9, by("qwen"), by("")));

  const auto outcome = ask(evaluation, qwen, *store);

  ASSERT_TRUE(outcome && outcome->fatal);
  EXPECT_EQ(outcome->progress.account.tally.ledger.right, 0);
  EXPECT_EQ(outcome->progress.account.tally.ledger.failed, 1);
}

TEST(Authors, a_mixed_run_goes_on_and_counts_each) {
  const Dataset dataset = exam_of(8);
  const auto store = make_memory_store();
  Evaluation evaluation = evaluation_of(dataset);
  evaluation.mixed = true;
  FakeBackend backend(1, replaced_at(3, by("mistral"), by("qwen")));

  const auto outcome = ask(evaluation, backend, *store);

  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->is_complete());
  EXPECT_EQ(outcome->progress.account.sources.at({"mistral", ""}), 3);
  EXPECT_EQ(outcome->progress.account.sources.at({"qwen", ""}), 5);
}

TEST(Authors, an_echo_of_the_name_asked_for_says_nothing) {
  const Dataset dataset = exam_of(8);
  const auto store = make_memory_store();
  FakeBackend backend(1, replaced_at(3, by("vendor/m-2024"), by("m")));  // "m" is asked

  const auto outcome = ask(evaluation_of(dataset), backend, *store);

  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->is_complete());
}

TEST(Authors, a_model_may_go_by_each_of_its_servers_names) {
  const Dataset dataset = exam_of(4);
  const auto store = make_memory_store();
  Evaluation evaluation = evaluation_of(dataset);
  evaluation.answerer.names = {"mistral.gguf", "my-alias"};
  FakeBackend backend(1, replaced_at(2, by("/models/mistral.gguf"), by("my-alias")));

  const auto outcome = ask(evaluation, backend, *store);

  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->is_complete());
}

TEST(Authors, nothing_is_asked_of_another_build_than_the_stored_replies_are_of) {
  const Dataset dataset = exam_of(4);
  const auto store = make_memory_store();
  Evaluation evaluation = evaluation_of(dataset);
  evaluation.answerer.build = "b1";
  evaluation.plan.trials.resize(2);
  FakeBackend then(1, replaced_at(9, by("", "b1"), by("")));
  ASSERT_TRUE(ask(evaluation, then, *store));
  evaluation.plan.trials = evaluation_of(dataset).plan.trials;
  evaluation.answerer.build = "b2";
  FakeBackend now(1, replaced_at(9, by("", "b2"), by("")));

  const auto outcome = ask(evaluation, now, *store);

  ASSERT_TRUE(outcome && outcome->fatal);
  EXPECT_EQ(outcome->fatal->fault, Fault::usage);
  EXPECT_THAT(outcome->fatal->message,
              HasSubstr("the stored replies are of build b1 (2), and build b2 is"));
  EXPECT_THAT(now.started(), IsEmpty());
}

TEST(Authors, a_complete_run_is_shown_whatever_build_is_there) {
  const Dataset dataset = exam_of(2);
  const auto store = make_memory_store();
  Evaluation evaluation = evaluation_of(dataset);
  FakeBackend then(1, replaced_at(9, by("", "b1"), by("")));
  ASSERT_TRUE(ask(evaluation, then, *store));
  evaluation.answerer.build = "b2";
  FakeBackend now(1, always("B"));

  const auto outcome = ask(evaluation, now, *store);

  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->is_complete());
  EXPECT_FALSE(outcome->fatal);
}

TEST(Authors, a_clouds_fingerprints_may_change) {
  const Dataset dataset = exam_of(8);
  const auto store = make_memory_store();
  FakeBackend backend(1, replaced_at(3, by("", "fp_1"), by("", "fp_2")));

  const auto outcome = ask(evaluation_of(dataset), backend, *store);

  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->is_complete());
  EXPECT_THAT(outcome->progress.account.sources, SizeIs(2));
}

TEST(Run, asks_a_later_generation_anew_and_counts_no_earlier_reply) {
  const Dataset dataset = exam_of(6);
  Evaluation evaluation = evaluation_of(dataset);
  const auto store = make_memory_store();
  FakeBackend first(2, always("no letter")), second(2, always("B"));
  ASSERT_TRUE(ask(evaluation, first, *store));
  evaluation.plan.generation = 1;
  evaluation.plan.trials = {{4}, {1}};

  const auto outcome = ask(evaluation, second, *store);

  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->progress.planned, 2);
  EXPECT_EQ(outcome->progress.reused, 0);
  EXPECT_EQ(outcome->progress.account.tally.ledger.right, 2);
  EXPECT_EQ(outcome->progress.account.second_tries, 2);
}

// ---- Stores that several share ----

TEST(SharedRun, a_store_that_is_away_is_waited_for_and_said_once) {
  const Dataset dataset = exam_of(10);
  const Evaluation evaluation = evaluation_of(dataset);
  FakeBackend model(4, always("B"));
  DistantStore store(5, evaluation.plan);
  const MadeUpClock clock;
  std::vector<std::string> said;
  const Watch watch{.clock = clock.clock(),
                    .talk = [&](std::string_view line) { said.emplace_back(line); }};

  const auto outcome = run(evaluation, model, store, watch);

  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_TRUE(outcome->is_complete());
  EXPECT_THAT(model.started(), SizeIs(10));
  EXPECT_EQ(stored_attempts(store), 10);
  EXPECT_THAT(
      said, ElementsAre(HasSubstr("nothing is asked until"), HasSubstr("there again")));
}

TEST(SharedRun, nothing_more_is_asked_while_answers_cannot_be_kept) {
  const Dataset dataset = exam_of(10);
  const Evaluation evaluation = evaluation_of(dataset);
  FakeBackend model(4, always("B"));
  DistantStore store(1'000'000, evaluation.plan);
  const MadeUpClock clock;
  std::size_t rescued = 0;
  const Watch watch{
      .clock = clock.clock(),
      .rescue = [&](const Plan&,
                    std::span<const Completion> completions) -> Result<std::string> {
        rescued = completions.size();
        return "beside.db";
      }};

  const auto outcome = run(evaluation, model, store, watch);

  ASSERT_FALSE(outcome);
  EXPECT_THAT(model.started(), SizeIs(4));
  EXPECT_EQ(rescued, 4U);
  EXPECT_THAT(outcome.error().message,
              HasSubstr("the server restarts; 4 answers went to beside.db instead"));
  EXPECT_GE(clock.passed(), std::chrono::minutes(10));
}

TEST(SharedRun, what_others_ask_is_awaited_and_counts_as_reused) {
  const Dataset dataset = exam_of(10);
  const Evaluation evaluation = evaluation_of(dataset);
  FakeBackend model(4, always("B"));
  DistantStore store(0, evaluation.plan);
  Completion others{.trial = {.ordinal = 0}, .attempts = {}};
  others.attempts.push_back({.id = "another's", .outcome = says("A")});
  store.let_another_ask(others);
  const MadeUpClock clock;
  std::vector<std::string> said;
  const Watch watch{.clock = clock.clock(),
                    .talk = [&](std::string_view line) { said.emplace_back(line); }};

  const auto outcome = run(evaluation, model, store, watch);

  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_THAT(model.started(), SizeIs(9));
  EXPECT_EQ(outcome->progress.reused, 1);
  EXPECT_EQ(outcome->progress.account.tally.ledger.right, 9);
  EXPECT_EQ(outcome->progress.account.tally.ledger.wrong, 1);
  EXPECT_TRUE(outcome->is_complete());
  EXPECT_THAT(said, ElementsAre("waiting for 1 question that other processes ask"));
}

}  // namespace
}  // namespace proctor

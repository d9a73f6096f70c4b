#include "proctor/exam/exam.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace proctor {
namespace {

using testing::HasSubstr;

Dataset three_questions() {
  Dataset dataset{.name = "sums"};
  for (int i = 0; i < 3; ++i) {
    dataset.questions.push_back({.subject = "sums",
                                 .text = fmt::format("What is {} + 1?", i),
                                 .choices = {"1", "2", "3"},
                                 .right = 1,
                                 .index = i});
  }
  dataset.digest = digest_of(dataset.questions);
  return dataset;
}
const Dataset asked = three_questions();

const Answerer in_process{.is_there = true};

RunKey key_of(std::string engine) {
  return {.provider = "gguf",
          .model = "tiny.gguf",
          .dataset_digest = asked.digest,
          .protocol = "{}",
          .request = "{}",
          .engine = std::move(engine)};
}

std::string engine_of(std::string_view mode, std::string_view threads = "") {
  return fmt::format(R"({{"exact":{},"model_sha256":"ab"{}}})", mode,
                     threads.empty() ? "" : fmt::format(",\"threads\":{}", threads));
}

// Keeps a run of so many answers under that key.
void keep(Store& store, const RunKey& key, std::uint32_t answers) {
  Plan plan{.info = {.key = key}, .dataset = &asked};
  ASSERT_TRUE(store.open(plan));
  for (std::uint32_t i = 0; i < answers; ++i) {
    Completion completion{.trial = {.ordinal = i}, .attempts = {}};
    completion.attempts.push_back(
        {.id = fmt::format("{}-{}", key.id(), i), .outcome = Reply{.text = "B"}});
    ASSERT_TRUE(store.append(plan, std::span(&completion, 1)));
  }
}

TEST(RunName, a_run_that_the_store_has_keeps_its_own_name) {
  const auto store = make_memory_store();
  const RunKey today = key_of(engine_of("false"));
  keep(*store, key_of(engine_of("false", "4")), 3);
  keep(*store, today, 1);

  const auto name = name_in_store(*store, today, in_process);

  ASSERT_TRUE(name);
  EXPECT_EQ(name->key, today);
  EXPECT_EQ(name->said, "");
}

TEST(RunName, a_run_named_with_its_threads_is_gone_on_with_and_that_is_said) {
  const auto store = make_memory_store();
  const RunKey today = key_of(engine_of("false"));
  const RunKey then = key_of(engine_of("false", "4"));
  keep(*store, then, 1);

  const auto name = name_in_store(*store, today, in_process);

  ASSERT_TRUE(name);
  EXPECT_EQ(name->key, then);
  EXPECT_EQ(name->said, fmt::format("run {} keeps its name; it would be named {} today",
                                    then.id().substr(0, 8), today.id().substr(0, 8)));
}

RunKey key_of_scored(std::string_view limits, std::string_view scoring = "letters") {
  RunKey key = key_of(engine_of("false"));
  key.protocol =
      fmt::format(R"({{"sampling":{{{}}},"scoring":"{}"}})", limits, scoring);
  return key;
}

TEST(RunName, a_scored_run_named_with_its_batchs_limits_is_gone_on_with) {
  const auto store = make_memory_store();
  const RunKey before = key_of_scored(R"("max_tokens":4,"stop":["x"])");
  keep(*store, before, 2);

  const auto name =
      name_in_store(*store, key_of_scored(R"("max_tokens":1)"), in_process);

  ASSERT_TRUE(name);
  EXPECT_EQ(name->key, before);
}

TEST(RunName, the_limits_of_a_reply_that_is_written_name_its_run) {
  const auto store = make_memory_store();
  keep(*store, key_of_scored(R"("max_tokens":4)", "generate"), 2);
  const RunKey today = key_of_scored(R"("max_tokens":1)", "generate");

  const auto name = name_in_store(*store, today, in_process);

  ASSERT_TRUE(name);
  EXPECT_EQ(name->key, today);
}

TEST(RunName, a_seed_is_its_number_however_it_was_written) {
  const auto store = make_memory_store();
  RunKey then = key_of(""), today = key_of("");
  then.request = R"({"seed":"007"})";
  today.request = R"({"seed":"7"})";
  keep(*store, then, 1);

  const auto name = name_in_store(*store, today, in_process);

  ASSERT_TRUE(name);
  EXPECT_EQ(name->key, then);
}

RunKey through_template(std::string_view name, std::string_view form) {
  RunKey key = key_of(fmt::format(R"({{"chat_template":"{}"}})", name));
  key.protocol = fmt::format(R"({{"form":"{}"}})", form);
  return key;
}

TEST(RunName, a_run_of_bare_text_keeps_its_name_however_templates_are_rendered) {
  const auto store = make_memory_store();
  const RunKey then = through_template("model:0123456789abcdef", "text");
  keep(*store, then, 1);

  const auto name = name_in_store(
      *store, through_template("jinja:0123456789abcdef 2026-01-01", "text"),
      in_process);

  ASSERT_TRUE(name);
  EXPECT_EQ(name->key, then);
}

TEST(RunName, a_chat_from_before_templates_were_rendered_is_another_run_and_is_told) {
  const auto store = make_memory_store();
  const RunKey then = through_template("model:0123456789abcdef", "turns");
  const RunKey today = through_template("jinja:0123456789abcdef", "turns");
  keep(*store, then, 1);

  const auto name = name_in_store(*store, today, in_process);

  ASSERT_TRUE(name);
  EXPECT_EQ(name->key, today);
  EXPECT_THAT(name->said, HasSubstr(then.id().substr(0, 8)));
  EXPECT_THAT(name->said, HasSubstr(today.id().substr(0, 8)));
}

TEST(RunName, of_several_former_runs_the_one_with_the_most_answers_goes_on) {
  const auto store = make_memory_store();
  const RunKey most = key_of(engine_of("false", "\"auto\""));
  keep(*store, key_of(engine_of("false", "4")), 1);
  keep(*store, most, 3);
  keep(*store, key_of(engine_of("false", "8")), 2);

  const auto name = name_in_store(*store, key_of(engine_of("false")), in_process);

  ASSERT_TRUE(name);
  EXPECT_EQ(name->key, most);
  EXPECT_THAT(name->said, HasSubstr("of 3 such runs it has the most answers"));
}

TEST(RunName, threads_still_name_a_run_that_is_exact) {
  const auto store = make_memory_store();
  const RunKey today = key_of(engine_of("true", "8"));
  keep(*store, key_of(engine_of("true", "4")), 3);

  const auto name = name_in_store(*store, today, in_process);

  ASSERT_TRUE(name);
  EXPECT_EQ(name->key, today);
}

TEST(RunName, of_our_own_llama_servers_command_only_what_changes_scores_is_named) {
  EXPECT_EQ(command_in_name("exec llama-server -m {model} --host 127.0.0.1 --port "
                            "{port} --parallel 4 --ctx-size 8192 --threads 2 "
                            "--n-gpu-layers 0"),
            "exec llama-server -m {model} --host 127.0.0.1 --port {port} "
            "--n-gpu-layers 0");
  EXPECT_EQ(command_in_name("vllm serve {model} --port {port} --threads 2"),
            "vllm serve {model} --port {port} --threads 2");
}

const std::string our_server =
    "exec llama-server -m {model} --host 127.0.0.1 --port {port}";

TEST(RunName, a_template_is_taken_out_of_our_own_llama_servers_command) {
  EXPECT_EQ(without_template(our_server +
                             R"( --chat-template-file 'a b'\''c --threads.jinja')"),
            our_server);
  EXPECT_EQ(without_template(our_server + " --chat-template 'chatml' --n-gpu-layers 0"),
            our_server + " --n-gpu-layers 0");
  EXPECT_EQ(without_template("mine {port} --chat-template 'chatml'"),
            "mine {port} --chat-template 'chatml'");
}

TEST(RunName, a_run_named_with_its_templates_path_is_gone_on_with) {
  const auto served = [](const std::string& command) {
    return key_of(fmt::format(R"({{"chat_template":"0123","serve":"{}"}})", command));
  };
  const auto store = make_memory_store();
  const RunKey then = served(our_server + " --chat-template-file '/home/me/t.jinja'");
  keep(*store, then, 2);

  const auto name = name_in_store(*store, served(our_server), in_process);

  ASSERT_TRUE(name);
  EXPECT_EQ(name->key, then);
}

// ---- Servers ----

RunKey key_at_a_server(std::string engine = "", std::string model = "") {
  return {.provider = "llama",
          .model = std::move(model),
          .base_url = "http://localhost:8080",
          .dataset_digest = asked.digest,
          .protocol = "{}",
          .request = "{}",
          .engine = std::move(engine)};
}

Answerer server_of(std::string file) {
  Answerer there{.model = file, .is_there = true};
  there.names = {std::move(file)};
  return there;
}

// Keeps a run of three replies that say so, asked by a command of before.
void keep_replies(Store& store, const RunKey& key, std::string model) {
  Plan plan{.info = {.key = key}, .dataset = &asked};
  ASSERT_TRUE(store.open(plan));
  for (std::uint32_t i = 0; i < 3; ++i) {
    Completion completion{.trial = {.ordinal = i}, .attempts = {}};
    completion.attempts.push_back({.id = fmt::format("{}-{}", key.id(), i),
                                   .outcome = Reply{.text = "B", .model = model}});
    ASSERT_TRUE(store.append(plan, std::span(&completion, 1)));
  }
}

const Answerer mistral = server_of("mistral.gguf");
const Answerer qwen = server_of("qwen.gguf");
const RunKey key_of_mistral = key_at_a_server(engine_in_name({}, {}, mistral));
const RunKey key_of_qwen = key_at_a_server(engine_in_name({}, {}, qwen));

TEST(RunName, another_model_at_an_address_is_another_run_and_that_is_said) {
  const auto store = make_memory_store();
  keep(*store, key_of_mistral, 3);

  const auto name = name_in_store(*store, key_of_qwen, qwen);

  ASSERT_TRUE(name);
  EXPECT_EQ(name->key, key_of_qwen);
  EXPECT_EQ(
      name->said,
      fmt::format("run {} at this address was answered by mistral.gguf; now "
                  "qwen.gguf is there: this is run {}",
                  key_of_mistral.id().substr(0, 8), key_of_qwen.id().substr(0, 8)));
}

TEST(RunName, a_run_from_before_is_gone_on_with_by_the_model_that_answered_it) {
  const auto store = make_memory_store();
  keep_replies(*store, key_at_a_server(), "/models/mistral.gguf");

  const auto name = name_in_store(*store, key_of_mistral, mistral);

  ASSERT_TRUE(name);
  EXPECT_EQ(name->key, key_at_a_server());
  EXPECT_THAT(name->said, HasSubstr("keeps its name"));
}

TEST(RunName, a_run_from_before_is_not_gone_on_with_by_another_model) {
  const auto store = make_memory_store();
  keep_replies(*store, key_at_a_server(), "mistral.gguf");

  const auto name = name_in_store(*store, key_of_qwen, qwen);

  ASSERT_TRUE(name);
  EXPECT_EQ(name->key, key_of_qwen);
  EXPECT_THAT(name->said, HasSubstr("was answered by mistral.gguf; now qwen.gguf is"));
}

TEST(RunName, who_was_there_last_holds_for_a_run_from_before) {
  const auto store = make_memory_store();
  const RunKey key = key_at_a_server("", "tag:7b");
  Plan plan{.info = {.key = key}, .dataset = &asked};
  plan.info.answerer = R"({"digest":"aa"})";
  ASSERT_TRUE(store->open(plan));
  const Answerer pulled{.digest = "bb", .is_there = true};
  RunKey today = key;
  today.engine = engine_in_name({}, {}, pulled);

  const auto name = name_in_store(*store, today, pulled);

  ASSERT_TRUE(name);
  EXPECT_EQ(name->key, today);
}

TEST(RunName, a_server_that_says_more_than_before_goes_on_with_its_run) {
  const auto store = make_memory_store();
  keep(*store, key_of_mistral, 3);
  Answerer more = mistral;
  more.parameters = 7'000'000'000;

  const auto name =
      name_in_store(*store, key_at_a_server(engine_in_name({}, {}, more)), more);

  ASSERT_TRUE(name);
  EXPECT_EQ(name->key, key_of_mistral);
}

TEST(RunName, where_nobody_answers_the_only_run_at_that_address_is_meant) {
  const auto store = make_memory_store();
  keep(*store, key_of_mistral, 3);

  const auto name = name_in_store(*store, key_at_a_server(), Answerer{});

  ASSERT_TRUE(name);
  EXPECT_EQ(name->key, key_of_mistral);
  EXPECT_THAT(name->said, HasSubstr("which mistral.gguf answered"));
}

TEST(RunName, where_nobody_answers_and_two_models_did_each_is_named) {
  const auto store = make_memory_store();
  keep(*store, key_of_mistral, 3);
  keep(*store, key_of_qwen, 3);

  const auto name = name_in_store(*store, key_at_a_server(), Answerer{});

  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().fault, Fault::usage);
  EXPECT_THAT(name.error().message, HasSubstr("(mistral.gguf)"));
  EXPECT_THAT(name.error().message, HasSubstr("(qwen.gguf)"));
}

TEST(RunName, a_silent_servers_run_has_the_name_it_always_had) {
  const auto store = make_memory_store();
  keep(*store, key_at_a_server(), 3);
  keep(*store, key_of_qwen, 3);

  const auto name =
      name_in_store(*store, key_at_a_server(), Answerer{.is_there = true});

  ASSERT_TRUE(name);
  EXPECT_EQ(name->key, key_at_a_server());
  EXPECT_EQ(name->said, "");
}

}  // namespace
}  // namespace proctor

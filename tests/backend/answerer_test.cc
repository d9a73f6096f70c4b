#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend/models.h"
#include "support/socket_server.h"

namespace proctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// Paths and what is answered there; everything else is 404.
using Pages = std::map<std::string, std::string>;

Answerer answerer_at(std::string_view provider, std::string_view name, Pages pages) {
  SocketServer server(answering([&](const std::string& request) {
    const std::string path = request.substr(4, request.find(' ', 4) - 4);
    const auto page = pages.find(path);
    return page == pages.end() ? http_answer("404 Not Found", "{}")
                               : http_answer("200 OK", page->second);
  }));
  HttpClient http(HttpOptions{});
  return who_answers(provider_named(provider), model_of(provider, name, server.url("")),
                     http);
}

const std::string props =
    R"({"total_slots":3,"model_path":"/models/mistral-7b.Q4_K_M.gguf",
        "model_alias":"my-model","build_info":"b4567-abc"})";
const std::string llama_models =
    R"({"data":[{"id":"my-model","owned_by":"llamacpp","created":1732500000,
        "meta":{"n_params":7241732096,"size":4368439296,"n_vocab":32000}}]})";

TEST(Answerer, a_llama_server_says_its_file_its_numbers_its_build_and_its_slots) {
  const Answerer there =
      answerer_at("llama", "", {{"/props", props}, {"/v1/models", llama_models}});

  EXPECT_EQ(there.model, "mistral-7b.Q4_K_M.gguf");
  EXPECT_EQ(there.build, "b4567-abc");
  EXPECT_EQ(there.slots, 3U);
  EXPECT_EQ(there.identity(),
            R"({"model":"mistral-7b.Q4_K_M.gguf","n_params":7241732096,)"
            R"("n_vocab":32000,"size":4368439296})");
  EXPECT_THAT(there.names, ElementsAre("mistral-7b.Q4_K_M.gguf", "my-model"));
}

TEST(Answerer, its_identity_has_no_folder_no_build_and_no_alias) {
  const std::string moved =
      R"({"total_slots":1,"model_path":"/mnt/x/mistral-7b.Q4_K_M.gguf",
          "model_alias":"another","build_info":"b9999-def"})";

  EXPECT_EQ(answerer_at("llama", "", {{"/props", props}}).identity(),
            answerer_at("llama", "", {{"/props", moved}}).identity());
}

TEST(Answerer, an_older_llama_server_says_its_file_in_the_list_of_models) {
  const Answerer there = answerer_at(
      "llama", "", {{"/v1/models", R"({"data":[{"id":"/models/phi.gguf"}]})"}});

  EXPECT_EQ(there.model, "");
  EXPECT_FALSE(there.says_who());
  const Answerer owned = answerer_at(
      "llama", "",
      {{"/v1/models", R"({"data":[{"id":"/m/phi.gguf","owned_by":"llamacpp"}]})"}});
  EXPECT_EQ(owned.identity(), R"({"model":"phi.gguf"})");
}

TEST(Answerer, slots_that_cannot_be_are_not_told) {
  for (const std::string body :
       {"", "<html>", "{}", R"({"total_slots":0})", R"({"total_slots":"3"})",
        R"({"total_slots":1000000})"}) {
    EXPECT_EQ(answerer_at("llama", "", {{"/props", body}}).slots, std::nullopt) << body;
  }
}

TEST(Answerer, vllm_says_what_stands_behind_a_served_name) {
  const std::string list =
      R"({"data":[{"id":"other","root":"x/y"},
                  {"id":"chat","root":"mistralai/Mistral-7B-Instruct-v0.2"}]})";

  EXPECT_EQ(answerer_at("openai-compatible", "chat", {{"/v1/models", list}}).identity(),
            R"({"model":"mistralai/Mistral-7B-Instruct-v0.2"})");
  EXPECT_EQ(answerer_at("openai-compatible", "other", {{"/v1/models", list}}).model,
            "x/y");
  EXPECT_FALSE(
      answerer_at("openai-compatible", "absent", {{"/v1/models", list}}).says_who());
}

TEST(Answerer, a_list_that_repeats_the_name_says_nothing) {
  const std::string list = R"({"data":[{"id":"chat","root":"chat","created":7}]})";

  EXPECT_FALSE(
      answerer_at("openai-compatible", "chat", {{"/v1/models", list}}).says_who());
}

TEST(Answerer, ollama_says_a_tag_s_digest) {
  const std::string tags =
      R"({"models":[{"name":"phi3:latest","digest":"aa"},
                    {"name":"mistral:7b","digest":"6577803aa9a036369e481d648a2b"}]})";

  const Answerer there = answerer_at("ollama", "mistral:7b", {{"/api/tags", tags}});
  EXPECT_EQ(there.identity(), R"({"digest":"6577803aa9a036369e481d648a2b"})");
  EXPECT_EQ(title_of(there), "6577803aa9a0");
  EXPECT_EQ(answerer_at("ollama", "phi3", {{"/api/tags", tags}}).digest, "aa");
}

TEST(Answerer, a_cloud_is_not_asked) {
  HttpClient http(HttpOptions{});
  const Provider& openai = provider_named("openai");

  const Answerer there = who_answers(
      openai, model_of("openai", "gpt-4o", std::string(openai.base_url)), http);

  EXPECT_TRUE(there.is_there);
  EXPECT_FALSE(there.says_who());
}

TEST(Answerer, nobody_is_there_where_the_connection_is_refused) {
  HttpClient http(HttpOptions{});

  EXPECT_FALSE(who_answers(provider_named("llama"),
                           model_of("llama", "", "http://127.0.0.1:9"), http)
                   .is_there);
}

TEST(Answerer, a_server_that_still_loads_is_told_from_one_that_is_silent) {
  SocketServer server(answering([](const std::string&) {
    return http_answer("503 Service Unavailable",
                       R"({"error":{"message":"Loading model"}})");
  }));
  HttpClient http(HttpOptions{});

  EXPECT_TRUE(
      who_answers(provider_named("llama"), model_of("llama", "", server.url("")), http)
          .is_loading);
}

TEST(Answerer, it_comes_back_from_a_store_as_it_was) {
  Answerer there{.model = "a.gguf", .parameters = 7, .build = "b1"};

  const Answerer back = read_answerer(answerer_json(there));

  EXPECT_EQ(back.identity(), there.identity());
  EXPECT_EQ(back.build, "b1");
  EXPECT_FALSE(read_answerer("").says_who());
  EXPECT_FALSE(read_answerer("[1]").says_who());
}

TEST(Answerer, two_contradict_where_both_say_something_else_of_one_thing) {
  const Answerer name{.model = "a.gguf"};

  EXPECT_FALSE(contradicts(name, {.model = "a.gguf", .bytes = 7}));
  EXPECT_FALSE(contradicts(name, {.digest = "ab"}));
  EXPECT_TRUE(contradicts(name, {.model = "b.gguf"}));
  EXPECT_TRUE(
      contradicts({.model = "a.gguf", .bytes = 8}, {.model = "a.gguf", .bytes = 7}));
}

TEST(Answerer, an_echo_says_nothing_of_who_wrote_a_reply) {
  EXPECT_EQ(model_said("m", "m"), "");
  EXPECT_EQ(model_said("", "gpt-3.5-turbo"), "");
  EXPECT_EQ(model_said("", "/models/a.gguf"), "a.gguf");
  EXPECT_EQ(model_said("openai/gpt-4o", "openai/gpt-4o-2024-08-06"),
            "openai/gpt-4o-2024-08-06");
}

TEST(Answerer, its_title_is_inert) {
  EXPECT_THAT(title_of({.model = "a\x1b[31m.gguf"}), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace proctor

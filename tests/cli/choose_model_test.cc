#include <fstream>

#include <unistd.h>

#include "cli/arguments.h"
#include "proctor/cli/specs.h"

namespace proctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::StartsWith;

const Environment no_keys;

Environment with(std::map<std::string, std::string> keys) {
  return Environment(std::move(keys));
}

Result<ModelChoice> choice(std::string_view spec, std::vector<std::string> words = {},
                           const Environment& environment = no_keys,
                           bool is_asked = true) {
  words.insert(words.begin(), "run");
  ModelSpec named = TRY(model_settings(arguments_of(words)));
  named.name = spec;
  return choose_model(named, environment, is_asked);
}

ModelChoice chosen(std::string_view spec, std::vector<std::string> words = {},
                   const Environment& environment = no_keys) {
  auto result = choice(spec, std::move(words), environment);
  EXPECT_TRUE(result) << result.error().message;
  return result ? *std::move(result) : ModelChoice{};
}

std::string refusal(std::string_view spec, std::vector<std::string> words = {},
                    const Environment& environment = no_keys) {
  const auto result = choice(spec, std::move(words), environment);
  EXPECT_FALSE(result);
  if (result) return {};
  EXPECT_EQ(result.error().fault, Fault::usage);
  return with_flags(result.error().message);
}

std::vector<std::string> specs(std::vector<std::string> words) {
  words.insert(words.begin(), "run");
  const auto result = model_names(arguments_of(words));
  EXPECT_TRUE(result);
  return result ? *result : std::vector<std::string>{};
}

TEST(ModelSpecs, the_seed_s_default_is_ollama_s) {
  EXPECT_THAT(specs({}), ElementsAre("ollama"));
}

TEST(ModelSpecs, a_type_stands_before_each_name) {
  EXPECT_THAT(specs({"--type", "llama"}), ElementsAre("llama"));
  EXPECT_THAT(specs({"--type", "ollama", "mistral:7b", "phi3"}),
              ElementsAre("ollama/mistral:7b", "ollama/phi3"));
  EXPECT_THAT(specs({"gemini", "ollama/a"}), ElementsAre("gemini", "ollama/a"));
}

TEST(ModelSpecs, a_mistyped_type_is_told_the_nearest) {
  const auto result = model_names(arguments_of({"run", "--type", "olama"}));

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message,
            "--type olama: no such provider; did you mean ollama?");
}

TEST(ChooseModel, a_provider_alone_stands_for_its_default_model) {
  EXPECT_EQ(chosen("ollama").title(), "ollama/mistral:7b");
  EXPECT_EQ(chosen("llama").title(), "llama");
  EXPECT_EQ(chosen("deepseek", {}, with({{"DEEPSEEK_API_KEY", "sk-1"}})).title(),
            "deepseek/deepseek-chat");
  EXPECT_EQ(chosen("gemini", {}, with({{"GEMINI_API_KEY", "sk-1"}})).title(),
            "gemini/gemini-3.5-flash");
}

TEST(ChooseModel, a_name_may_hold_slashes_and_colons) {
  const ModelChoice model = chosen("ollama/hf.co/me/model:Q4_K_M");

  EXPECT_EQ(model.model.provider, "ollama");
  EXPECT_EQ(model.model.name, "hf.co/me/model:Q4_K_M");
  EXPECT_EQ(model.model.base_url, "http://localhost:11434");
}

TEST(ChooseModel, a_provider_without_a_default_needs_a_name) {
  const Environment keys = with({{"OPENAI_API_KEY", "sk-1"}});

  EXPECT_EQ(refusal("openai", {}, keys),
            "openai: expected a model's name: openai/NAME");
  EXPECT_EQ(refusal("openai", {"--type", "openai"}, keys),
            "--type openai: expected a model's name: openai/NAME");
}

TEST(ChooseModel, a_mistyped_provider_is_told_the_nearest) {
  EXPECT_EQ(refusal("olama/a"), "olama/a: no such provider; did you mean ollama?");
}

TEST(ChooseModel, a_name_known_from_elsewhere_is_told_how_it_is_written_here) {
  const std::pair<std::string, std::string> names[] = {
      {"gpt-4o", "openai/gpt-4o"},
      {"o3-mini", "openai/o3-mini"},
      {"claude-sonnet-4-5", "anthropic/claude-sonnet-4-5"},
      {"gemini-2.5-pro", "gemini/gemini-2.5-pro"},
      {"deepseek-chat", "deepseek/deepseek-chat"},
      {"https://huggingface.co/o/r-GGUF/tree/main", "hf:o/r-GGUF"},
      {"hf.co/o/r-GGUF:Q4_K_M", "hf:o/r-GGUF:Q4_K_M"},
      {"bartowski/r-GGUF", "hf:bartowski/r-GGUF for a GGUF file of the hub"},
      {"Qwen/Qwen2.5-7B", "hf:Qwen/Qwen2.5-7B for a GGUF file of the hub"}};
  for (const auto& [name, spelling] : names)
    EXPECT_THAT(refusal(name), HasSubstr("no such provider; write " + spelling))
        << name;
}

TEST(ChooseModel, a_name_as_ollama_lists_it_is_ollama_s_whoever_made_the_model) {
  EXPECT_EQ(refusal("gpt-oss:20b"),
            "gpt-oss:20b: no such provider; a model of ollama's is written "
            "ollama/gpt-oss:20b");
}

TEST(ChooseModel, a_missing_key_names_its_variable_and_the_file) {
  EXPECT_EQ(
      refusal("deepseek"),
      "deepseek: no key: set DEEPSEEK_API_KEY, or put DEEPSEEK_API_KEY=… into .env");
  EXPECT_THAT(refusal("gemini"), HasSubstr("GEMINI_API_KEY or GOOGLE_API_KEY"));
  EXPECT_THAT(refusal("ollama", {"--api-key-env", "MY_KEY"}), HasSubstr("set MY_KEY"));
}

TEST(ChooseModel, a_prompt_needs_no_key) {
  EXPECT_TRUE(choice("deepseek", {}, no_keys, false));
}

TEST(ChooseModel, the_first_variable_that_is_set_has_the_key) {
  EXPECT_EQ(chosen("gemini", {}, with({{"GOOGLE_API_KEY", "sk-2"}})).model.key, "sk-2");
  EXPECT_EQ(chosen("gemini", {},
                   with({{"GOOGLE_API_KEY", "sk-2"}, {"GEMINI_API_KEY", "sk-1"}}))
                .model.key,
            "sk-1");
  EXPECT_EQ(chosen("gemini", {"--api-key-env", "MY_KEY"},
                   with({{"MY_KEY", "sk-3"}, {"GEMINI_API_KEY", "sk-1"}}))
                .model.key,
            "sk-3");
}

TEST(ChooseModel, a_key_with_a_line_end_is_refused_without_telling_it) {
  const std::string message =
      refusal("deepseek", {}, with({{"DEEPSEEK_API_KEY", "sk-secret\n"}}));

  EXPECT_THAT(message, HasSubstr("DEEPSEEK_API_KEY"));
  EXPECT_EQ(message.find("sk-secret"), std::string::npos);
}

TEST(ChooseModel, both_spellings_of_an_address_are_one) {
  for (const std::string url : {"http://h:1", "http://h:1/", "http://h:1/v1"}) {
    EXPECT_EQ(chosen("llama", {"--base-url", url}).model.base_url, "http://h:1");
  }
}

TEST(ChooseModel, an_address_must_be_one) {
  EXPECT_THAT(refusal("llama", {"--base-url", "localhost:8080"}),
              StartsWith("--base-url"));
  EXPECT_THAT(refusal("openai-compatible/m"), HasSubstr("--base-url is missing"));
}

TEST(ChooseModel, a_path_that_ends_in_gguf_is_a_file) {
  const ModelChoice model = choice("nowhere/tiny.gguf", {}, no_keys, false).value();

  EXPECT_EQ(model.provider, nullptr);
  EXPECT_EQ(model.file, "nowhere/tiny.gguf");
  EXPECT_EQ(model.title(), "gguf/tiny.gguf");
}

TEST(ChooseModel, a_file_that_is_not_there_is_told_before_anything_is_fetched) {
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / "proctor_model_files";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "mistral-7b.Q4_K_M.gguf") << "GGUF";
  const std::string near = (folder / "mistral-7b.Q4_K_S.gguf").string();

  EXPECT_EQ(refusal(near),
            near + ": no such file; did you mean mistral-7b.Q4_K_M.gguf?");
  EXPECT_EQ(refusal("nowhere/tiny.gguf"), "nowhere/tiny.gguf: no such file");
}

TEST(ChooseModel, what_may_not_be_looked_at_is_not_said_to_be_missing) {
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / "closed-models";
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "tiny.gguf") << "GGUF";
  std::filesystem::permissions(folder, std::filesystem::perms::none);
  const bool is_root = ::geteuid() == 0;  // who may look everywhere
  if (is_root) {
    ASSERT_EQ(::seteuid(65534), 0);
  }

  const auto file = choice((folder / "tiny.gguf").string());
  const auto whole = choice(folder.string());

  if (is_root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
  std::filesystem::remove_all(folder);
  ASSERT_FALSE(file || whole);
  EXPECT_EQ(file.error().message,
            (folder / "tiny.gguf").string() + ": permission denied");
  EXPECT_EQ(whole.error().message, folder.string() + ": permission denied");
}

TEST(ChooseModel, a_name_of_ollama_s_may_end_in_gguf) {
  EXPECT_EQ(chosen("ollama/hf.co/me/tiny.gguf").model.name, "hf.co/me/tiny.gguf");
}

TEST(ChooseModel, a_baseline_needs_no_server) {
  const ModelChoice model = chosen("baseline/random");

  EXPECT_EQ(model.provider, nullptr);
  EXPECT_EQ(model.title(), "baseline/random");
  EXPECT_THAT(refusal("baseline/shortest"), HasSubstr("random, longest and a letter"));
  EXPECT_THAT(refusal("baseline"), HasSubstr("random, longest and a letter"));
}

TEST(ChooseModel, headers_are_split_at_their_first_colon) {
  const ModelChoice model =
      chosen("ollama", {"--header", "X-A:  b:c ", "--header", "X-B:"});

  EXPECT_THAT(model.model.headers, ElementsAre(Pair("X-A", "b:c"), Pair("X-B", "")));
}

TEST(ChooseModel, a_header_without_a_colon_or_with_a_line_end_is_refused) {
  EXPECT_EQ(refusal("ollama", {"--header", "X-A"}),
            "--header: found no colon in it, expected 'Name: value'");
  EXPECT_THAT(refusal("ollama", {"--header", ": b"}), StartsWith("--header"));
  EXPECT_THAT(refusal("ollama", {"--header", "X-A: b\r\nX-B: c"}),
              StartsWith("--header"));
}

TEST(ChooseModel, the_extra_body_must_be_an_object) {
  EXPECT_EQ(chosen("ollama", {"--extra-body", R"( {"b":1, "a":2} )"}).model.extra_body,
            R"({"a":2,"b":1})");
  EXPECT_THAT(refusal("ollama", {"--extra-body", "[1]"}),
              HasSubstr("expected a JSON object"));
  EXPECT_THAT(refusal("ollama", {"--extra-body", "{"}),
              HasSubstr("expected a JSON object"));
}

TEST(ChooseModel, a_model_of_the_hub_is_a_file_in_this_process) {
  const ModelChoice model = chosen("hf:owner/repo:Q4_K_M");

  EXPECT_EQ(model.provider, nullptr);
  EXPECT_EQ(model.model.provider, "gguf");
}

TEST(ChooseModel, a_file_that_is_served_is_llama_s_at_no_address_yet) {
  const ModelChoice model =
      choice("a/b.gguf", {"--serve", "serve {model} --port {port}"}, no_keys, false)
          .value();

  ASSERT_NE(model.provider, nullptr);
  EXPECT_EQ(model.title(), "llama/b.gguf");
  EXPECT_EQ(model.file, "a/b.gguf");
  EXPECT_EQ(model.serve, "serve {model} --port {port}");
  EXPECT_EQ(model.model.base_url, "");
}

TEST(ChooseModel, a_server_of_its_own_needs_no_address_but_a_port) {
  EXPECT_EQ(chosen("openai-compatible/m", {"--serve", "x {port}"}).model.base_url, "");
  EXPECT_THAT(refusal("openai-compatible/m", {"--serve", "x"}), HasSubstr("{port}"));
}

TEST(ChooseModel, an_engine_is_a_process_or_a_server) {
  EXPECT_THAT(refusal("a.gguf", {"--engine", "gpu"}),
              HasSubstr("found gpu, expected process or server"));
  EXPECT_THAT(refusal("a.gguf", {"--engine", "server"}), HasSubstr("PATH"));
}

}  // namespace
}  // namespace proctor

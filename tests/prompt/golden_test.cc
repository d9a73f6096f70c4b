// Every protocol against the prompts that the peers' own code made.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "proctor/prompt/prompt.h"
#include "proctor/prompt/shot_order.h"
#include "support/shared.h"

namespace proctor {
namespace {

using nlohmann::json;

std::vector<json> lines_of(const std::filesystem::path& path) {
  std::vector<json> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
  return lines;
}

std::vector<Question> dev_rows(const std::string& subject) {
  const auto file = *shared_folder() / "mmlu/csv/dev" / (subject + "_dev.csv");
  return read_csv(*read_file(file), std::nullopt, subject, "dev").value();
}

Question question_of(const json& line) {
  // MMLU-Pro's word for subject, where the line has it.
  const std::string subject =
      line.contains("category") ? line["category"] : line["subject"];
  return {.subject = subject,
          .text = line["question"],
          .choices = line["choices"],
          .right = line["answer"]};
}

// The peer's worked examples, taken out of its prompt: "Q: ", the question with its
// options, "A: ", the worked answer.
std::vector<Question> examples_in(const json& line) {
  const std::string prompt = line["prompt"];
  const std::string question = line["question"];
  const std::string asked = "Q: " + std::string(python_strip(question));
  std::string rest = prompt.substr(0, prompt.rfind(asked));
  rest.erase(0, rest.find("Q: "));
  std::vector<Question> examples;
  while (!rest.empty()) {
    const std::size_t worked = rest.find("\nA: ");
    const std::size_t next = std::min(rest.find("\n\nQ: ", worked), rest.size() - 2);
    examples.push_back({.text = rest.substr(3, worked - 3),
                        .worked = rest.substr(worked + 4, next - worked - 4)});
    rest.erase(0, next + 2);
  }
  return examples;
}

std::vector<Question> shots_of(const json& line) {
  if (line["fewshot_k"] == 0) return {};
  if (line["protocol"] == "lmeval_mmlu_flan_cot_fewshot") return examples_in(line);
  std::vector<Question> shots = dev_rows(line["subject"]);
  if (line.contains("fewshot_cot"))
    for (std::size_t i = 0; i < shots.size(); ++i)
      shots[i].worked = line["fewshot_cot"][i];
  return shots;
}

json json_of(const std::vector<Message>& messages) {
  json list = json::array();
  for (const Message& message : messages)
    list.push_back({{"role", message.role}, {"content", message.content}});
  return list;
}

// What the prompt is as the line would have it: the same keys.
json as_in_golden(const Prompt& prompt, const json& golden) {
  json line;
  if (golden.contains("messages")) line["messages"] = json_of(prompt.messages);
  if (golden.contains("prompt"))
    line["prompt"] = golden.contains("messages") && prompt.messages.size() == 1
                         ? prompt.messages[0].content
                         : prompt.text;
  if (golden.contains("continuations")) line["continuations"] = prompt.continuations;
  if (golden.contains("add_generation_prompt"))
    line["add_generation_prompt"] =
        prompt.messages.empty() || prompt.messages.back().role != "assistant";
  if (golden.contains("temperature"))
    line["temperature"] = prompt.sampling.temperature.value_or(-1);
  if (golden.contains("max_tokens"))
    line["max_tokens"] = prompt.sampling.max_tokens.value_or(-1);
  if (golden.contains("stop_sequences")) line["stop_sequences"] = prompt.sampling.stop;
  if (golden.contains("output_mapping")) {
    json mapping;
    for (std::size_t i = 0; i < prompt.choices.size(); ++i)
      mapping[std::string(1, prompt.labels[i])] = prompt.choices[i];
    line["output_mapping"] = mapping;
  }
  if (golden.contains("gen_kwargs")) {
    // do_sample is lm-evaluation-harness's own word for temperature 0. Its API models
    // send temperature 0 and 256 tokens where the task names neither.
    json& sent = line["gen_kwargs"];
    sent = {{"until", prompt.sampling.stop}};
    if (golden["gen_kwargs"].contains("do_sample")) sent["do_sample"] = false;
    if (golden["gen_kwargs"].contains("temperature"))
      sent["temperature"] = prompt.sampling.temperature.value_or(-1);
    if (golden["gen_kwargs"].contains("max_gen_toks"))
      sent["max_gen_toks"] = prompt.sampling.max_tokens.value_or(-1);
  }
  return line;
}

struct Count {
  int compared = 0, different = 0;
};

Count compare(const std::string& file, const std::string& protocol_name) {
  Count count;
  Protocol protocol = find_protocol(protocol_name).value();
  for (const json& line :
       lines_of(*shared_folder() / "golden" / (file + ".public.jsonl"))) {
    if (line["fewshot_k"] != 0 || protocol.takes_shots())
      protocol.shots = line["fewshot_k"];
    const Prompt prompt = render(protocol, shots_of(line), question_of(line));
    ++count.compared;
    bool same = true;
    const json ours = as_in_golden(prompt, line);
    for (const auto& [key, value] : ours.items()) {
      if (value == line[key]) continue;
      same = false;
      if (count.different < 3)
        ADD_FAILURE() << file << ": " << line["id"] << ": " << key << "\n  expected "
                      << line[key] << "\n  rendered " << value;
    }
    if (!same) ++count.different;
  }
  return count;
}

class GoldenFile : public testing::TestWithParam<const char*> {};

TEST_P(GoldenFile, is_rendered_byte_for_byte) {
  if (!shared_folder()) GTEST_SKIP() << "no golden files: set PROCTOR_SHARED";

  const Count count = compare(GetParam(), GetParam());

  EXPECT_GT(count.compared, 0);
  EXPECT_EQ(count.different, 0);
  std::cout << "golden " << GetParam() << ": " << count.compared
            << " lines compared, 0 skipped, " << count.different << " different\n";
}

INSTANTIATE_TEST_SUITE_P(
    Peers, GoldenFile,
    testing::Values(
        "seed_zeroshot", "hendrycks_5shot", "lmeval_mmlu", "lmeval_mmlu__chat",
        "lmeval_mmlu__chat_multiturn", "lmeval_mmlu_continuation",
        "lmeval_mmlu_generative", "lmeval_mmlu_generative__chat",
        "lmeval_mmlu_generative__chat_multiturn", "lmeval_mmlu_llama",
        "lmeval_mmlu_llama__chat", "lmeval_mmlu_llama__chat_multiturn",
        "lmeval_mmlu_flan_n_shot_loglikelihood", "lmeval_mmlu_flan_n_shot_generative",
        "lmeval_mmlu_flan_cot_zeroshot", "lmeval_mmlu_flan_cot_zeroshot__chat",
        "lmeval_mmlu_flan_cot_zeroshot__chat_multiturn", "lmeval_mmlu_flan_cot_fewshot",
        "lmeval_mmlu_pro", "mmlu_pro_official_api", "mmlu_pro_official_local",
        "ollama_mmlu_pro_multi_chat", "ollama_mmlu_pro_single_chat",
        "ollama_mmlu_pro_no_chat", "helm_lite_mmlu",
        "helm_lite_mmlu_output_format_instructions", "simple_evals_mmlu",
        "openbench_mmlu", "inspect_multiple_choice", "inspect_multiple_choice_cot",
        "inspect_evals_mmlu_5_shot", "evalscope_mmlu_5shot", "evalscope_mmlu_0shot",
        "evalscope_mmlu_redux_0shot"),
    [](const auto& file) { return std::string(file.param); });

// Two peers read the option "None" as a missing number and print nan. The faithful
// prompt is theirs with the word put back.
struct NanFile {
  const char* file;
  const char* protocol;
};
class PandasFile : public testing::TestWithParam<NanFile> {};

TEST_P(PandasFile, differs_only_where_the_peer_lost_the_word_none) {
  if (!shared_folder()) GTEST_SKIP() << "no golden files: set PROCTOR_SHARED";
  const auto [file, name] = GetParam();
  Protocol protocol = find_protocol(name).value();

  int compared = 0;
  for (const json& line :
       lines_of(*shared_folder() / "golden" / (std::string(file) + ".public.jsonl"))) {
    protocol.shots = line["fewshot_k"];
    const Prompt prompt = render(protocol, shots_of(line), question_of(line));
    const std::string& text =
        prompt.messages.empty() ? prompt.text : prompt.messages[0].content;
    const std::string theirs = line["prompt"];
    std::string restored = theirs;
    for (const char letter : {'A', 'B', 'C', 'D'})
      for (const char* mark : {". ", ") "})
        restored = replace_all(restored, std::string("\n") + letter + mark + "nan",
                               std::string("\n") + letter + mark + "None");
    ++compared;
    EXPECT_EQ(text, restored);
    EXPECT_NE(text, theirs);
  }

  EXPECT_GT(compared, 0);
  std::cout << "golden " << file << ": " << compared
            << " lines compared with None put back, 0 skipped\n";
}

INSTANTIATE_TEST_SUITE_P(
    Peers, PandasFile,
    testing::Values(NanFile{"hendrycks_5shot_pandas3_na", "hendrycks_5shot"},
                    NanFile{"simple_evals_mmlu_pandas3_na", "simple_evals_mmlu"}),
    [](const auto& file) { return std::string(file.param.file); });

TEST(Golden, every_prompt_file_is_compared) {
  if (!shared_folder()) GTEST_SKIP() << "no golden files: set PROCTOR_SHARED";
  const std::vector<std::string> names = protocol_names();

  for (const auto& entry :
       std::filesystem::directory_iterator(*shared_folder() / "golden")) {
    const std::string file = entry.path().filename().string();
    const std::size_t end = file.find(".public.jsonl");
    if (end == std::string::npos || file.starts_with("extraction")) continue;
    const std::string name = file.substr(0, end);
    EXPECT_TRUE(name.ends_with("_pandas3_na") ||
                std::ranges::find(names, name) != names.end())
        << file;
  }
}

TEST(Golden, shots_stand_in_helms_order_for_every_subject) {
  if (!shared_folder()) GTEST_SKIP() << "no golden files: set PROCTOR_SHARED";
  std::ifstream in(*shared_folder() / "golden/helm_fewshot_order.json");
  const json orders = json::parse(in);

  int compared = 0;
  for (const auto& [subject, golden] : orders.items()) {
    const std::vector<Question> shots = dev_rows(subject);
    ++compared;
    EXPECT_EQ(json(shot_order(ShotOrder::helm, shots, 5)), golden["order"]) << subject;
  }

  EXPECT_EQ(compared, 57);
  std::cout << "golden helm_fewshot_order: " << compared << " subjects compared\n";
}

}  // namespace
}  // namespace proctor

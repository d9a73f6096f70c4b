// Every protocol against the prompts that the peers' own code made, and against those
// in tests/golden/prompts, which are there in every clone.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "proctor/dataset/dataset.h"
#include "proctor/prompt/prompt.h"
#include "proctor/prompt/shot_order.h"
#include "support/shared.h"

namespace proctor {
namespace {

using nlohmann::json;

namespace fs = std::filesystem;

// Golden lines, and the folder of the dev split that their shots are from.
struct Golden {
  std::string file;
  std::vector<json> lines;
  fs::path dev;
};

Golden own_prompts(const std::string& protocol) {
  const fs::path source = PROCTOR_SOURCE_DIR;
  const fs::path file = source / "tests/golden/prompts" / (protocol + ".json");
  std::ifstream in(file);
  return {.file = "prompts/" + protocol,
          .lines = json::parse(in).at("prompts"),
          .dev = source / "data/sample/dev"};
}

fs::path peers_file(const std::string& name) {
  return *shared_folder() / "golden" / (name + ".public.jsonl");
}

Golden peers_prompts(const std::string& name) {
  Golden golden{.file = name, .dev = *shared_folder() / "mmlu/csv/dev"};
  std::ifstream in(peers_file(name));
  for (std::string line; std::getline(in, line);) {
    golden.lines.push_back(json::parse(line));
  }
  return golden;
}

std::vector<Question> dev_rows(const fs::path& dev, const std::string& subject) {
  const auto file = dev / (subject + "_dev.csv");
  return read_csv(*read_file(file), std::nullopt, subject, "dev").value();
}

// What a line has to say of a protocol; one that does not would compare less.
std::vector<std::string> fields_of(const Protocol& protocol, bool is_peers) {
  std::vector<std::string> fields = {"id",      "subject", "question",
                                     "choices", "answer",  "fewshot_k"};
  fields.emplace_back(protocol.form == Form::text ? "prompt" : "messages");
  const std::string& name = protocol.name;
  if (protocol.scoring != Scoring::generate) {
    fields.emplace_back("continuations");
  } else if (!is_peers || name.starts_with("helm")) {
    fields.insert(fields.end(), {"temperature", "max_tokens", "stop_sequences"});
  } else if (name.starts_with("lmeval")) {
    fields.emplace_back("gen_kwargs");
  } else if (name.starts_with("openbench")) {
    fields.emplace_back("temperature");
  }
  if (is_peers && name.starts_with("helm")) fields.emplace_back("output_mapping");
  if (is_peers && name.find("__chat") != std::string::npos) {
    fields.emplace_back("add_generation_prompt");
  }
  if (name.find("mmlu_pro") != std::string::npos) fields.emplace_back("fewshot_cot");
  return fields;
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

std::vector<Question> shots_of(const json& line, const Protocol& protocol,
                               const fs::path& dev) {
  if (line["fewshot_k"] == 0) return {};
  if (protocol.name == "lmeval_mmlu_flan_cot_fewshot") return examples_in(line);
  std::vector<Question> shots = dev_rows(dev, line["subject"]);
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

// null where nothing is sent.
template <class Number>
json json_of(const std::optional<Number>& number) {
  return number ? json(*number) : json();
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
    line["temperature"] = json_of(prompt.sampling.temperature);
  if (golden.contains("max_tokens"))
    line["max_tokens"] = json_of(prompt.sampling.max_tokens);
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

void compare(const Golden& golden, Protocol protocol, bool is_peers) {
  const std::vector<std::string> fields = fields_of(protocol, is_peers);
  int different = 0;
  for (const json& line : golden.lines) {
    const auto missing = std::ranges::find_if(
        fields, [&](const std::string& field) { return !line.contains(field); });
    ASSERT_EQ(missing, fields.end())
        << golden.file << ": " << line.value("id", "") << ": no " << *missing;
    if (line["fewshot_k"] != 0 || protocol.takes_shots())
      protocol.shots = line["fewshot_k"];
    const Prompt prompt =
        render(protocol, shots_of(line, protocol, golden.dev), question_of(line));
    bool same = true;
    const json ours = as_in_golden(prompt, line);
    for (const auto& [key, value] : ours.items()) {
      if (value == line[key]) continue;
      same = false;
      if (different < 3)
        ADD_FAILURE() << golden.file << ": " << line["id"] << ": " << key
                      << "\n  expected " << line[key] << "\n  rendered " << value;
    }
    if (!same) ++different;
  }
  EXPECT_FALSE(golden.lines.empty()) << golden.file;
  EXPECT_EQ(different, 0);
  std::cout << "golden " << golden.file << ": " << golden.lines.size()
            << " lines compared, " << different << " different\n";
}

class Prompts : public testing::TestWithParam<std::string> {};

TEST_P(Prompts, are_rendered_byte_for_byte) {
  const Protocol protocol = find_protocol(GetParam()).value();

  compare(own_prompts(GetParam()), protocol, false);
  if (shared_folder() && GetParam() != "proctor") {
    compare(peers_prompts(GetParam()), protocol, true);
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, Prompts, testing::ValuesIn(protocol_names()),
                         [](const auto& protocol) { return protocol.param; });

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
  const Golden golden = peers_prompts(file);
  for (const json& line : golden.lines) {
    protocol.shots = line.at("fewshot_k");
    const Prompt prompt =
        render(protocol, shots_of(line, protocol, golden.dev), question_of(line));
    const std::string& text =
        prompt.messages.empty() ? prompt.text : prompt.messages[0].content;
    const std::string theirs = line.at("prompt");
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

TEST(GoldenFiles, shots_stand_in_helms_order_for_every_subject) {
  if (!shared_folder()) GTEST_SKIP() << "no golden files: set PROCTOR_SHARED";
  std::ifstream in(*shared_folder() / "golden/helm_fewshot_order.json");
  const json orders = json::parse(in);

  int compared = 0;
  for (const auto& [subject, golden] : orders.items()) {
    const std::vector<Question> shots =
        dev_rows(*shared_folder() / "mmlu/csv/dev", subject);
    ++compared;
    EXPECT_EQ(json(shot_order(ShotOrder::helm, shots, 5)), golden["order"]) << subject;
  }

  EXPECT_EQ(compared, 57);
  std::cout << "golden helm_fewshot_order: " << compared << " subjects compared\n";
}

}  // namespace
}  // namespace proctor

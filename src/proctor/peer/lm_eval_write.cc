// The keys are those of lm-evaluation-harness 0.4.13.
#include <cmath>
#include <map>

#include "proctor/peer/exported.h"
#include "proctor/peer/json_file.h"
#include "proctor/peer/lm_eval.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;

// ---- Names ------------------------------------------------------------------------

// As sanitize_model_name has it: what no file's name may hold, a run of it at a time.
std::string folder_name(std::string_view model) {
  std::string name;
  bool was_replaced = false;
  for (const char c : model) {
    const bool is_bad = std::string_view("\"<>:/|\\?*[]").find(c) != std::string::npos;
    if (!is_bad) name += c;
    if (is_bad && !was_replaced) name += "__";
    was_replaced = is_bad;
  }
  const bool is_folder = name.empty() || name == "." || name == "..";
  return is_folder ? "model" : name;
}

std::string word_of(std::string_view text) {
  std::string word = ascii_lower(text);
  for (char& c : word) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!is_plain) c = '_';
  }
  return word;
}

// The group of tasks: "mmlu", "mmlu_pro", or what the data set is called.
std::string group_of(const std::string& dataset) {
  if (dataset == "cais/mmlu") return "mmlu";
  if (dataset == "TIGER-Lab/MMLU-Pro") return "mmlu_pro";
  return word_of(dataset.substr(dataset.rfind('/') + 1));
}

// As Python's isoformat() with "-" for ":": "2026-11-30T07-56-36.534858".
std::string date_id(WallTime time) {
  const auto fraction = (time - std::chrono::floor<std::chrono::seconds>(time)).count();
  return fmt::format("{}.{:06}", replace_all(iso_time(time).substr(0, 19), ":", "-"),
                     fraction);
}

// The filter of the tasks that reads as this reader does, or the reader's own name.
std::string filter_of(std::string_view reader) {
  for (const auto& [filter, ours] : lm_eval_filters)
    if (ours == reader) return std::string(filter);
  return std::string(reader);
}

// ---- A sample ---------------------------------------------------------------------

struct Way {
  bool scored = false;
  std::string metric, filter;

  std::string key() const { return metric + "," + filter; }
  std::string stderr_key() const { return metric + "_stderr," + filter; }
};

Way way_of(const ExportedRun& run) {
  if (run.was_scored()) return {true, "acc", "none"};
  return {false, "exact_match", filter_of(run.run.extract)};
}

// str() of a float, as the tracker writes likelihoods.
std::string python_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  return Json(value).dump();
}

Json doc_of(const ExportedReply& one) {
  const Question& question = one.question;
  return {{"question", question.text},
          {"subject", question.subject},
          {"choices", question.choices},
          {"answer", one.key()}};
}

// A chat's messages stand in a text, as in the harness's own samples of chat models.
std::string prompt_of(const ExportedReply& one) {
  const std::vector<SentTurn> turns = sent_turns(one.attempt.request);
  if (turns.size() == 1 && turns.front().role.empty()) return turns.front().words;
  Json messages = Json::array();
  for (const SentTurn& turn : turns) {
    messages.push_back(
        {{"role", turn.role.empty() ? "user" : turn.role}, {"content", turn.words}});
  }
  return turns.empty() ? "" : compact(messages);
}

Json arguments_of(const ExportedReply& one, const std::string& prompt, bool scored) {
  const auto body = Json::parse(one.attempt.request, nullptr, false);
  Json arguments = Json::object();
  if (!scored) {
    const Json& stop = member(body, "stop");
    arguments["gen_args_0"] = {
        {"arg_0", prompt},
        {"arg_1", {{"until", stop.is_array() ? stop : Json::array()}}}};
    return arguments;
  }
  const Json& continuations = member(body, "continuations");
  for (std::size_t i = 0; i < one.question.choices.size(); ++i) {
    const bool is_known = continuations.is_array() && i < continuations.size();
    arguments[fmt::format("gen_args_{}", i)] = {
        {"arg_0", prompt},
        {"arg_1", is_known ? continuations[i]
                           : Json(fmt::format(" {}", letter_of(static_cast<int>(i))))}};
  }
  return arguments;
}

// Whether a continuation would have been the greedy one is not known: None.
Json likelihoods_of(const ExportedReply& one) {
  Json all = Json::array();
  for (const char letter : labels_of(one.question.choices.size())) {
    std::string text = "None";
    if (one.has_reply()) {
      const auto& logprobs = one.attempt.outcome->logprobs;
      const auto found = logprobs.find(std::string(1, letter));
      text = found == logprobs.end() ? "-inf" : python_text(found->second);
    }
    all.push_back({text, "None"});
  }
  return all;
}

std::string filtered(const Answer& answer) {
  if (answer.text) return *answer.text;
  return answer.letter ? std::string(1, *answer.letter) : "[invalid]";
}

struct SampleLine {
  std::string line;
  std::string hashes;  // what the task's hash is made of
};

SampleLine sample_line(const ExportedReply& one, std::size_t number, const Way& way) {
  const Json doc = doc_of(one);
  const std::string target =
      way.scored ? fmt::format("{}", one.key()) : std::string(1, letter_of(one.key()));
  const std::string prompt = prompt_of(one);
  const std::string doc_hash =
      sha256_hex(doc.dump(2, ' ', false, Json::error_handler_t::replace));
  const std::string prompt_hash = sha256_hex(prompt);
  const std::string target_hash = sha256_hex(target);
  Json resps = Json::array(), answers = Json::array();
  if (way.scored) {
    answers = likelihoods_of(one);
    for (const Json& each : answers) resps.push_back(Json::array({each}));
  } else {
    resps.push_back({one.has_reply() ? one.attempt.outcome->text : "None"});
    answers.push_back(one.has_reply() ? filtered(one.answer) : "None");
  }
  const Json sample = {{"doc_id", number},
                       {"doc", doc},
                       {"target", target},
                       {"arguments", arguments_of(one, prompt, way.scored)},
                       {"resps", resps},
                       {"filtered_resps", answers},
                       {"filter", way.filter},
                       {"metrics", Json::array({way.metric})},
                       {"doc_hash", doc_hash},
                       {"prompt_hash", prompt_hash},
                       {"target_hash", target_hash},
                       {way.metric, one.is_right() ? 1.0 : 0.0}};
  return {compact(sample) + "\n", doc_hash + prompt_hash + target_hash};
}

// ---- The results ------------------------------------------------------------------

struct TaskOutput {
  std::string subject, samples, hashes;
  Count count;
};

Json number_or_na(const std::optional<double>& number) {
  return number ? Json(*number) : Json("N/A");
}

Json metrics_of(const std::string& name, const std::string& alias, const Way& way,
                const Count& count, const std::optional<double>& error) {
  return {{"name", name},
          {"alias", alias},
          {"sample_len", count.n},
          {way.key(), static_cast<double>(count.right) / static_cast<double>(count.n)},
          {way.stderr_key(), number_or_na(error)}};
}

Json config_of(const ExportedRun& run, const std::string& task, const Way& way) {
  const RunInfo& info = run.run.info;
  return {{"task", task},
          {"dataset_path", info.dataset},
          {"test_split", info.split},
          {"output_type", way.scored ? "multiple_choice" : "generate_until"},
          {"num_fewshot", shots_of(info.key).value_or(0)},
          {"metric_list", Json::array({{{"metric", way.metric},
                                        {"aggregation", "mean"},
                                        {"higher_is_better", true}}})},
          {"metadata",
           {{"version", 0}, {"protocol", info.protocol}, {"reader", run.run.extract}}}};
}

void add_model(const ExportedRun& run, Json& results) {
  const RunInfo& info = run.run.info;
  const std::string model = run.model();
  results["config"] = {{"model", info.key.provider},
                       {"model_args", fmt::format("model={}", info.key.model)},
                       {"batch_size", nullptr},
                       {"limit", nullptr},
                       {"gen_kwargs", nullptr}};
  results["git_hash"] = nullptr;
  results["date"] =
      std::chrono::duration<double>(run.created.time_since_epoch()).count();
  results["proctor"] = {{"run", run.run.id}, {"version", info.version}};
  results["model_source"] = info.key.provider;
  results["model_name"] = model;
  results["model_name_sanitized"] = folder_name(model);
  for (const char* const unknown : {"system_instruction", "fewshot_as_multiturn",
                                    "chat_template", "chat_template_sha"})
    results[unknown] = nullptr;
  results["total_evaluation_time_seconds"] = fmt::format("{}", run.run.seconds);
}

std::string results_json(const ExportedRun& run, const std::string& group,
                         const std::map<std::string, TaskOutput>& tasks,
                         const Way& way) {
  Json results = Json::object();
  for (const char* const key : {"results", "groups", "group_subtasks", "configs",
                                "versions", "n-shot", "higher_is_better", "n-samples"})
    results[key] = Json::object();
  Json hashes = Json::object(), names = Json::array();
  std::vector<Count> counts;
  Count all;
  for (const auto& [name, task] : tasks) {
    results["results"][name] =
        metrics_of(name, task.subject, way, task.count, standard_error(task.count));
    results["configs"][name] = config_of(run, name, way);
    results["versions"][name] = 0;
    results["n-shot"][name] = shots_of(run.run.info.key).value_or(0);
    results["higher_is_better"][name] = {{way.metric, true}};
    const auto missing = run.not_asked.find(task.subject);
    const std::int64_t others = missing == run.not_asked.end() ? 0 : missing->second;
    results["n-samples"][name] = {{"original", task.count.n + others},
                                  {"effective", task.count.n}};
    hashes[name] = sha256_hex(task.hashes);
    names.push_back(name);
    counts.push_back(task.count);
    all.right += task.count.right;
    all.n += task.count.n;
  }
  const Json of_group = metrics_of(group, group, way, all, pooled_error(counts));
  results["results"][group] = of_group;
  results["groups"][group] = of_group;
  results["group_subtasks"][group] = names;
  results["task_hashes"] = hashes;
  add_model(run, results);
  return results.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::vector<FileContent> lm_eval_files(const ExportedRun& run) {
  const Way way = way_of(run);
  const std::string group = group_of(run.run.info.dataset);
  std::map<std::string, TaskOutput> tasks;
  std::map<std::string, std::string> names;  // by subject: two may be written alike
  std::set<std::string> taken = {group};
  for (const ExportedReply& one : run.replies) {
    const std::string& subject = one.question.subject;
    std::string& name = names[subject];
    if (name.empty()) name = unused_name(group + "_" + word_of(subject), taken);
    TaskOutput& task = tasks[name];
    task.subject = subject;
    const auto number = static_cast<std::size_t>(one.question.index);
    const SampleLine sample = sample_line(one, number, way);
    task.samples += sample.line;
    task.hashes += sample.hashes;
    task.count.right += one.is_right() ? 1 : 0;
    ++task.count.n;
  }
  const std::string folder = folder_name(run.model()) + "/";
  const std::string date = date_id(run.updated);
  std::vector<FileContent> files = {{fmt::format("{}results_{}.json", folder, date),
                                     results_json(run, group, tasks, way)}};
  for (auto& [name, task] : tasks) {
    files.push_back({fmt::format("{}samples_{}_{}.jsonl", folder, name, date),
                     std::move(task.samples)});
  }
  return files;
}

}  // namespace proctor

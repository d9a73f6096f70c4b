#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "proctor/answer/answer.h"
#include "proctor/peer/json_file.h"
#include "proctor/peer/lm_eval.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// ---- A sample ---------------------------------------------------------------------

// Which of Proctor's readers is the rule that has that name among the tasks' filters.
constexpr std::pair<std::string_view, std::string_view> filters[] = {
    {"none", "first-letter"},  // of letters that were scored
    {"get_response", "lm_eval_generative"},
    {"strict-match", "lm_eval_strict"},
    {"flexible-extract", "lm_eval_flexible"},
    {"get-answer", "lm_eval_flan_cot_fewshot"},
    {"strict_match", "lm_eval_llama"},
    {"custom-extract", "lm_eval_mmlu_pro"},
};

// The first that the file names, and then the others, since a task of somebody's own
// may call its rule otherwise.
std::vector<std::string> readers_for(const std::string& filter) {
  std::vector<std::string> names;
  for (const auto& [name, reader] : filters) {
    const auto at = name == filter ? names.begin() : names.end();
    names.emplace(at, reader);
  }
  // Proctor's own exports name its reader.
  if (find_reader(filter)) names.insert(names.begin(), filter);
  return names;
}

struct Sample {
  PeerReply reply;
  std::int64_t doc_id = 0;
  std::string filter, metric;
  bool was_scored = false, has_letters = false;
  std::size_t repeats = 1;
};

// A number, or the text of one: the tracker writes str() of what is in resps.
std::optional<double> value_of(const Json& json) {
  if (json.is_number()) return json.get<double>();
  if (!json.is_string()) return std::nullopt;
  const std::string text = ascii_lower(json.get<std::string>());
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (text == "-inf") return -infinity;
  if (text == "inf") return infinity;
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

// The choice that "2", 2, "C", "(C)" or " C" names.
std::optional<int> choice_named(const Json& json, std::size_t choices) {
  if (json.is_number_integer()) {
    const auto at = json.get<std::int64_t>();
    return at >= 0 && at < std::ssize(labels_of(choices))
               ? std::optional(static_cast<int>(at))
               : std::nullopt;
  }
  if (!json.is_string()) return std::nullopt;
  const auto text = json.get<std::string>();
  const std::string_view bare = trimmed(text, " ()");
  if (bare.size() != 1) return std::nullopt;
  if (bare[0] >= '0' && bare[0] <= '9') return choice_named(bare[0] - '0', choices);
  const std::size_t at = labels_of(choices).find(bare);
  return at == std::string::npos ? std::nullopt : std::optional(static_cast<int>(at));
}

Result<Question> question_of(const Json& doc, const Json& target) {
  Question question;
  question.subject = word_in(doc, "subject");
  if (question.subject.empty()) question.subject = word_in(doc, "category");
  question.text = TRY(text_in(doc, "question"));
  question.choices =
      TRY(texts_in(doc, doc.contains("options") ? "options" : "choices"));
  if (question.choices.empty() || question.choices.size() > 26) {
    return fail(Fault::data, "choices: found {}, expected 1 to 26",
                question.choices.size());
  }
  question.worked = word_in(doc, "cot_content");
  question.id = word_in(doc, "question_id");
  std::optional<int> right;
  for (const Json* const said : {&member(doc, "answer"), &member(doc, "answer_index"),
                                 static_cast<const Json*>(&target)}) {
    if (!right) right = choice_named(*said, question.choices.size());
  }
  if (!right) {
    return fail(Fault::data, "target: found {}, expected one of {} choices",
                fit(for_terminal_line(compact(target)), 40), question.choices.size());
  }
  question.right = *right;
  return question;
}

// The arguments of each request: {"gen_args_0": {"arg_0": …, "arg_1": …}}, before that
// form [[…, …]].
std::vector<std::vector<Json>> arguments_of(const Json& sample) {
  std::vector<std::vector<Json>> all;
  for (const Json& request : member(sample, "arguments")) {
    auto& arguments = all.emplace_back();
    for (const Json& argument : request) arguments.push_back(argument);
  }
  return all;
}

// As a backend keeps what it sent. A chat's messages stand in a text.
std::string sent_by(const std::vector<std::vector<Json>>& requests) {
  if (requests.empty() || requests.front().empty()) return {};
  Json prompt = requests.front().front();
  if (prompt.is_array() && prompt.size() == 1) prompt = Json(prompt.front());
  Json sent = Json::object();
  if (prompt.is_string() && prompt.get<std::string>().starts_with("[{")) {
    const auto messages = json_of(prompt.get<std::string>());
    if (messages) sent["messages"] = *messages;
  }
  if (sent.empty()) sent["prompt"] = prompt;
  Json continuations = Json::array();
  for (const auto& arguments : requests) {
    if (arguments.size() > 1 && arguments[1].is_string())
      continuations.push_back(arguments[1]);
  }
  if (!continuations.empty()) sent["continuations"] = continuations;
  if (requests.front().size() > 1 && member(requests.front()[1], "until").is_array())
    sent["stop"] = member(requests.front()[1], "until");
  return compact(sent);
}

// The likeliest of what was scored, the first of equals, as numpy's argmax has it.
Result<Reply> scored_reply(const Json& resps, const Question& question) {
  if (resps.size() < question.choices.size()) {
    return fail(Fault::data, "resps: found {} likelihoods, expected {}", resps.size(),
                question.choices.size());
  }
  Reply reply{.finish_reason = "scored"};
  double most = 0;
  for (std::size_t i = 0; i < question.choices.size(); ++i) {
    const Json& first =
        resps[i].is_array() && !resps[i].empty() ? resps[i][0] : resps[i];
    if (first.is_array() && !first.empty() && first[0] == "None")
      return fail(Fault::rejected, "the file has no reply to it");
    const auto value =
        first.is_array() && !first.empty() ? value_of(first[0]) : std::nullopt;
    if (!value) {
      return fail(Fault::data, "resps: found {}, expected a likelihood",
                  fit(for_terminal_line(compact(resps[i])), 40));
    }
    const std::string letter(1, letter_of(static_cast<int>(i)));
    reply.logprobs[letter] = *value;
    if (i == 0 || *value > most) {
      most = *value;
      reply.text = letter;
    }
  }
  return reply;
}

// "None" is how the tracker writes that there was none.
Result<Reply> written_reply(const Json& resps) {
  const Json* text = &resps;
  while (text->is_array() && !text->empty()) text = &text->front();
  if (!text->is_string() || *text == "None")
    return fail(Fault::rejected, "the file has no reply to it");
  return Reply{.text = text->get<std::string>()};
}

Result<Sample> sample_of(const Json& json) {
  Sample sample;
  const Json& doc = member(json, "doc");
  if (!doc.is_object() || !member(json, "resps").is_array()) {
    return fail(Fault::data,
                "expected a sample of lm-evaluation-harness, with doc and resps");
  }
  sample.reply.question = TRY(question_of(doc, member(json, "target")));
  const auto number = number_in(json, "doc_id");
  sample.doc_id = number ? static_cast<std::int64_t>(*number) : 0;
  sample.filter = word_in(json, "filter");
  if (sample.filter.empty()) sample.filter = "none";

  const auto requests = arguments_of(json);
  sample.was_scored = std::ranges::any_of(requests, [](const auto& arguments) {
    return arguments.size() > 1 && arguments[1].is_string();
  });
  sample.has_letters =
      sample.was_scored && requests[0][1].get<std::string>().size() <= 3;
  Attempt& attempt = sample.reply.attempt;
  attempt.request = sent_by(requests);
  const Json& resps = member(json, "resps");
  if (sample.was_scored) {
    attempt.outcome = scored_reply(resps, sample.reply.question);
    if (!attempt.outcome && attempt.outcome.error().fault == Fault::data)
      return tl::unexpected(attempt.outcome.error());
  } else {
    attempt.outcome = written_reply(resps);
    if (!resps.empty() && resps[0].is_array()) sample.repeats = resps[0].size();
  }

  sample.metric = json.contains("acc") ? "acc" : "exact_match";
  const Json& mark = member(json, sample.metric);
  if (!mark.is_number() && !mark.is_boolean())
    return fail(Fault::data, "acc, exact_match: missing, expected one of them");
  sample.reply.counted_right = mark.is_boolean() ? mark.get<bool>() : mark == 1.0;
  Json rest = json;
  for (const char* const known : {"doc", "arguments", "resps"}) rest.erase(known);
  attempt.response = compact(rest);
  return sample;
}

// ---- A file -----------------------------------------------------------------------

// Of a task: the samples of the first filter, by document. A file has as many lines of
// a document as the task has filters.
struct Task {
  std::string name;
  std::vector<Sample> samples;
  std::vector<std::string> other_filters;
  bool has_repeats = false;
};

void add(Task& task, Sample sample) {
  task.has_repeats = task.has_repeats || sample.repeats > 1;
  if (task.samples.empty() || task.samples.front().filter == sample.filter) {
    task.samples.push_back(std::move(sample));
  } else if (std::ranges::find(task.other_filters, sample.filter) ==
             task.other_filters.end()) {
    task.other_filters.push_back(sample.filter);
  }
}

std::string task_named(const fs::path& file, const std::string& date) {
  std::string name = file.stem().string();
  if (!date.empty()) name.resize(name.size() - date.size() - 1);
  constexpr std::string_view beginning = "samples_";
  return name.starts_with(beginning) ? name.substr(beginning.size()) : name;
}

Result<Task> read_task(const fs::path& file, const std::string& date, Sha256& digest) {
  Task task{.name = task_named(file, date)};
  const std::string content = TRY(read_file(file));
  digest.add_field(content);
  std::string_view rest = content;
  for (int number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty()) continue;
    const std::string place = fmt::format("line {}", number);
    const Json json = TRY(json_of(line).in(place));
    add(task, TRY(sample_of(json).in(place)));
  }
  if (task.samples.empty()) return fail(Fault::data, "found no samples in it");
  std::ranges::stable_sort(task.samples, {}, &Sample::doc_id);
  return task;
}

// ---- A run ------------------------------------------------------------------------

// "acme__fake-7b", as the tracker names the folder of "acme/fake-7b".
std::string model_of_folder(const fs::path& folder) {
  std::error_code error;
  const fs::path whole = fs::absolute(folder.empty() ? "." : folder, error);
  return replace_all(whole.lexically_normal().filename().string(), "__", "/");
}

std::string shared_name(const std::vector<Task>& tasks) {
  std::string_view shared = tasks.front().name;
  for (const Task& task : tasks)
    shared = shared.substr(
        0, static_cast<std::size_t>(std::ranges::mismatch(shared, task.name).in1 -
                                    shared.begin()));
  const std::string_view name = trimmed(shared, "_");
  return std::string(name.empty() ? "lm-eval" : name);
}

// Of all tasks, or nothing where they differ.
std::optional<std::int64_t> shots_in(const Json& results,
                                     const std::vector<Task>& tasks) {
  std::optional<std::int64_t> shots;
  for (const Task& task : tasks) {
    const auto here = number_in(member(results, "n-shot"), task.name);
    if (!here || (shots && *shots != static_cast<std::int64_t>(*here)))
      return std::nullopt;
    shots = static_cast<std::int64_t>(*here);
  }
  return shots;
}

// Whether the samples have the score that stands in the results.
void check_score(const Json& results, const Task& task, PeerRun& run) {
  const Sample& first = task.samples.front();
  const std::string key = first.metric + "," + first.filter;
  const auto said = number_in(member(member(results, "results"), task.name), key);
  if (!said) return;
  const auto right = std::ranges::count_if(
      task.samples, [](const Sample& one) { return one.reply.counted_right; });
  const double counted =
      static_cast<double>(right) / static_cast<double>(task.samples.size());
  if (std::abs(counted - *said) < 1e-12) return;
  run.left_out.push_back(
      fmt::format("the results say {} of {} in {}, and its samples have {}", *said, key,
                  task.name, counted));
}

void read_results(const Json& results, const std::vector<Task>& tasks, PeerRun& run) {
  const std::string model = word_in(results, "model_name");
  if (!model.empty()) run.model = model;
  const Json& config = member(member(results, "configs"), tasks.front().name);
  const std::string dataset = word_in(config, "dataset_path");
  if (dataset.find('/') != std::string::npos) run.dataset = dataset;
  for (const char* const split : {"validation_split", "test_split"})
    if (!word_in(config, split).empty()) run.split = word_in(config, split);
  run.shots = shots_in(results, tasks);
  for (const Task& task : tasks) check_score(results, task, run);
}

void say_what_is_left_out(const std::vector<Task>& tasks, PeerRun& run) {
  const Task& first = tasks.front();
  if (!first.other_filters.empty()) {
    run.left_out.push_back(
        fmt::format("the answers are those of the filter {}; the files have those of "
                    "{}, too: proctor rescore reads the replies by another rule",
                    first.samples.front().filter, join(first.other_filters, ", ")));
  }
  if (std::ranges::any_of(tasks, &Task::has_repeats)) {
    run.left_out.emplace_back(
        "there are several replies to a question: the first alone is taken");
  }
}

PeerReply reply_of(Sample sample, const Task& task, const std::string& split) {
  Question& question = sample.reply.question;
  if (question.subject.empty()) question.subject = task.name;
  if (question.id.empty())
    question.id = fmt::format("{}/{}/{}", question.subject, split, sample.doc_id);
  return std::move(sample.reply);
}

}  // namespace

Result<PeerRun> read_lm_eval(const LmEvalFiles& files) {
  std::vector<Task> tasks;
  Sha256 digest;
  PeerRun run{.harness = "lm-evaluation-harness",
              .model = model_of_folder(files.folder),
              .split = "test",
              .aggregation = "lm_eval"};
  for (const fs::path& file : files.samples) {
    tasks.push_back(TRY(read_task(file, files.date, digest).in(file.string())));
    run.files.push_back(file.filename().string());
  }
  run.digest = digest.hex();
  run.dataset = shared_name(tasks);
  const Sample& first = tasks.front().samples.front();
  run.readers = readers_for(first.filter);
  if (first.was_scored) run.scoring = first.has_letters ? "letters" : "choices";
  say_what_is_left_out(tasks, run);
  std::error_code error;
  const fs::path results = files.results();
  if (!files.date.empty() && fs::exists(results, error)) {
    const std::string content = TRY(read_file(results));
    read_results(TRY(json_of(content).in(results.string())), tasks, run);
  }
  for (Task& task : tasks) {
    for (Sample& sample : task.samples)
      run.replies.push_back(reply_of(std::move(sample), task, run.split));
  }
  return run;
}

}  // namespace proctor

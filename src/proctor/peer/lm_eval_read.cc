#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "proctor/answer/answer.h"
#include "proctor/peer/json_file.h"
#include "proctor/peer/lm_eval.h"
#include "proctor/peer/lm_eval_sample.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// ---- Its rule ---------------------------------------------------------------------

// The first that the file names, and then the others, since a task of somebody's own
// may call its rule otherwise. Without a filter a reply is its letter.
std::vector<std::string> readers_for(const std::string& filter) {
  std::vector<std::string> names = {"first-letter"};
  for (const auto& [name, reader] : lm_eval_filters) {
    const auto at = name == filter ? names.begin() : names.end();
    names.emplace(at, reader);
  }
  // Proctor's own exports name its reader.
  if (find_reader(filter)) names.insert(names.begin(), filter);
  return names;
}

// ---- A file -----------------------------------------------------------------------

// Of a task: the samples of the first filter, by document. A file has as many lines of
// a document as the task has filters.
struct Task {
  std::string name;
  std::vector<Sample> samples;
  std::vector<std::string> other_filters;
  // Of each document and filter the digest of its line.
  std::map<std::pair<std::int64_t, std::string>, std::string> seen;
  std::int64_t again = 0;  // lines that repeat one of the file

  std::string_view scoring() const {
    if (!samples.front().was_scored) return "generate";
    return std::ranges::all_of(samples, &Sample::may_be_letters) ? "letters"
                                                                 : "choices";
  }
  std::int64_t right() const {
    return std::ranges::count_if(
        samples, [](const Sample& one) { return one.reply.counted_right; });
  }
};

// False where the same line was there.
Result<bool> is_new(Task& task, const Sample& sample, const std::string& digest) {
  const auto [found, is_first] =
      task.seen.try_emplace({sample.doc_id, sample.filter}, digest);
  if (is_first || found->second == digest) return is_first;
  return fail(Fault::data,
              "doc_id: found {} a second time for the filter {}, with another content; "
              "a question has one sample",
              sample.doc_id, fit(for_terminal_line(sample.filter), 40));
}

Status add(Task& task, Sample sample, const std::string& digest) {
  if (!TRY(is_new(task, sample, digest))) {
    ++task.again;
    return {};
  }
  if (task.samples.empty() || task.samples.front().filter == sample.filter) {
    task.samples.push_back(std::move(sample));
  } else if (std::ranges::find(task.other_filters, sample.filter) ==
             task.other_filters.end()) {
    task.other_filters.push_back(sample.filter);
  }
  return {};
}

std::string task_named(const fs::path& file, const std::string& date) {
  std::string name = file.stem().string();
  if (!date.empty()) name.resize(name.size() - date.size() - 1);
  constexpr std::string_view beginning = "samples_";
  return name.starts_with(beginning) ? name.substr(beginning.size()) : name;
}

Result<Task> read_task(std::string name, const std::string& content) {
  Task task{.name = std::move(name)};
  const auto see = [&](std::string_view line) -> Status {
    const Json json = TRY(json_of(line));
    return add(task, TRY(sample_of(json)), sha256_hex(compact(json)));
  };
  TRY(each_line(content, see));
  if (task.samples.empty()) return fail(Fault::data, "found no samples in it");
  std::ranges::stable_sort(task.samples, {}, &Sample::doc_id);
  return task;
}

// ---- A run ------------------------------------------------------------------------

// One run has one way of scoring and one rule.
Status check_kinds(const std::vector<Task>& tasks) {
  const Task& first = tasks.front();
  const Sample& model = first.samples.front();
  for (const Task& task : tasks) {
    const bool is_alike =
        task.scoring() == first.scoring() &&
        std::ranges::all_of(task.samples, [&](const Sample& one) {
          return one.was_scored == model.was_scored && one.filter == model.filter;
        });
    if (is_alike) continue;
    return fail(Fault::data, "samples of two kinds ({}, {}): import them apart",
                for_terminal_line(first.name), for_terminal_line(task.name));
  }
  return {};
}

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
  constexpr double most = 1e6;
  std::optional<double> shots;
  for (const Task& task : tasks) {
    const auto here = number_in(member(results, "n-shot"), task.name);
    if (!here || (shots && *shots != *here)) return std::nullopt;
    shots = here;
  }
  if (!shots || !(*shots >= 0 && *shots <= most)) return std::nullopt;
  return static_cast<std::int64_t>(*shots);
}

// ---- What the results say ---------------------------------------------------------

bool is_near(double one, double other) {
  return std::abs(one - other) < 1e-9;
}

void say_score(double said, const std::string& key, std::string_view name,
               double counted, PeerRun& run) {
  run.left_out.push_back(
      fmt::format("the results say {} of {} in {}, and its samples have {}", said, key,
                  for_terminal_line(name), counted));
}

// Whether the samples have the score that stands in the results.
void check_score(const Json& results, const Task& task, PeerRun& run) {
  const Sample& first = task.samples.front();
  const std::string key = first.metric + "," + first.filter;
  const auto said = number_in(member(member(results, "results"), task.name), key);
  const double counted =
      static_cast<double>(task.right()) / static_cast<double>(task.samples.size());
  if (said && !is_near(counted, *said)) say_score(*said, key, task.name, counted, run);
}

// The tasks of a group that have samples; a group may hold groups.
std::set<const Task*> tasks_of(const Json& groups, const std::string& group,
                               const std::vector<Task>& tasks) {
  std::set<const Task*> found;
  std::set<std::string> seen = {group};
  std::vector<std::string> open = {group};
  while (!open.empty()) {
    const std::string here = std::move(open.back());
    open.pop_back();
    for (const Json& name : member(groups, here)) {
      if (!name.is_string()) continue;
      const auto task = std::ranges::find(tasks, name.get<std::string>(), &Task::name);
      if (task != tasks.end()) {
        found.insert(&*task);
      } else if (seen.insert(name.get<std::string>()).second) {
        open.push_back(name.get<std::string>());
      }
    }
  }
  return found;
}

// A group's score is the mean over its questions, or that over its tasks.
void check_group(const Json& results, const std::string& group,
                 const std::vector<Task>& tasks, PeerRun& run) {
  const Sample& first = tasks.front().samples.front();
  const std::string key = first.metric + "," + first.filter;
  const auto said = number_in(member(member(results, "results"), group), key);
  const auto found = tasks_of(member(results, "group_subtasks"), group, tasks);
  if (!said || found.empty()) return;
  double right = 0, n = 0, shares = 0;
  for (const Task* const task : found) {
    const auto of_task = static_cast<double>(task->samples.size());
    right += static_cast<double>(task->right());
    n += of_task;
    shares += static_cast<double>(task->right()) / of_task;
  }
  const double by_task = shares / static_cast<double>(found.size());
  if (!is_near(right / n, *said) && !is_near(by_task, *said))
    say_score(*said, key, group, right / n, run);
}

// Whether every task and question that was asked has its samples.
void check_counts(const Json& results, const std::vector<Task>& tasks, PeerRun& run) {
  const Json& said = member(results, "n-samples");
  if (!said.is_object()) return;
  std::vector<std::string> missing;
  for (const auto& [name, counts] : said.items()) {
    const auto task = std::ranges::find(tasks, name, &Task::name);
    if (task == tasks.end()) {
      missing.push_back(for_terminal_line(name));
      continue;
    }
    const auto effective = number_in(counts, "effective");
    const auto n = static_cast<double>(task->samples.size());
    if (effective && *effective != n) {
      run.left_out.push_back(
          fmt::format("the results say {} questions of {}, and its samples have {}",
                      *effective, for_terminal_line(name), n));
    }
  }
  if (missing.empty()) return;
  run.left_out.push_back(fmt::format(
      "{} of {} tasks of the results have no samples here, and are not in the run: {}",
      missing.size(), said.size(), fit(join(missing, ", "), 200)));
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
  for (const auto& [group, of_it] : member(results, "group_subtasks").items())
    check_group(results, group, tasks, run);
  check_counts(results, tasks, run);
}

// ---- What is said of it -----------------------------------------------------------

template <class Is>
std::int64_t count_of(const std::vector<Task>& tasks, Is is) {
  std::int64_t n = 0;
  for (const Task& task : tasks) n += std::ranges::count_if(task.samples, is);
  return n;
}

void say_what_is_left_out(const std::vector<Task>& tasks, PeerRun& run) {
  const Task& first = tasks.front();
  if (!first.other_filters.empty()) {
    run.left_out.push_back(
        fmt::format("the answers are those of the filter {}; the files have those of "
                    "{}, too: proctor rescore reads the replies by another rule",
                    first.samples.front().filter, join(first.other_filters, ", ")));
  }
  if (count_of(tasks, [](const Sample& one) { return one.repeats > 1; }) > 0) {
    run.left_out.emplace_back(
        "there are several replies to a question: the first alone is taken");
  }
  std::int64_t again = 0;
  for (const Task& task : tasks) again += task.again;
  if (again > 0) {
    run.left_out.push_back(
        fmt::format("{} samples repeat one of the file, word for word: left out",
                    with_thousands(again)));
  }
  if (const auto n = count_of(tasks, &Sample::is_key_contradicted); n > 0) {
    run.left_out.push_back(
        fmt::format("in {} questions the document's answer is another than the target, "
                    "which is taken",
                    with_thousands(n)));
  }
  if (const auto n = count_of(tasks, &Sample::has_no_letter); n > 0) {
    run.left_out.push_back(fmt::format(
        "in {} questions no letter has a finite likelihood: they are unread",
        with_thousands(n)));
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
    const std::string content = TRY(read_file(file));
    digest.add_field(content);
    tasks.push_back(
        TRY(read_task(task_named(file, files.date), content).in(file.string())));
    run.files.push_back(file.filename().string());
  }
  run.digest = digest.hex();
  run.dataset = shared_name(tasks);
  TRY(check_kinds(tasks));
  const Sample& first = tasks.front().samples.front();
  // What was scored has its letter for its text, and no other rule is of use.
  run.readers = first.was_scored ? std::vector<std::string>{"first-letter"}
                                 : readers_for(first.filter);
  run.scoring = tasks.front().scoring();
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

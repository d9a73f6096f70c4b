#include "proctor/peer/mmlu_pro.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <span>

#include "proctor/answer/answer.h"
#include "proctor/peer/json_file.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;

// The reply's text has had two names.
constexpr std::string_view reply_names[] = {"model_outputs", "generated_text"};

bool is_entry(const Json& json) {
  return json.is_object() && json.contains("question") && json.contains("options") &&
         json.contains("pred");
}

Attempt attempt_of(const Json& entry) {
  Attempt attempt;
  Json rest = entry;
  for (const char* const known :
       {"question", "options", "answer", "answer_index", "category", "cot_content"})
    rest.erase(known);
  attempt.outcome = fail(Fault::rejected, "the file has no reply to it");
  for (const std::string_view name : reply_names) {
    const Json& text = member(entry, name);
    if (!text.is_string()) continue;
    attempt.outcome = Reply{.text = text.get<std::string>()};
    rest.erase(std::string(name));
    break;
  }
  attempt.response = compact(rest);
  return attempt;
}

Result<PeerReply> reply_of(const Json& entry) {
  PeerReply reply;
  Question& question = reply.question;
  question.id = word_in(entry, "question_id");
  question.subject = TRY(text_in(entry, "category"));
  question.text = TRY(text_in(entry, "question"));
  question.choices = TRY(texts_in(entry, "options"));
  question.worked = word_in(entry, "cot_content");
  const std::string key = TRY(text_in(entry, "answer"));
  const std::string labels =
      labels_of(std::min<std::size_t>(question.choices.size(), 26));
  const std::size_t right = key.size() == 1 ? labels.find(key) : std::string::npos;
  if (right == std::string::npos || question.choices.size() > labels.size()) {
    return fail(Fault::data, "answer: found {}, expected a letter of {} options",
                fit(for_terminal_line(key), 40), question.choices.size());
  }
  question.right = static_cast<int>(right);
  reply.attempt = attempt_of(entry);
  reply.counted_right = member(entry, "pred") == key;
  return reply;
}

bool is_key_contradicted(const Json& entry, const Question& question) {
  const auto index = number_in(entry, "answer_index");
  return index && *index != question.right;
}

// "model_outputs_gemini-1.5-flash-002_5shots.json" has both.
void read_name(const std::string& name, PeerRun& run) {
  std::string_view rest = name;
  for (const std::string_view ending : {".zip", ".json"})
    if (rest.ends_with(ending)) rest.remove_suffix(ending.size());
  constexpr std::string_view beginning = "model_outputs_";
  if (rest.starts_with(beginning)) rest.remove_prefix(beginning.size());
  const std::size_t at = rest.rfind('_');
  if (at != std::string_view::npos && rest.ends_with("shots")) {
    const char* const first = rest.data() + at + 1;
    std::int64_t shots = 0;
    const auto [stop, error] = std::from_chars(first, rest.data() + rest.size(), shots);
    if (error == std::errc() && std::string_view(stop).starts_with("shots")) {
      run.shots = shots;
      rest = rest.substr(0, at);
    }
  }
  run.model = rest;
}

}  // namespace

bool is_mmlu_pro(const Json& json) {
  return json.is_array() && std::ranges::any_of(json, is_entry);
}

Result<PeerRun> read_mmlu_pro(const Json& json, const std::string& name) {
  PeerRun run{
      .harness = "MMLU-Pro",
      .dataset = "TIGER-Lab/MMLU-Pro",
      .split = "test",
      .aggregation = "mmlu_pro",
      .readers = {"mmlu_pro_cascade", "mmlu_pro_first_rule", "mmlu_pro_cascade_api"}};
  read_name(name, run);
  // Proctor's own exports name its reader.
  for (const Json& entry : json) {
    const std::string reader = word_in(entry, "reader");
    if (find_reader(reader)) run.readers.insert(run.readers.begin(), reader);
    if (entry.is_object()) break;
  }
  std::map<std::string, std::set<std::string>> seen;  // by id the questions
  std::int64_t others = 0, again = 0, alike = 0, contradicted = 0;
  for (std::size_t i = 0; i < json.size(); ++i) {
    // Files that were joined with a summary hold its keys among the entries.
    if (!json[i].is_object()) {
      ++others;
      continue;
    }
    PeerReply reply = TRY(reply_of(json[i]).in(fmt::format("entry {}", i + 1)));
    if (!reply.question.id.empty()) {
      auto& questions = seen[reply.question.id];
      const bool is_first = questions.empty();
      if (!questions.insert(digest_of(std::span(&reply.question, 1))).second) {
        ++again;
        continue;
      }
      alike += is_first ? 0 : 1;
    }
    contradicted += is_key_contradicted(json[i], reply.question) ? 1 : 0;
    run.replies.push_back(std::move(reply));
  }
  const std::string all = with_thousands(static_cast<std::int64_t>(json.size()));
  if (others > 0) {
    run.left_out.push_back(fmt::format("{} of {} entries are no objects: left out",
                                       with_thousands(others), all));
  }
  if (again > 0) {
    run.left_out.push_back(
        fmt::format("{} of {} entries repeat a question of the file: left out",
                    with_thousands(again), all));
  }
  if (alike > 0) {
    run.left_out.push_back(
        fmt::format("{} of {} entries have the question_id of another question: both "
                    "are taken",
                    with_thousands(alike), all));
  }
  if (contradicted > 0) {
    run.left_out.push_back(
        fmt::format("in {} entries answer_index is another than answer, which is taken",
                    with_thousands(contradicted)));
  }
  return run;
}

}  // namespace proctor

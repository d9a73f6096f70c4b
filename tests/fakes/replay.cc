#include "replay.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace proctor::fakes {

namespace {

struct Recorded {
  AnswerKey::Question question;
  std::string reply;
};

Result<Recorded> read_recorded(std::string_view text) {
  const auto wanted = fail(
      Fault::data,
      "expected an object such as {{\"question\": \"...\", \"choices\": [\"...\"], "
      "\"reply\": \"B\"}}");
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return wanted;
  const auto is_text = [](const nlohmann::json& value) { return value.is_string(); };
  const auto question = json.find("question"), choices = json.find("choices"),
             reply = json.find("reply"), subject = json.find("subject");
  const bool fits = question != json.end() && is_text(*question) &&
                    choices != json.end() && choices->is_array() &&
                    std::ranges::all_of(*choices, is_text) && reply != json.end() &&
                    is_text(*reply) && (subject == json.end() || is_text(*subject));
  if (!fits) return wanted;
  Recorded recorded{.reply = *reply};
  recorded.question.text = python_strip(question->get<std::string>());
  if (subject != json.end()) recorded.question.subject = *subject;
  for (const auto& choice : *choices)
    recorded.question.choices.emplace_back(python_strip(choice.get<std::string>()));
  return recorded;
}

}  // namespace

Status Replay::add(const std::filesystem::path& path) {
  const std::string text = TRY(read_file(path).in("--replies"));
  std::size_t number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    if (python_strip(line).empty()) continue;
    Recorded recorded = TRY(read_recorded(line).in(
        fmt::format("--replies {}: line {}", path.string(), number)));
    recorded.question.row = replies_.size();
    key_.add(std::move(recorded.question));
    replies_.push_back(std::move(recorded.reply));
  }
  return {};
}

void Replay::close() {
  key_.close();
  // The key is sorted by text; those alike keep the order of their lines.
  for (const AnswerKey::Question& question : key_.questions())
    queues_[question.first].replies.push_back(std::move(replies_[question.row]));
  replies_.clear();
}

std::optional<std::string> Replay::next(std::string_view prompt) {
  const AnswerKey::Question* const question = key_.find(prompt);
  if (question == nullptr) return std::nullopt;
  Queue& queue = queues_.at(question->first);
  return queue.replies[queue.used++ % queue.replies.size()];
}

void Replay::reset() {
  for (auto& [question, queue] : queues_) queue.used = 0;
}

}  // namespace proctor::fakes

#include "proctor/dataset/correction.h"

#include <algorithm>
#include <charconv>

namespace proctor {
namespace {

std::optional<int> named_choice(const Question& question, std::string_view name) {
  name = trimmed(name, " \t\r\n().");
  const auto count = static_cast<int>(question.choices.size());
  int index = -1;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, index);
  if (error != std::errc{} || stop != end) index = -1;
  if (name.size() == 1 && name[0] >= 'A' && name[0] <= 'Z') index = name[0] - 'A';
  if (index >= 0 && index < count) return index;
  const auto found = std::ranges::find(question.choices, name);
  if (found == question.choices.end()) return std::nullopt;
  return static_cast<int>(found - question.choices.begin());
}

// All of them, ascending, or none.
std::vector<int> named_choices(const Question& question, std::string_view names) {
  std::string list(trimmed(names, " \t\r\n()[]"));
  for (const std::string_view between : {" and ", " or ", "&", ";", "/"}) {
    list = replace_all(std::move(list), between, ",");
  }
  std::vector<int> choices;
  for (const std::string& name : split(list, ',')) {
    if (trimmed(name).empty()) continue;
    const auto choice = named_choice(question, name);
    if (!choice) return {};
    choices.push_back(*choice);
  }
  std::ranges::sort(choices);
  choices.erase(std::unique(choices.begin(), choices.end()), choices.end());
  return choices;
}

}  // namespace

void correct(Question& question, std::string_view error_type,
             std::string_view correction) {
  question.flaw = error_type.empty() ? "not labelled" : trimmed(error_type);
  const std::string_view text = trimmed(correction);
  if (text.empty()) return;
  if (question.flaw == "no_correct_answer") {
    question.choices[static_cast<std::size_t>(question.right)] = text;
  } else if (question.flaw == "wrong_groundtruth") {
    question.right = named_choice(question, text).value_or(question.right);
  } else if (question.flaw == "multiple_correct_answers") {
    const std::vector<int> keys = named_choices(question, text);
    if (keys.empty()) return;
    question.right = keys.front();
    question.also_right.assign(keys.begin() + 1, keys.end());
  }
}

}  // namespace proctor

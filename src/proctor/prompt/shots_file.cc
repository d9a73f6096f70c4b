#include <array>

#include <nlohmann/json.hpp>

#include "proctor/prompt/prompt.h"

namespace proctor {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_choices = 26;  // as many as there are letters

std::string text_at(const Json& row, std::string_view key) {
  const auto found = row.find(key);
  return found != row.end() && found->is_string() ? found->get<std::string>() : "";
}

// "B", 1, or "1".
std::optional<std::int64_t> answer_of(const Json& row) {
  const auto found = row.find("answer");
  if (found == row.end()) return std::nullopt;
  if (found->is_number_integer()) return found->get<std::int64_t>();
  const std::string text = text_at(row, "answer");
  if (text.size() != 1) return std::nullopt;
  if (text[0] >= 'A' && text[0] <= 'Z') return text[0] - 'A';
  if (text[0] >= '0' && text[0] <= '9') return text[0] - '0';
  return std::nullopt;
}

Status read_choices(const Json& row, Question& shot) {
  const auto found = row.find("choices");
  if (found == row.end()) return {};
  if (!found->is_array() || found->size() > most_choices)
    return fail(Fault::data, "choices: found {}, expected a list of at most {} texts",
                found->is_array() ? fmt::format("{} of them", found->size())
                                  : std::string(found->type_name()),
                most_choices);
  for (const Json& choice : *found) {
    if (!choice.is_string())
      return fail(Fault::data, "choices is to be a list of texts");
    shot.choices.push_back(choice.get<std::string>());
  }
  const std::optional<std::int64_t> answer = answer_of(row);
  if (!answer || *answer < 0 || *answer >= std::ssize(shot.choices))
    return fail(Fault::data, "answer is to be the letter or the index of a choice");
  shot.right = static_cast<int>(*answer);
  return {};
}

Result<Question> read_shot(std::string_view line) {
  const Json row = Json::parse(line, nullptr, false);
  if (!row.is_object()) return fail(Fault::data, "expected a JSON object");
  Question shot{.subject = text_at(row, "subject"), .text = text_at(row, "question")};
  for (const char* const key : {"worked", "cot_content", "target"})
    if (shot.worked.empty()) shot.worked = text_at(row, key);
  if (shot.text.empty()) return fail(Fault::data, "question is missing, a text");
  TRY(read_choices(row, shot));
  if (shot.choices.empty() && shot.worked.empty())
    return fail(Fault::data,
                "found neither choices nor worked (or cot_content, target): an example "
                "needs an answer");
  return shot;
}

}  // namespace

Result<std::vector<Question>> parse_shots(std::string_view lines) {
  std::vector<Question> shots;
  std::map<std::string, int> count_by_subject;
  std::size_t number = 0;
  for (const std::string& line : split(lines, '\n')) {
    ++number;
    if (python_strip(line).empty()) continue;
    Question shot = TRY(read_shot(line).in(fmt::format("line {}", number)));
    shot.index = count_by_subject[shot.subject]++;
    shots.push_back(std::move(shot));
  }
  if (shots.empty()) return fail(Fault::data, "no examples");
  return shots;
}

Result<std::vector<Question>> read_shots(const std::filesystem::path& path) {
  return parse_shots(TRY(read_file(path))).in(path.string());
}

}  // namespace proctor

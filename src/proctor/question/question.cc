#include <algorithm>
#include <cassert>

#include "proctor/question/question.h"

namespace proctor {

char letter_of(int choice) {
  assert(choice >= 0 && choice < 26);
  return static_cast<char>('A' + choice);
}

std::string labels_of(std::size_t choices) {
  std::string labels;
  for (std::size_t i = 0; i < choices; ++i) labels += letter_of(static_cast<int>(i));
  return labels;
}

bool is_right(const Question& question, char letter) {
  return letter == letter_of(question.right) ||
         std::ranges::any_of(question.also_right, [letter](int choice) {
           return letter == letter_of(choice);
         });
}

std::int64_t right_number(const Question& question) {
  std::int64_t set = 0;
  for (const int choice : question.also_right) set |= std::int64_t{1} << choice;
  return question.right + 32 * set;
}

bool set_right(Question& question, std::int64_t number) {
  constexpr std::int64_t most = std::int64_t{32} << 26;
  const auto count = static_cast<std::int64_t>(question.choices.size());
  const std::int64_t right = number % 32, set = number / 32;
  if (number < 0 || number >= most || right >= count || set >> count != 0) return false;
  question.right = static_cast<int>(right);
  question.also_right.clear();
  for (int choice = 0; choice < count; ++choice) {
    if ((set >> choice & 1) != 0) question.also_right.push_back(choice);
  }
  return true;
}

void add_content(const Question& question, Sha256& hash) {
  hash.add_field(question.text);
  hash.add_number(question.choices.size());
  for (const std::string& choice : question.choices) hash.add_field(choice);
  hash.add_number(static_cast<std::uint64_t>(right_number(question)));
}

std::string digest_of(std::span<const Question> questions) {
  Sha256 hash;
  for (const Question& question : questions) {
    hash.add_field(question.subject);
    add_content(question, hash);
    hash.add_field(question.worked);
  }
  return hash.hex();
}

std::vector<std::string> right_letters(const Question& question) {
  std::vector<std::string> letters;
  for (const char letter : labels_of(question.choices.size())) {
    if (is_right(question, letter)) letters.emplace_back(1, letter);
  }
  return letters;
}

}  // namespace proctor

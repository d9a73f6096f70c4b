#include <algorithm>
#include <cassert>

#include "proctor/question/question.h"

namespace proctor {
namespace {

// `right`, plus 32 times the set of `also_right` (bit 0 is A): what a digest takes of
// them, so that a question with one right choice has the digest it always had.
std::uint64_t right_number(const Question& question) {
  std::uint64_t set = 0;
  for (const int choice : question.also_right) set |= std::uint64_t{1} << choice;
  return static_cast<std::uint64_t>(question.right) + 32 * set;
}

}  // namespace

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

void add_content(const Question& question, Sha256& hash) {
  hash.add_field(question.text);
  hash.add_number(question.choices.size());
  for (const std::string& choice : question.choices) hash.add_field(choice);
  hash.add_number(right_number(question));
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

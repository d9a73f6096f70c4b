#include <cassert>

#include "proctor/dataset/dataset.h"

namespace proctor {

char letter_of(int choice) {
  assert(choice >= 0 && choice < 26);
  return static_cast<char>('A' + choice);
}

std::string digest_of(std::span<const Question> questions) {
  Sha256 hash;
  for (const Question& question : questions) {
    hash.add_field(question.subject);
    hash.add_field(question.text);
    hash.add_number(question.choices.size());
    for (const std::string& choice : question.choices) hash.add_field(choice);
    hash.add_number(static_cast<std::uint64_t>(question.right));
    hash.add_field(question.worked);
  }
  return hash.hex();
}

}  // namespace proctor

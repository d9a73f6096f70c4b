// The right answers of exams in files, found again in a prompt of any style.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"

namespace proctor::fakes {

class AnswerKey {
 public:
  struct Question {
    std::string text;  // without blanks at its ends
    std::vector<std::string> choices;
    std::size_t right = 0;
    std::size_t row = 0;  // in its file, from 0
    std::string subject;  // "college computer science"
    // Of questions of a file that are alike in all, the one that `find` gives.
    const Question* first = nullptr;
  };

  // Adds a CSV file in Hendrycks' layout (question, choices, answer; with a header and
  // digits, or without and with letters), or every such file below a folder, by name.
  Status add(const std::filesystem::path& path);
  // One that is prepared: no blanks at the ends of its texts.
  void add(Question question) { questions_.push_back(std::move(question)); }
  // Makes it ready for `find`. Call once, after the last `add`.
  void close();

  // The question that the prompt asks last: the one whose text and labelled choices
  // occur, failing that text and choices, failing that the longest text. Questions
  // alike in all that are told apart by a subject's name in the prompt, or are one.
  const Question* find(std::string_view prompt) const;

  const std::vector<Question>& questions() const { return questions_; }

 private:
  Status add_file(const std::filesystem::path& path);
  template <class Each>
  void each_text_at(std::string_view prompt, std::size_t at, Each each) const;

  std::vector<Question> questions_;  // sorted by text once closed
  std::vector<const Question*> short_;
  // Which first eight bytes questions have, by hash: most places in a prompt start
  // none.
  std::bitset<1 << 20> starts_;
};

}  // namespace proctor::fakes

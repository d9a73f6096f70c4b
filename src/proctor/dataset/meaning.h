// Which choice an answer means: by letter, number or label, or by what the choice
// reads.
#pragma once

#include <optional>
#include <string>

#include "proctor/dataset/value.h"

namespace proctor {

// What is known of a file's answers before any is read.
struct AnswerStyle {
  std::optional<int> first;  // the first choice's number, where the user says it
  bool are_texts = false;    // the user says that answers are choices' texts
  std::vector<std::string> columns;  // of the choices, where each has one of its own
  std::vector<std::string> marks;  // of choice_1, choice_2, …: "1", "2"; letters small
};

// Both readings of one answer.
struct Meaning {
  std::optional<int> place;  // by letter ("B", "b", "(B)", "Option B"), number or label
  std::optional<int> text;   // by the text of exactly one choice
  bool is_number = false;    // the place was counted
  std::optional<int> named;  // where the column is that has this letter or number
};

// Neither, where it means no choice.
Meaning meaning_of(const Value& answer, const Choices& choices,
                   const AnswerStyle& style);
// Where an answer is a number: its value, also written as 1.0.
std::optional<std::int64_t> number_in(const Value& answer);

// What all answers of a file have in common.
class Answers {
 public:
  Answers(std::string column, bool style_is_said)
      : column_(std::move(column)), style_is_said_(style_is_said) {}

  // `place` names the answer in an error.
  void add(const Value& answer, const Meaning& meaning, std::size_t choices,
           const std::string& place);
  bool hold_a_zero() const { return zero_; }
  // Fault::data, with what to say by `columns`, where they can be read in two ways:
  // some as places and some as texts; every one as the place of one choice and the text
  // of another; or counted from 1, as there are many numbers and no 0 among them.
  Status check() const;

 private:
  struct Example {
    std::size_t count = 0;
    std::string place, answer;  // the first one's
  };
  static void count(Example& example, const std::string& place, const Value& answer);

  std::string column_;
  bool style_is_said_;
  Example places_, texts_, both_;  // both: of different choices
  std::size_t numbers_ = 0, most_choices_ = 0;
  bool zero_ = false;
};

// "; are they counted from 1? `columns` answer=Key@1 says so"
std::string from_1_hint(std::string_view column);

}  // namespace proctor

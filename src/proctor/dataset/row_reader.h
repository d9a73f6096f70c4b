// Reads one row; knows how to name its fields in an error.
#pragma once

#include <span>
#include <string>

#include "proctor/dataset/layout.h"

namespace proctor {

class RowReader {
 public:
  // `row` counts from 1. All that is given must outlive it.
  RowReader(const Words& words, const Layout& layout, std::span<const Value> values,
            std::size_t row)
      : words_(words), layout_(layout), values_(values), row_(row) {}

  // "line 7, column answer"
  std::string place(std::size_t column) const;
  bool is_blank(std::size_t column) const;
  Result<std::string> text(std::size_t column) const;
  // An id or a subject may be a number.
  Result<std::string> name(std::size_t column) const;
  // A worked answer or a correction may be missing; a correction may be a number.
  Result<std::string> text_or_nothing(std::size_t column) const;
  // The context, if one is named, and the question behind it.
  Result<std::string> question() const;
  // The first passage of this row that is not asked, or nothing.
  std::string unasked() const;
  // Every choice, those that are dropped later too.
  Result<Choices> choices() const;
  // The position of the right one. What a single answer means is added to `answers`;
  // two columns must agree.
  Result<int> right(const Choices& choices, Answers& answers) const;

 private:
  Result<Choices> listed_choices() const;
  Result<Meaning> meaning(std::size_t column, const Choices& choices,
                          const AnswerStyle& style, bool holds_a_zero) const;
  tl::unexpected<Error> no_choice(std::size_t column, const Choices& choices,
                                  const AnswerStyle& style, bool holds_a_zero) const;
  Status check_bytes(std::string_view text, std::size_t column) const;

  const Words& words_;
  const Layout& layout_;
  std::span<const Value> values_;
  std::size_t row_;
};

}  // namespace proctor

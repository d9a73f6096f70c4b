// Options recognised by their text instead of their letter.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/answer/tokens.h"

namespace proctor {

// The options, prepared once; made only where a reply has no letter to go by.
class OptionTexts {
 public:
  OptionTexts(std::span<const std::string> choices, std::string_view labels);

  struct Found {
    char letter;
    std::size_t end;  // the token behind the text
  };
  // The option whose whole text stands at `at`; of several the longest. Marks, case and
  // spaces do not matter. Two equal options are none.
  std::optional<Found> at(std::string_view text, std::span<const Token> tokens,
                          std::size_t at) const;
  // Every option whose text stands in the tokens, each once, in the order of the text;
  // a text inside a longer one does not count.
  std::vector<char> in(std::string_view text, std::span<const Token> tokens) const;
  // Whether options speak of parts "(a)", "(b)".
  bool have_parts() const { return have_parts_; }

 private:
  struct Option {
    char letter;
    std::vector<std::string> words;
  };
  std::vector<Option> options_;
  bool have_parts_ = false;
};

}  // namespace proctor

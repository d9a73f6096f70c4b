// What is said in English everywhere, in another language where it meets a person. Part
// of report.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/report/language.h"

namespace proctor {

// A catalogue of phrases: "{}: found {}, expected {}" and the same in the other
// language, where "{}" is what stands there in order, "{1}" the second of them.
//
// The library's messages are values and stored ones are data: both stay English. So a
// finished sentence is looked up by its words, and what was filled into it is found
// between them. Several sentences in one line, joined by "; " or behind the place that
// they speak of ("dev.csv: line 3: …"), are looked up one by one. What no phrase knows
// stays as it is: names, numbers, what a server said.
class Phrases {
 public:
  // A TOML document of two texts a line. Fault::data names the line of what is wrong:
  // not TOML, not a text, or a place in the translation that the phrase does not have.
  static Result<Phrases> read(std::string_view toml, std::string_view name);

  std::string translate(std::string_view text) const;

 private:
  struct Phrase {
    std::vector<std::string> words;  // what stands between the places, at least two
    std::string other;
    std::size_t letters = 0;  // of all words
  };

  std::string translate_line(std::string_view line, int depth) const;
  std::optional<std::string> whole(std::string_view line, int depth) const;
  std::optional<std::string> parts(std::string_view line, int depth) const;

  std::unordered_map<std::string, std::string> fixed_;
  std::vector<Phrase> phrases_;  // most letters first
};

// `english` in that language, by the catalogues of data/words.
std::string translated(Language language, std::string_view english);

}  // namespace proctor

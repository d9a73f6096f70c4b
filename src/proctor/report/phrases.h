// What is said in English everywhere, in another language where it meets a person. Part
// of report.h.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/report/language.h"
#include "proctor/report/table.h"

namespace proctor {

// A catalogue of phrases: "{}: found {}, expected {}" and the same in the other
// language, where "{}" is what stands there in order, "{1}" the second of them.
//
// The library's messages are values and stored ones are data: both stay English. So a
// finished sentence is looked up by its words, and what was filled into it is found
// between them. Several sentences in one line, joined by "; " or behind the place that
// they speak of ("dev.csv: line 3: …"), are looked up one by one. What no phrase knows
// stays as it is: names, numbers.
//
// What others said is no sentence of ours, even where it reads like one: "{=}" or
// "{1=}" in the translation stands for words that are not looked into. Where they end
// the phrase
// ("HTTP {}: {}" = "HTTP {}: {=}") they end the line, whatever is in them, unless what
// this program adds behind them follows ("; trying again in 2 s").
class Phrases {
 public:
  // A TOML document of two texts a line. Fault::data names the line of what is wrong:
  // not TOML, not a text, or a place in the translation that the phrase does not have.
  static Result<Phrases> read(std::string_view toml, std::string_view name);

  std::string translate(std::string_view text) const;
  // A title or a cell of a table: "| run |" is what the catalogues call it, since in a
  // sentence such a word may be a name; else as above.
  std::string translate_cell(std::string_view text) const;

 private:
  struct Phrase {
    std::vector<std::string> words;  // what stands between the places, at least two
    std::string other;
    std::size_t letters = 0;     // of all words
    bool ends_in_quote = false;  // others' words, to the end
  };

  std::string translate_line(std::string_view line, int depth) const;
  std::string_view quote_in(std::string_view line) const;
  std::optional<std::string> whole(std::string_view line, int depth) const;
  std::optional<std::string> parts(std::string_view line, int depth) const;

  std::unordered_map<std::string, std::string> fixed_;
  std::vector<Phrase> phrases_;  // most letters first
};

// `english` in that language, by the catalogues of data/words.
std::string translated(Language language, std::string_view english);
// The same of a table's titles, and of the cells below those of `spoken`: the others
// are names, numbers and what is not ours. Tables for other programs stay as they are.
Table translated(Language language, Table table, TableFormat format,
                 std::initializer_list<std::string_view> spoken);

}  // namespace proctor

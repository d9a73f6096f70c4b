// The careful reader's words: a plain view cut into tokens, each with the part it
// plays.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace proctor {

// What a word does in a sentence that names an answer, whatever the language.
enum class Word : std::uint8_t {
  other,
  answer,     // answer, Antwort, 答え
  option,     // option, choice, letter
  is,         // is, be, ist, 是
  fill,       // words that may stand between a cue and a letter
  no,         // not, never, nicht, 不是
  is_not,     // behind what it denies: değil, 아니다
  none,       // none, neither
  alternate,  // or
  both,       // and
  reason,     // because, since, as, which, with, if
  so,         // so, therefore, ->
  choose,     // choose, pick, select
  must,       // must, has to
  good,       // correct, right, best, true
  bad,        // incorrect, wrong, false
  yes,        // yes, ja, oui
  nay,        // no, nein: a verdict by itself
  turn,       // wait, actually, correction
  thought,    // on second thought
  but,        // but, however
  it,         // it, this, that
  closest,    // closest, nearest
  fits,       // fits, works, remains
  other_use,  // vitamin, type, consider: a letter beside it may be no option
};

// Some of these parts.
class WordSet {
 public:
  constexpr WordSet(std::initializer_list<Word> words) {
    for (const Word word : words) bits_ |= bit(word);
  }
  constexpr bool has(Word word) const { return (bits_ & bit(word)) != 0; }

 private:
  static constexpr std::uint32_t bit(Word word) {
    return 1U << static_cast<unsigned>(word);
  }
  std::uint32_t bits_ = 0;
};

enum class TokenKind : std::uint8_t { word, number, other_script, mark, line_end };

struct Token {
  std::uint32_t begin = 0, end = 0;
  TokenKind kind = TokenKind::mark;
  Word word = Word::other;
  char letter = 0;     // a word of one letter, as a capital
  bool small = false;  // it was written small
  char mark = 0;       // the character of a mark
};

// Linear. The tokens point into `text` by offset.
std::vector<Token> tokens_of(std::string_view text);

}  // namespace proctor

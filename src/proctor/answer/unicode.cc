// Python's view of characters, by binary search in tables (unicode_tables.h): \w has
// 'ß' and '²', \d has neither.
#include "proctor/answer/unicode.h"

#include <algorithm>
#include <iterator>

#include "proctor/answer/unicode_tables.h"

namespace proctor {
namespace {

template <class Row, std::size_t n>
const Row* row_of(const Row (&rows)[n], char32_t c) {
  const Row* const row = std::ranges::lower_bound(rows, c, {}, &Row::last);
  return row != std::end(rows) && row->first <= c ? row : nullptr;
}

}  // namespace

bool is_word(char32_t c) {
  if (c < 0x80) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           c == '_';
  }
  return row_of(unicode::word, c) != nullptr;
}

bool is_digit(char32_t c) {
  return row_of(unicode::digit, c) != nullptr;
}

bool is_upper(char32_t c) {
  return row_of(unicode::upper, c) != nullptr;
}

bool is_punctuation(char32_t c) {
  return row_of(unicode::punctuation, c) != nullptr;
}

char32_t lower(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 0x20 : c;
  const unicode::CaseRange* const row = row_of(unicode::lower, c);
  if (row == nullptr || (c - row->first) % static_cast<char32_t>(row->step) != 0) {
    return c;
  }
  return static_cast<char32_t>(static_cast<int>(c) + row->distance);
}

char32_t upper(char32_t c) {
  if (c == 0x131) return 'I';  // one way only: the lower case of I is i, of S is s
  if (c == 0x17F) return 'S';
  for (const unicode::CaseRange& row : unicode::lower) {
    const auto capital = static_cast<char32_t>(static_cast<int>(c) - row.distance);
    if (capital < row.first || capital > row.last) continue;
    if ((capital - row.first) % static_cast<char32_t>(row.step) == 0) return capital;
  }
  return c;
}

char32_t fold(char32_t c) {
  if (c == 0x130 || c == 0x131) return 'i';  // the dotted and the dotless I
  if (c == 0x17F) return 's';                // the long s
  return lower(c);
}

std::u32string code_points(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      out += byte;
      ++at;
    } else {
      out += next_code_point(text, at);
    }
  }
  return out;
}

std::size_t after_spaces(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    std::size_t next = at;
    if (!is_python_space(next_code_point(text, next))) break;
    at = next;
  }
  return at;
}

std::size_t after_spaces(std::u32string_view text, std::size_t at) {
  while (at < text.size() && is_python_space(text[at])) ++at;
  return at;
}

}  // namespace proctor

// JSON without a tree: a string quoted, and a text walked once from left to right.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace proctor::fakes {

// The text as a JSON string with its quotes. Bytes from 0x80 up pass as they are, so
// that a test can have invalid UTF-8.
void add_quoted(std::string& out, std::string_view text);
std::string in_quotes(std::string_view text);

// Walks one JSON text. After a mistake in the text `good` is false for ever and
// everything else does nothing.
class JsonWalk {
 public:
  explicit JsonWalk(std::string_view text) : text_(text) {}

  bool good() const { return good_; }
  // True if nothing but blanks is left.
  bool at_end();
  // The first byte of the next value, or 0.
  char next();

  // Calls `member(key)` for each member; it must take or skip the value.
  template <class Member>
  void object(Member member) {
    if (!expect('{')) return;
    if (took('}')) return;
    do {
      const std::string key = string();
      if (!expect(':')) return;
      member(std::string_view(key));
    } while (good_ && took(','));
    expect('}');
  }

  // Calls `element()` for each element; it must take or skip it.
  template <class Element>
  void array(Element element) {
    if (!expect('[')) return;
    if (took(']')) return;
    do {
      element();
    } while (good_ && took(','));
    expect(']');
  }

  std::string string();
  // A number's digits, or true, false, null.
  std::string_view word();
  void skip();

 private:
  bool expect(char wanted);
  bool took(char wanted);
  void blanks();
  void skip_string();
  void add_escaped(std::string& out);
  char32_t four_digits();

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool good_ = true;
};

}  // namespace proctor::fakes

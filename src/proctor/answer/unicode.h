// Python's view of characters: what \w, \d, isupper, lower and re.IGNORECASE say.
#pragma once

#include <string>
#include <string_view>

#include "proctor/base/base.h"

namespace proctor {

bool is_word(char32_t c);
bool is_digit(char32_t c);
bool is_upper(char32_t c);
bool is_punctuation(char32_t c);
// The lower case where it is one code point.
char32_t lower(char32_t c);
// The upper case where it is one code point.
char32_t upper(char32_t c);
// Equal for what Python's re.IGNORECASE takes as one letter, for letters of Latin
// words.
char32_t fold(char32_t c);

// The code points of valid UTF-8.
std::u32string code_points(std::string_view text);

// Where \s* that starts at `at` ends.
std::size_t after_spaces(std::string_view text, std::size_t at);
std::size_t after_spaces(std::u32string_view text, std::size_t at);

}  // namespace proctor

// The careful reader's view of a text: without markup, look-alikes as ASCII.
#pragma once

#include <string>
#include <string_view>

namespace proctor {

// In a plain view this byte stands where \boxed{ began; the closing brace is kept.
inline constexpr char box = '\x01';

// What becomes of words that the writer struck out: "~~A~~", "<del>A</del>".
enum class Struck { kept, dropped };
// Whether a text may hold such words.
bool has_struck(std::string_view text);

// The text with markup (HTML tags, Markdown emphasis, LaTeX wrappers, terminal colours)
// removed, and look-alikes (full-width, circled, mathematical letters; quotes; dashes;
// blanks) made ASCII. Other characters stay as they are. Linear, and not longer than
// twice the text.
std::string plain_view(std::string_view text, Struck struck = Struck::kept);

}  // namespace proctor

// The careful reader's view of a reply: what the model finally said, without markup.
#pragma once

#include <string>
#include <string_view>

namespace proctor {

// The part of a reply that is meant for the reader.
struct FinalPart {
  std::string_view text;
  bool unfinished_reasoning = false;  // there is nothing but a thought that was cut off
};

// Behind closed reasoning blocks, before end-of-text marks, inside <answer> if there.
FinalPart final_part(std::string_view reply);

// In a plain view this byte stands where \boxed{ began; the closing brace is kept.
inline constexpr char box = '\x01';

// The text with markup (Markdown emphasis, LaTeX wrappers, terminal colours) removed,
// and look-alikes (full-width, circled, mathematical letters; quotes; dashes; blanks)
// made ASCII. Other characters stay as they are. Linear, and not longer than twice the
// text.
std::string plain_view(std::string_view text);

}  // namespace proctor

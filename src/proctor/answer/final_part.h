// What the model finally said: a reply without its thoughts.
#pragma once

#include <string_view>

namespace proctor {

// The part of a reply that is meant for the reader.
struct FinalPart {
  std::string_view text;
  bool unfinished_reasoning = false;  // there is nothing but a thought that was cut off
};

// Behind closed reasoning blocks, before end-of-text marks, inside <answer> or a box if
// there is one. Channels whose marks a server removed ("analysis...assistantfinal...")
// count as such.
FinalPart final_part(std::string_view reply);

}  // namespace proctor

#include "proctor/report/wrap.h"

#include "proctor/base/base.h"

namespace proctor {
namespace {

// Japanese has no blanks: its lines break between any two characters, but none begins
// with what closes and none ends with what opens (JIS X 4051).
bool may_part(std::string_view before, std::string_view after) {
  constexpr std::string_view closing =
      "、。，．：；？！）」』】〉》〕］｝ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ…,.:;?"
      "!)]}%";
  constexpr std::string_view opening = "（「『【〈《〔［｛([{";
  const bool is_wide = display_width(before) == 2 || display_width(after) == 2;
  return is_wide && before != " " && closing.find(after) == closing.npos &&
         opening.find(before) == opening.npos;
}

}  // namespace

void break_line(std::string_view line, int width, std::vector<std::string>& lines) {
  if (width <= 0 || display_width(line) <= width) {
    lines.emplace_back(line);
    return;
  }
  std::size_t start = 0, end = 0, next = 0;  // of this line, and where it may part
  int used = 0;
  std::string_view before;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t here = at;
    next_code_point(line, at);
    const std::string_view character = line.substr(here, at - here);
    if (character == " ")
      end = here, next = at;
    else if (here > start && may_part(before, character))
      end = next = here;
    const int columns = display_width(character);
    if (used + columns > width) {
      if (end <= start) end = next = here;
      lines.emplace_back(line.substr(start, end - start));
      start = next;
      used = start > here ? 0 : display_width(line.substr(start, here - start));
    }
    if (start <= here) used += columns;
    before = character;
  }
  lines.emplace_back(line.substr(start));
}

std::string wrapped(std::string_view text, int width, int hanging) {
  const std::string blanks(static_cast<std::size_t>(hanging), ' ');
  std::vector<std::string> lines;
  for (const std::string& line : split(text, '\n')) {
    std::vector<std::string> first, rest;
    break_line(line, width, first);
    lines.push_back(first.front());
    if (first.size() == 1) continue;
    const std::string_view more = std::string_view(line).substr(first.front().size());
    break_line(more.substr(more[0] == ' ' ? 1 : 0), width - hanging, rest);
    for (const std::string& one : rest) lines.push_back(blanks + one);
  }
  return join(lines, "\n");
}

}  // namespace proctor

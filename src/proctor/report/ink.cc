#include "proctor/report/ink.h"

#include <array>

#include "proctor/base/base.h"

namespace proctor {
namespace {

// ECMA-48, SGR: what a terminal of any kind has, as its owner has set it; none that is
// hard to read on white, as yellow is, or on black. Each is a word, too.
constexpr std::array<std::string_view, 5> codes = {"32", "31", "35", "2", "1"};

bool is_rule(const std::string& line) {
  return line.find("─") != std::string::npos &&
         replace_all(line, "─", "").find_first_not_of(' ') == std::string::npos;
}

}  // namespace

std::string Ink::in(Tone tone, std::string_view text) const {
  if (!is_there_) return std::string(text);
  std::vector<std::string> lines = split(text, '\n');
  for (std::string& line : lines) {
    if (line.empty()) continue;
    line =
        fmt::format("\x1B[{}m{}\x1B[0m", codes[static_cast<std::size_t>(tone)], line);
  }
  return join(lines, "\n");
}

std::string Ink::heads(std::string text) const {
  if (!is_there_) return text;
  std::vector<std::string> lines = split(text, '\n');
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (!is_rule(lines[i])) continue;
    lines[i - 1] = in(Tone::bold, lines[i - 1]);
    lines[i] = in(Tone::dim, lines[i]);
  }
  return join(lines, "\n");
}

}  // namespace proctor

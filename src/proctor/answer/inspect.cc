// inspect_ai's rule: "**ANSWER: B**" and "ANSWER: (b)" are B, "ANSWER: A, B" none.
//
// The reply loses three wrappings, then the last match of a strict pattern counts, else
// the last of a loose one. Python's engine gives back characters where a pattern fails
// further on; each function below says which of them it could give back, and tries
// those places alone, so that the whole is linear.
#include <algorithm>

#include "proctor/answer/peers.h"
#include "proctor/answer/readers.h"
#include "proctor/answer/unicode.h"

namespace proctor {
namespace {

constexpr auto npos = std::u32string_view::npos;

bool is_label_char(char32_t c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || is_digit(c);
}

// Drops `\s*` and the fence on both sides of `([A-Za-z\d][A-Za-z\d ,]*?)`.
std::u32string without_fence(std::u32string_view text, std::u32string_view fence) {
  std::u32string out;
  out.reserve(text.size());
  std::size_t kept = 0;
  for (std::size_t at = text.find(fence); at != npos;) {
    const std::size_t begin = after_spaces(text, at + fence.size());
    std::size_t end = begin;
    if (begin < text.size() && is_label_char(text[begin])) {
      while (end < text.size() &&
             (is_label_char(text[end]) || text[end] == ' ' || text[end] == ',')) {
        ++end;
      }
    }
    const std::size_t closing = after_spaces(text, end);
    if (end == begin || !text.substr(closing).starts_with(fence)) {
      at = text.find(fence, at + 1);
      continue;
    }
    while (text[end - 1] == ' ') --end;
    out += text.substr(kept, at - kept);
    out += text.substr(begin, end - begin);
    kept = closing + fence.size();
    at = text.find(fence, kept);
  }
  out += text.substr(kept);
  return out;
}

// `\s*(?:,|\.|\n|\Z)` at `at`.
bool item_ends(std::u32string_view text, std::size_t at) {
  const std::size_t end = after_spaces(text, at);
  return end == text.size() || text[end] == ',' || text[end] == '.' ||
         text.substr(at, end - at).find(U'\n') != npos;
}

// `(?i)(^|[:,])(\s*)\(([A-Za-z\d])\)(?=\s*(?:,|\.|\n|\Z))` loses its brackets.
std::u32string without_brackets(std::u32string_view text) {
  std::u32string out;
  out.reserve(text.size());
  std::size_t kept = 0;
  for (std::size_t at = 0; at <= text.size();) {
    std::size_t open = npos;
    if (at == 0) {
      open = after_spaces(text, 0);
      if (open >= text.size() || text[open] != '(') open = npos;
    }
    if (open == npos) {
      at = text.find_first_of(U":,", at);
      if (at == npos) break;
      open = after_spaces(text, at + 1);
    }
    if (open + 2 < text.size() && text[open] == '(' &&
        (is_label_char(text[open + 1]) || is_label_char(fold(text[open + 1]))) &&
        text[open + 2] == ')' && item_ends(text, open + 3)) {
      out += text.substr(kept, open - kept);
      out += text[open + 1];
      kept = open + 3;
      at = kept;
    } else {
      ++at;
    }
  }
  out += text.substr(kept);
  return out;
}

// A match of one of the two patterns: the group, and where the search goes on.
struct Match {
  std::u32string_view group;
  std::size_t end;
};

// The class [A-Za-z\d ,] under (?i), whose fold adds the long s and the Kelvin sign.
bool in_group(char32_t c) {
  const char32_t folded = fold(c);
  return (folded >= 'a' && folded <= 'z') || is_digit(c) || c == ' ' || c == ',';
}

// One place where `ANSWER\s*:` matches, and what lies behind it: the white space that
// \s* takes, then the run of the group's characters.
struct Cue {
  std::size_t spaces, run, run_end;
};

std::optional<Cue> cue_at(std::u32string_view folded, std::u32string_view text,
                          std::size_t at) {
  constexpr std::u32string_view word = U"answer";
  if (!folded.substr(at).starts_with(word)) return std::nullopt;
  const std::size_t colon = after_spaces(text, at + word.size());
  if (colon >= text.size() || text[colon] != ':') return std::nullopt;
  Cue cue{.spaces = colon + 1};
  cue.run = after_spaces(text, cue.spaces);
  cue.run_end = cue.run;
  while (cue.run_end < text.size() && in_group(text[cue.run_end])) ++cue.run_end;
  return cue;
}

// `\s*(?:$|\n|\.)` at `at`, where $ is the end of any line.
std::optional<std::size_t> line_ends(std::u32string_view text, std::size_t at) {
  const std::size_t end = after_spaces(text, at);
  if (end == text.size()) return end;
  if (text[end] == '.') return end + 1;
  const std::size_t line = text.substr(at, end - at).rfind('\n');
  if (line == npos) return std::nullopt;
  return at + line;
}

// `^ANSWER\s*:\s*([A-Za-z\d ,]+)\s*(?:$|\n|\.)`. The group can be a run of letters, or,
// where \s* gives back blanks, nothing but blanks.
std::optional<Match> strict(std::u32string_view text, const Cue& cue) {
  if (cue.run_end > cue.run) {
    if (const auto end = line_ends(text, cue.run_end)) {
      return Match{text.substr(cue.run, cue.run_end - cue.run), *end};
    }
  }
  std::size_t end = cue.run;
  // Blanks that reach the run take it into the group, which has failed above.
  if (cue.run_end > cue.run) {
    while (end > cue.spaces && text[end - 1] == ' ') --end;
  }
  while (end > cue.spaces && text[end - 1] != ' ') --end;
  if (end == cue.spaces) return std::nullopt;
  const auto line = line_ends(text, end);
  if (!line) return std::nullopt;
  return Match{text.substr(end - 1, 1), *line};
}

// `ANSWER\s*:\s*([A-Za-z\d ,]+)(?:[^\w]|\n|$|\.)`.
std::optional<Match> loose(std::u32string_view text, const Cue& cue) {
  const auto ends_at = [&](std::size_t at) {
    return at == text.size() || !is_word(text[at]);
  };
  const auto match = [&](std::size_t begin, std::size_t end) {
    return Match{text.substr(begin, end - begin), std::min(end + 1, text.size())};
  };
  // The group gives back characters until one that is no word character follows it.
  for (std::size_t end = cue.run_end; end > cue.run; --end) {
    if (ends_at(end)) return match(cue.run, end);
  }
  // \s* gives back blanks, which become the group.
  for (std::size_t at = cue.run; at > cue.spaces; --at) {
    if (text[at - 1] == ' ' && ends_at(at)) return match(at - 1, at);
  }
  return std::nullopt;
}

template <class Rule>
std::optional<std::u32string_view> last_group(std::u32string_view folded,
                                              std::u32string_view text, bool line_start,
                                              Rule rule) {
  std::optional<std::u32string_view> last;
  for (std::size_t at = folded.find(U"answer"); at != npos;) {
    std::size_t next = at + 1;
    if (!line_start || at == 0 || text[at - 1] == '\n') {
      if (const auto cue = cue_at(folded, text, at)) {
        if (const auto match = rule(text, *cue)) {
          last = match->group;
          next = std::max(next, match->end);
        }
      }
    }
    at = folded.find(U"answer", next);
  }
  return last;
}

}  // namespace

Answer read_inspect(const Reading& reading) {
  const std::u32string text = without_brackets(
      without_fence(without_fence(code_points(reading.reply), U"$"), U"**"));
  std::u32string folded(text.size(), U'\0');
  std::ranges::transform(text, folded.begin(), fold);
  auto group = last_group(folded, text, true, strict);
  if (!group) group = last_group(folded, text, false, loose);
  if (!group) return named(std::nullopt, "");

  // Split at commas, without empty parts, it has to be one letter; the whole is
  // stripped, a part is not.
  std::size_t begin = after_spaces(*group, 0);
  std::size_t end = group->size();
  while (end > begin && is_python_space((*group)[end - 1])) --end;
  while (begin < end && (*group)[begin] == ',') ++begin;
  while (begin < end && (*group)[end - 1] == ',') --end;
  const char32_t only = end == begin + 1 ? upper((*group)[begin]) : 0;
  if (only == 0 || only >= 0x80 ||
      reading.labels.find(static_cast<char>(only)) == std::string_view::npos) {
    return {.rule = "ANSWER: without one letter"};
  }
  return named(static_cast<char>(only), "ANSWER: X");
}

}  // namespace proctor

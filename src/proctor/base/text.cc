#include <algorithm>
#include <cassert>
#include <cwchar>

#include "proctor/base/base.h"

namespace proctor {
namespace {

// Where it is not well-formed: the longest beginning of a sequence that could have
// been, one byte at least, for which one U+FFFD stands (the Unicode Standard's "maximal
// subpart", as Python, browsers and llama.cpp have it).
struct Sequence {
  std::size_t length = 1;
  bool is_valid = false;
};

// RFC 3629, table 3-7 of the Unicode Standard: no surrogates, no overlong forms,
// nothing above U+10FFFF.
Sequence sequence_at(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) return {1, true};
  if (first < 0xC2 || first > 0xF4) return {};
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  for (std::size_t i = 1; i < length; ++i) {
    const unsigned byte =
        at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    unsigned least = 0x80;
    unsigned most = 0xBF;
    if (i == 1 && first == 0xE0) least = 0xA0;
    if (i == 1 && first == 0xED) most = 0x9F;
    if (i == 1 && first == 0xF0) least = 0x90;
    if (i == 1 && first == 0xF4) most = 0x8F;
    if (byte < least || byte > most) return {i, false};
  }
  return {length, true};
}

struct Range {
  char32_t first, last;
};

bool in_ranges(std::span<const Range> ranges, char32_t c) {
  return std::ranges::any_of(ranges,
                             [&](Range r) { return c >= r.first && c <= r.last; });
}

// UAX 11's wide and full-width blocks, as terminals draw them.
constexpr std::array wide = {
    Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},
    Range{0x3400, 0x4DBF},   Range{0x4E00, 0x9FFF},   Range{0xA000, 0xA4CF},
    Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},
    Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F},
    Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD},
};
constexpr std::array zero_width = {
    Range{0x0300, 0x036F}, Range{0x200B, 0x200F}, Range{0x20D0, 0x20FF},
    Range{0x3099, 0x309A}, Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F},
    Range{0xFEFF, 0xFEFF},
};

int width_of(char32_t c) {
  if (c < 0x7F) return 1;
  if (in_ranges(zero_width, c)) return 0;
  return in_ranges(wide, c) ? 2 : 1;
}

// Characters that steer a terminal or reorder what a reader sees (Unicode TR 36).
bool is_hostile(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

// Unicode's control pictures; C0 and DEL only.
std::string picture_of(char32_t control) {
  return control == 0x7F ? "␡" : utf8_of(0x2400 + control);
}

std::string made_inert(std::string_view text, bool one_line) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (const Sequence sequence = sequence_at(text, at); !sequence.is_valid) {
      out += "\xEF\xBF\xBD";
      at += sequence.length;
      continue;
    }
    const char32_t c = next_code_point(text, at);
    if (c == '\n' || c == '\t') {
      out += one_line ? (c == '\n' ? "⏎" : " ") : std::string(1, static_cast<char>(c));
    } else if (c < 0x20 || c == 0x7F) {
      out += picture_of(c);
    } else if (is_hostile(c)) {
      out += fmt::format("<U+{:04X}>", static_cast<unsigned>(c));
    } else {
      out += utf8_of(c);
    }
  }
  return out;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1,
                         diagonal + static_cast<std::size_t>(a[i - 1] != b[j - 1])});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    const Sequence sequence = sequence_at(text, at);
    if (!sequence.is_valid) return at;
    at += sequence.length;
  }
  return std::nullopt;
}

std::string to_valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Sequence sequence = sequence_at(text, at);
    out += sequence.is_valid ? text.substr(at, sequence.length) : "\xEF\xBF\xBD";
    at += sequence.length;
  }
  return out;
}

char32_t next_code_point(std::string_view text, std::size_t& at) {
  assert(at < text.size());
  const Sequence sequence = sequence_at(text, at);
  const std::size_t length = sequence.is_valid ? sequence.length : 1;
  const auto byte = [&](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[at + i]));
  };
  char32_t c = byte(0);
  if (length == 2) c = (c & 0x1F) << 6 | (byte(1) & 0x3F);
  if (length == 3) c = (c & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
  if (length == 4) {
    c = (c & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 |
        (byte(3) & 0x3F);
  }
  at += length;
  return c;
}

std::string utf8_of(char32_t c) {
  std::string out;
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
  return out;
}

bool is_python_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 ||
         c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

std::string_view trimmed(std::string_view text, std::string_view of) {
  const std::size_t first = text.find_first_not_of(of);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(of) - first + 1);
}

std::string_view python_strip(std::string_view text) {
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t next = begin;
    if (!is_python_space(next_code_point(text, next))) break;
    begin = next;
  }
  std::size_t end = text.size();
  while (end > begin) {
    std::size_t start = end - 1;
    while (start > begin &&
           (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U) {
      --start;
    }
    std::size_t at = start;
    if (!is_python_space(next_code_point(text, at))) break;
    end = start;
  }
  return text.substr(begin, end - begin);
}

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string ascii_upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

Status each_line(std::string_view text,
                 const std::function<Status(std::string_view line)>& see) {
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = python_strip(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty()) TRY(see(line).in(fmt::format("line {}", number)));
  }
  return {};
}

bool is_nested_too_deeply(std::string_view json) {
  int depth = 0;
  bool is_quoted = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (is_quoted && c == '\\') {
      ++at;
    } else if (c == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && (c == '[' || c == '{')) {
      if (++depth > most_nested) return true;
    } else if (!is_quoted && (c == ']' || c == '}')) {
      --depth;
    }
  }
  return false;
}

std::string join(std::span<const std::string> parts, std::string_view between) {
  return fmt::format("{}", fmt::join(parts, between));
}

std::string replace_all(std::string text, std::string_view what,
                        std::string_view with) {
  assert(!what.empty());
  std::size_t found = text.find(what);
  if (found == std::string::npos) return text;
  // Into a new text: in place, all that follows would move at every occurrence.
  std::string out;
  out.reserve(text.size());
  std::size_t from = 0;
  for (; found != std::string::npos; found = text.find(what, from)) {
    out.append(text, from, found - from).append(with);
    from = found + what.size();
  }
  return out.append(text, from);
}

int display_width(std::string_view text) {
  int width = 0;
  for (std::size_t at = 0; at < text.size();)
    width += width_of(next_code_point(text, at));
  return width;
}

std::string fit(std::string_view text, int columns) {
  if (display_width(text) <= columns) return std::string(text);
  int width = 0;
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size(); end = at) {
    width += width_of(next_code_point(text, at));
    if (width > columns - 1) break;
  }
  return columns < 1 ? "" : std::string(text.substr(0, end)) + "…";
}

std::string pad(std::string_view text, int columns) {
  const int missing = columns - display_width(text);
  return std::string(text) +
         std::string(static_cast<std::size_t>(std::max(0, missing)), ' ');
}

std::string for_terminal(std::string_view text) {
  return made_inert(text, false);
}
std::string for_terminal_line(std::string_view text) {
  return made_inert(text, true);
}

std::string for_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : to_valid_utf8(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '\0':
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string for_shell(std::string_view text) {
  return "'" + replace_all(std::string(text), "'", "'\\''") + "'";
}

std::string for_csv(std::string_view text) {
  std::string out;
  // What moves a terminal's cursor, or ends a text.
  for (const char c : to_valid_utf8(text)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_kept = c == '\t' || c == '\n' || c == '\r';
    if (!is_kept && (byte < 0x20U || byte == 0x7FU))
      out += picture_of(byte);
    else
      out += c;
  }
  // OWASP's list of what starts a formula.
  const bool is_number = out.size() > 1 && (out[0] == '-' || out[0] == '+') &&
                         std::ranges::all_of(out.substr(1), [](char c) {
                           return (c >= '0' && c <= '9') || c == '.';
                         });
  if (!out.empty() && !is_number &&
      std::string_view("=+-@\t\r").find(out[0]) != std::string_view::npos) {
    out.insert(out.begin(), '\'');
  }
  if (out.find_first_of(",\"\r\n") == std::string::npos) return out;
  return '"' + replace_all(std::move(out), "\"", "\"\"") + '"';
}

std::optional<std::string> did_you_mean(std::string_view word,
                                        std::span<const std::string> candidates) {
  const std::string lowered = ascii_lower(word);
  std::optional<std::string> best;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(lowered, ascii_lower(candidate));
    if (distance < least && distance < candidate.size()) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

std::string suggestion(std::string_view word, std::span<const std::string> candidates) {
  const auto near = did_you_mean(word, candidates);
  return near ? fmt::format("; did you mean {}?", *near) : "";
}

std::string with_thousands(std::int64_t number) {
  std::string digits = fmt::format("{}", number);
  const std::ptrdiff_t first = number < 0 ? 1 : 0;
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > first; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return digits;
}

}  // namespace proctor

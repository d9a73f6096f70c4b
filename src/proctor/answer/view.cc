// The plain view of a text: what a person sees of it, in as few characters as possible,
// so that no later rule has to know of markup.
//
// In: "The answer is **\boxed{\text{Ｂ}}**". Out: "The answer is \x01B}}", where \x01
// is the mark of a box. What only looks (emphasis, colours, fonts) is dropped; what
// parts words, lines or table cells becomes a blank, a line end, a rule; what says
// something by its form alone (a box, a tick) keeps a mark of its own, a control
// character that no reply holds, as the view drops those of the reply.
#include "proctor/answer/view.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "proctor/answer/markup.h"
#include "proctor/base/base.h"

namespace proctor {
namespace {

bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// ---- Characters -------------------------------------------------------------------

constexpr std::string_view printed =
    "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
    "abcdefghijklmnopqrstuvwxyz{|}~";
constexpr std::string_view letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view capitals = letters.substr(0, 26);
constexpr std::string_view tick = " \x02 ", cross = " \x03 ", arrow = " -> ";

// Characters and what each stands for: all the same text or, `in_turn`, one character
// of the text each, again and again.
struct LookAlikes {
  char32_t first, last;
  std::string_view text;
  bool in_turn = false;
};

// In the order of the code points.
constexpr LookAlikes look_alikes[] = {
    {0x85, 0x85, "\n"},
    {0xAB, 0xAB, "\""},
    {0xAD, 0xAD, ""},
    {0xBB, 0xBB, "\""},
    {0x60C, 0x60C, ","},
    {0x61F, 0x61F, "?"},
    {0x964, 0x964, "."},
    {0x200B, 0x200F, ""},
    {0x2010, 0x2015, "-"},
    {0x2018, 0x201A, "'"},
    {0x201C, 0x201F, "\""},
    {0x2022, 0x2022, "-"},
    {0x2026, 0x2026, "."},
    {0x2028, 0x2029, "\n"},
    {0x202A, 0x202E, ""},
    {0x2039, 0x203A, "'"},
    {0x2060, 0x2069, ""},
    {0x2102, 0x2102, "C"},
    {0x210B, 0x210B, "H"},
    {0x210D, 0x210D, "H"},
    {0x2110, 0x2110, "I"},
    {0x212C, 0x212C, "B"},
    {0x2130, 0x2130, "E"},
    {0x2131, 0x2131, "F"},
    {0x2192, 0x2192, arrow},
    {0x21D2, 0x21D2, arrow},
    {0x2212, 0x2212, "-"},
    {0x2234, 0x2234, " therefore "},
    {0x249C, 0x24B5, capitals, true},  // in brackets
    {0x24B6, 0x24CF, capitals, true},  // in circles
    {0x24D0, 0x24E9, capitals, true},
    {0x25AA, 0x25AA, "-"},
    {0x25CF, 0x25CF, "-"},
    {0x25E6, 0x25E6, "-"},
    {0x2611, 0x2611, tick},
    {0x2612, 0x2612, cross},
    {0x2705, 0x2705, tick},
    {0x2713, 0x2714, tick},
    {0x2715, 0x2718, cross},
    {0x274C, 0x274C, cross},
    {0x274E, 0x274E, cross},
    {0x2794, 0x2794, arrow},
    {0x279C, 0x279C, arrow},
    {0x27E8, 0x27E8, "["},
    {0x27E9, 0x27E9, "]"},
    {0x27F6, 0x27F6, arrow},
    {0x27F9, 0x27F9, arrow},
    {0x3001, 0x3001, ","},
    {0x3002, 0x3002, "."},
    {0x3008, 0x3008, "["},
    {0x3009, 0x3009, "]"},
    {0x300A, 0x300F, "\""},
    {0x3010, 0x3010, "["},
    {0x3011, 0x3011, "]"},
    {0x3014, 0x3014, "["},
    {0x3015, 0x3015, "]"},
    {0x30FB, 0x30FB, "-"},
    {0xFE00, 0xFE0F, ""},
    {0xFEFF, 0xFEFF, ""},
    {0xFF01, 0xFF5E, printed, true},  // in full width
    {0xFF61, 0xFF61, "."},
    {0x1D400, 0x1D6A3, letters, true},   // mathematical, thirteen alphabets
    {0x1F110, 0x1F129, capitals, true},  // in brackets, squares and circles
    {0x1F130, 0x1F149, capitals, true},
    {0x1F150, 0x1F169, capitals, true},
    {0x1F170, 0x1F189, capitals, true},
    {0x1F1E6, 0x1F1FF, capitals, true},  // of flags
    {0x1F44D, 0x1F44D, tick},
    {0x1F44E, 0x1F44E, cross},
    {0x1F6AB, 0x1F6AB, cross},
};
static_assert(std::ranges::is_sorted(look_alikes, {}, &LookAlikes::first));

// What a look-alike stands for; nothing to leave it; "" to drop it.
std::optional<std::string_view> stands_for(char32_t c) {
  const auto row = std::ranges::lower_bound(look_alikes, c, {}, &LookAlikes::last);
  if (row == std::end(look_alikes) || c < row->first) {
    if (is_python_space(c)) return " ";
    return std::nullopt;
  }
  if (!row->in_turn) return row->text;
  return row->text.substr((c - row->first) % row->text.size(), 1);
}

// ---- LaTeX ------------------------------------------------------------------------

// Commands that say how their argument looks.
constexpr std::string_view wrappers[] = {
    "text",   "textbf",     "textit", "textrm",    "mathbf",       "mathrm", "mathit",
    "mathsf", "mathcal",    "mathbb", "mathtt",    "texttt",       "bold",   "bf",
    "rm",     "boldsymbol", "emph",   "underline", "displaystyle", "left",   "right",
    "big",    "Big",        "bigl",   "bigr"};

struct Command {
  std::string_view name, becomes;
};
constexpr Command commands[] = {
    {"quad", " "},      {"qquad", " "},        {"newline", " "},
    {"hspace", " "},    {"rightarrow", arrow}, {"Rightarrow", arrow},
    {"implies", arrow}, {"to", arrow},         {"therefore", " therefore "}};

// "\n", "\\", "\,", "\%", "\(": what is left of a backslash and a character that is no
// letter. Before a digit or another script the backslash is one.
std::size_t take_escaped(std::string_view text, std::size_t at, std::string& out) {
  const char c = text[at + 1];
  if (static_cast<unsigned char>(c) >= 0x80 || (c >= '0' && c <= '9')) {
    out += '\\';
    return at + 1;
  }
  if (c == '\\') out += '\n';
  if (std::string_view(" ,;:!").find(c) != std::string_view::npos) out += ' ';
  if (std::string_view("\"%&_#'").find(c) != std::string_view::npos) out += c;
  return at + 2;
}

// "\boxed{" and "\boxed {".
std::size_t take_box(std::string_view text, std::size_t end, std::string& out) {
  const std::size_t brace = std::min(text.find_first_not_of(' ', end), text.size());
  if (!text.substr(brace).starts_with('{')) return end;
  out += box;
  return brace + 1;
}

// Where a LaTeX command at `at` (a backslash) ends, and what it leaves in `out`.
std::size_t take_command(std::string_view text, std::size_t at, std::string& out) {
  std::size_t end = at + 1;
  if (end >= text.size()) return end;
  if (!is_ascii_letter(text[end])) return take_escaped(text, at, out);
  while (end < text.size() && is_ascii_letter(text[end])) ++end;
  const std::string_view name = text.substr(at + 1, end - at - 1);
  if (name == "n" && at > 0) {  // an escaped line end of JSON
    out += '\n';
    return end;
  }
  if (name == "boxed" || name == "fbox") return take_box(text, end, out);
  if (std::ranges::find(wrappers, name) != std::end(wrappers))
    return text.substr(end).starts_with('{') ? end + 1 : end;
  const auto command = std::ranges::find(commands, name, &Command::name);
  out += command != std::end(commands) ? command->becomes : text.substr(at, end - at);
  return end;
}

// ---- The view ---------------------------------------------------------------------

// ESC [ ... letter
std::size_t after_escape(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  if (end >= text.size() || text[end] != '[') return end;
  ++end;
  while (end < text.size() && !is_ascii_letter(text[end]) && end < at + 16) ++end;
  return std::min(end + 1, text.size());
}

// The characters that are copied as they are: printed ASCII without markup.
constexpr std::array<bool, 256> copied = [] {
  std::array<bool, 256> all{};
  for (int c = ' '; c < 0x7F; ++c) all[static_cast<std::size_t>(c)] = true;
  for (const char c : {'*', '`', '$', '~', '_', '\\', '<'})
    all[static_cast<unsigned char>(c)] = false;
  all['\n'] = true;
  return all;
}();

class PlainView {
 public:
  PlainView(std::string_view text, Struck struck)
      : text_(text), struck_(struck), tags_(text) {
    out_.reserve(text.size() + 16);
  }

  std::string all() {
    while (at_ < text_.size()) {
      std::size_t run = at_;
      while (run < text_.size() && copied[static_cast<unsigned char>(text_[run])])
        ++run;
      out_.append(text_, at_, run - at_);
      at_ = run;
      if (at_ < text_.size()) take(text_[at_]);
    }
    return std::move(out_);
  }

 private:
  void take(char c) {
    if (static_cast<unsigned char>(c) >= 0x80) return take_beyond_ascii();
    switch (c) {
      case '~':
        return take_tilde();
      case '<':
        return take_tag();
      case '_':
        return take_underscore();
      case '\\':
        at_ = take_command(text_, at_, out_);
        return;
      case '\x1b':
        at_ = after_escape(text_, at_);
        return;
      case '\r':
        if (next() != '\n') out_ += '\n';
        break;
      case '\t':
        out_ += ' ';
        break;
      default:  // '*', '`', '$' and control characters
        break;
    }
    ++at_;
  }

  char next() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : '\0'; }

  void take_beyond_ascii() {
    const std::size_t begin = at_;
    const char32_t c = next_code_point(text_, at_);
    out_ += stands_for(c).value_or(text_.substr(begin, at_ - begin));
  }

  // "~~A~~" on one line; "~5" is about five.
  void take_tilde() {
    constexpr std::size_t longest = 200;
    constexpr std::string_view mark = "~~";
    if (struck_ == Struck::dropped && text_.substr(at_).starts_with(mark)) {
      const std::size_t inside = at_ + mark.size();
      std::string_view line = text_.substr(0, at_ + longest);
      line = line.substr(0, line.find('\n', inside));
      const std::size_t end = line.find(mark, inside);
      if (end != std::string_view::npos && end > inside) {
        at_ = end + mark.size();
        return;
      }
    }
    ++at_;
  }

  void take_tag() {
    const auto tag = tags_.at(at_);
    if (!tag) {
      out_ += '<';
      ++at_;
      return;
    }
    const bool drops = tag->strikes && struck_ == Struck::dropped;
    const auto end = drops ? tags_.closed_at(at_) : std::nullopt;
    out_ += tag->in_place;
    at_ = end.value_or(tag->end);
  }

  // Emphasis; inside a word it parts two words.
  void take_underscore() {
    at_ += next() == '_' ? 2 : 1;
    if (!out_.empty() && is_ascii_letter(out_.back()) && at_ < text_.size() &&
        is_ascii_letter(text_[at_])) {
      out_ += ' ';
    }
  }

  std::string_view text_;
  Struck struck_;
  HtmlTags tags_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

bool has_struck(std::string_view text) {
  for (const std::string_view mark : {"~~", "<del", "<s>", "<strike"}) {
    if (text.find(mark) != std::string_view::npos) return true;
  }
  return false;
}

std::string plain_view(std::string_view text, Struck struck) {
  return PlainView(text, struck).all();
}

}  // namespace proctor

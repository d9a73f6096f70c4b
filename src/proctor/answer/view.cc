#include "proctor/answer/view.h"

#include <algorithm>
#include <array>
#include <optional>

#include "proctor/answer/markup.h"
#include "proctor/base/base.h"

namespace proctor {
namespace {

bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_blank(std::string_view text) {
  return python_strip(text).empty();
}

// ---- Tags -------------------------------------------------------------------------

enum class TagKind {
  think_open,
  think_close,
  details_close,  // closes a thought that <details type="reasoning"> opened
  answer_open,
  answer_close,
  message,
  end
};
struct Tag {
  TagKind kind;
  std::size_t end;         // behind it
  bool needs_end = false;  // a container by which HTML and programs mean other things
};

bool starts_with_one_of(std::string_view text,
                        std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](auto word) { return text.starts_with(word); });
}

// Tags that are no names in angle brackets.
std::optional<Tag> fixed_tag_at(std::string_view text) {
  struct Fixed {
    std::string_view spelling;
    TagKind kind;
  };
  static constexpr Fixed all[] = {{"<unused94>", TagKind::think_open},
                                  {"<unused95>", TagKind::think_close},
                                  {"◁think▷", TagKind::think_open},
                                  {"◁/think▷", TagKind::think_close},
                                  {"<details type=\"reasoning\"", TagKind::think_open},
                                  {"</details>", TagKind::details_close}};
  for (const Fixed& fixed : all) {
    if (text.starts_with(fixed.spelling)) return Tag{fixed.kind, fixed.spelling.size()};
  }
  return std::nullopt;
}

bool takes_off(std::string_view& word, std::span<const std::string_view> prefixes) {
  for (const std::string_view prefix : prefixes) {
    if (!word.starts_with(prefix)) continue;
    word.remove_prefix(prefix.size());
    return true;
  }
  return false;
}

// A tag at `at`, which holds '<', '[' or the first byte of '◁': <think>, </think>,
// [THINK], <|end_of_thought|>, <seed:think>, <|START_THINKING|>, <answer>,
// <|begin_of_box|>, <|channel|>final<|message|>, <|im_end|>, </s> ...
std::optional<Tag> tag_at(std::string_view text, std::size_t at) {
  if (auto fixed = fixed_tag_at(text.substr(at, 40))) {
    fixed->end += at;
    return fixed;
  }
  if (text[at] != '<' && text[at] != '[') return std::nullopt;
  const char close = text[at] == '<' ? '>' : ']';
  const std::size_t longest = std::min(text.size(), at + 40);
  std::size_t end = at + 1;
  std::string name;
  while (end < longest && text[end] != close && text[end] != '\n') {
    const char c = text[end++];
    if (is_ascii_letter(c)) name += static_cast<char>(c | 0x20);
    if (c == '/') name += '/';
    if (c == ':') name.resize(name.starts_with('/') ? 1 : 0);  // whose tag it is
    if (!is_ascii_letter(c) &&
        std::string_view("/|_ -:").find(c) == std::string_view::npos &&
        static_cast<unsigned char>(c) < 0x80) {
      return std::nullopt;
    }
  }
  if (end >= longest || text[end] != close) return std::nullopt;
  ++end;
  std::string_view word = name;
  static constexpr std::string_view ends[] = {"/s",  "endoftext", "imend",  "eotid",
                                              "eos", "endofturn", "return", "eot"};
  if (close == '>' && std::ranges::find(ends, word) != std::end(ends))
    return Tag{TagKind::end, end};
  static constexpr std::string_view closers[] = {"/", "endof", "end"};
  static constexpr std::string_view openers[] = {"beginof", "startof", "begin",
                                                 "start"};
  bool closing = takes_off(word, closers);
  if (!closing) takes_off(word, openers);
  if (word.ends_with("end") && word.size() > 3) {
    closing = true;
    word.remove_suffix(3);
  }
  if (word.starts_with("longcat")) word.remove_prefix(7);
  if (word == "innerprefix" || word == "innersuffix") {
    closing = word == "innersuffix";
    word = "think";
  }
  static constexpr std::string_view thoughts[] = {
      "think", "thought", "reason", "reflection", "scratchpad", "analysis"};
  static constexpr std::string_view answers[] = {"answer", "finalanswer", "solution",
                                                 "response"};
  static constexpr std::string_view containers[] = {"final", "result", "output", "box"};
  if (word.size() < 20 && starts_with_one_of(word, thoughts)) {
    return Tag{closing ? TagKind::think_close : TagKind::think_open, end};
  }
  const bool container = std::ranges::find(containers, word) != std::end(containers);
  if (container || std::ranges::find(answers, word) != std::end(answers)) {
    return Tag{closing ? TagKind::answer_close : TagKind::answer_open, end,
               container && word != "box"};
  }
  // The channels of gpt-oss: <|channel|>analysis<|message|> ...
  // <|channel|>final<|message|>
  if (word == "channel" && text[at] == '<') {
    const std::size_t message = text.substr(end, 40).find("<|message|>");
    if (message == std::string_view::npos) return std::nullopt;
    const std::string_view channel = text.substr(end, message);
    return Tag{channel.starts_with("final") ? TagKind::message : TagKind::think_open,
               end + message + 11};
  }
  return std::nullopt;
}

// ---- Channels whose marks a server has removed --------------------------------------

// gpt-oss without its special tokens: "analysisWe need ...assistantfinalThe answer".
// What is left of the reply; nothing if there is a thought alone.
std::optional<std::string_view> final_channel(std::string_view reply) {
  constexpr std::string_view glued = "assistantfinal";
  const std::size_t begin = reply.find_first_not_of(" \n\r\t");
  if (begin == std::string_view::npos) return reply;
  const std::string_view text = reply.substr(begin);
  if (std::size_t at = text.find(glued); at != std::string_view::npos) {
    at = text.rfind(glued);
    return text.substr(at + glued.size());
  }
  for (const std::string_view thought : {"analysis", "commentary"}) {
    if (!text.starts_with(thought) || text.size() == thought.size()) continue;
    // "assistant final", where a detokeniser put a blank between.
    for (std::size_t at = text.rfind("final"); at != std::string_view::npos && at > 0;
         at = text.rfind("final", at - 1)) {
      const std::size_t last = text.substr(0, at).find_last_not_of(" \n");
      if (last != std::string_view::npos && at - last < 4 &&
          text.substr(0, last + 1).ends_with("assistant")) {
        return text.substr(at + 5);
      }
    }
    const char next = text[thought.size()];
    if (next >= 'A' && next <= 'Z') return std::nullopt;
  }
  if (text.starts_with("final") && text.size() > 5 &&
      ((text[5] >= 'A' && text[5] <= 'Z') || text[5] == '*' || text[5] == '(')) {
    return text.substr(5);
  }
  return reply;
}

// Where a tag may begin: at '<', '[' and the first byte of '◁'.
constexpr std::array<bool, 256> may_open = [] {
  std::array<bool, 256> all{};
  all['<'] = all['['] = all[0xE2] = true;
  return all;
}();

std::size_t next_bracket(std::string_view text, std::size_t at) {
  for (; at < text.size(); ++at) {
    if (!may_open[static_cast<unsigned char>(text[at])]) continue;
    if (text[at] == '<' || text[at] == '[' || text.substr(at, 3) == "◁") return at;
  }
  return std::string_view::npos;
}

// ---- Characters -------------------------------------------------------------------

// What a look-alike stands for; nothing to leave it; "" to drop it.
std::optional<std::string_view> stands_for(char32_t c) {
  static constexpr std::string_view ascii =
      " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
      "abcdefghijklmnopqrstuvwxyz{|}~";
  const auto letter = [&](char32_t index) {
    return ascii.substr('A' - ' ' + index, 1);
  };
  const auto small = [&](char32_t index) { return ascii.substr('a' - ' ' + index, 1); };
  if (c >= 0xFF01 && c <= 0xFF5E) return ascii.substr(c - 0xFF00, 1);
  if (c == 0x2028 || c == 0x2029 || c == 0x85) return "\n";
  if (is_python_space(c)) return " ";
  if ((c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
      (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF || (c >= 0xFE00 && c <= 0xFE0F) ||
      c == 0xAD) {
    return "";
  }
  if (c >= 0x24B6 && c <= 0x24CF) return letter(c - 0x24B6);
  if (c >= 0x24D0 && c <= 0x24E9) return letter(c - 0x24D0);
  if (c >= 0x249C && c <= 0x24B5) return letter(c - 0x249C);
  if (c >= 0x1D400 && c <= 0x1D6A3) {
    const char32_t index = (c - 0x1D400) % 52;
    return index < 26 ? letter(index) : small(index - 26);
  }
  if (c >= 0x1F110 && c <= 0x1F129) return letter(c - 0x1F110);
  if (c >= 0x1F130 && c <= 0x1F149) return letter(c - 0x1F130);
  if (c >= 0x1F150 && c <= 0x1F169) return letter(c - 0x1F150);
  if (c >= 0x1F170 && c <= 0x1F189) return letter(c - 0x1F170);
  if (c >= 0x1F1E6 && c <= 0x1F1FF) return letter(c - 0x1F1E6);
  switch (c) {
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x201F:
    case 0xAB:
    case 0xBB:
    case 0x300A:
    case 0x300B:
    case 0x300C:
    case 0x300D:
    case 0x300E:
    case 0x300F:
      return "\"";
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x2039:
    case 0x203A:
      return "'";
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212:
      return "-";
    case 0x3010:
    case 0x3014:
    case 0x3008:
    case 0x27E8:
      return "[";
    case 0x3011:
    case 0x3015:
    case 0x3009:
    case 0x27E9:
      return "]";
    case 0x3002:
    case 0xFF61:
    case 0x2026:
    case 0x0964:
      return ".";
    case 0x3001:
    case 0x060C:
      return ",";
    case 0x061F:
      return "?";
    case 0x2022:
    case 0x25CF:
    case 0x25AA:
    case 0x25E6:
    case 0x30FB:
      return "-";
    case 0x2192:
    case 0x21D2:
    case 0x27F6:
    case 0x27F9:
    case 0x279C:
    case 0x2794:
      return " -> ";
    case 0x2234:
      return " therefore ";
    case 0x2713:
    case 0x2714:
    case 0x2705:
    case 0x2611:
    case 0x1F44D:
      return " \x02 ";
    case 0x2717:
    case 0x2718:
    case 0x274C:
    case 0x274E:
    case 0x2716:
    case 0x2715:
    case 0x2612:
    case 0x1F44E:
    case 0x1F6AB:
      return " \x03 ";
    case 0x2102:
      return "C";
    case 0x212C:
      return "B";
    case 0x2130:
      return "E";
    case 0x2131:
      return "F";
    case 0x210B:
    case 0x210D:
      return "H";
    case 0x2110:
      return "I";
    default:
      return std::nullopt;
  }
}

// Where a LaTeX command at `at` (a backslash) ends, and what it leaves in `out`.
std::size_t take_command(std::string_view text, std::size_t at, std::string& out) {
  std::size_t end = at + 1;
  if (end >= text.size()) return end;
  if (!is_ascii_letter(text[end])) {
    const char c = text[end];
    if (c == 'n') out += '\n';
    if (c == ' ' || c == ',' || c == ';' || c == ':' || c == '!') out += ' ';
    if (c == '"' || c == '%' || c == '&' || c == '_' || c == '#' || c == '\'') out += c;
    if (c == '\\') out += '\n';
    if (static_cast<unsigned char>(c) >= 0x80 || (c >= '0' && c <= '9')) {
      out += '\\';
      return end;
    }
    return end + 1;
  }
  while (end < text.size() && is_ascii_letter(text[end])) ++end;
  const std::string_view name = text.substr(at + 1, end - at - 1);
  if (name == "n" && at > 0) {  // an escaped line end of JSON
    out += '\n';
    return end;
  }
  if (name == "boxed" || name == "fbox") {
    std::size_t brace = end;
    while (brace < text.size() && text[brace] == ' ') ++brace;
    if (brace < text.size() && text[brace] == '{') {
      out += box;
      return brace + 1;
    }
    return end;
  }
  static constexpr std::string_view wrappers[] = {
      "text",   "textbf",     "textit", "textrm",    "mathbf",       "mathrm", "mathit",
      "mathsf", "mathcal",    "mathbb", "mathtt",    "texttt",       "bold",   "bf",
      "rm",     "boldsymbol", "emph",   "underline", "displaystyle", "left",   "right",
      "big",    "Big",        "bigl",   "bigr"};
  if (std::ranges::find(wrappers, name) != std::end(wrappers)) {
    if (end < text.size() && text[end] == '{') ++end;
    return end;
  }
  static constexpr std::string_view gaps[] = {"quad", "qquad", "newline", "hspace"};
  if (std::ranges::find(gaps, name) != std::end(gaps)) {
    out += ' ';
    return end;
  }
  if (name == "rightarrow" || name == "Rightarrow" || name == "implies" ||
      name == "to") {
    out += " -> ";
    return end;
  }
  if (name == "therefore") {
    out += " therefore ";
    return end;
  }
  out += text.substr(at, end - at);
  return end;
}

// ESC [ ... letter
std::size_t after_escape(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  if (end >= text.size() || text[end] != '[') return end;
  ++end;
  while (end < text.size() && !is_ascii_letter(text[end]) && end < at + 16) ++end;
  return std::min(end + 1, text.size());
}

// The characters that plain_view copies as they are: printed ASCII without markup.
constexpr std::array<bool, 256> copied = [] {
  std::array<bool, 256> all{};
  for (int c = ' '; c < 0x7F; ++c) all[static_cast<std::size_t>(c)] = true;
  for (const char c : {'*', '`', '$', '~', '_', '\\', '<'})
    all[static_cast<unsigned char>(c)] = false;
  all['\n'] = true;
  return all;
}();

}  // namespace

FinalPart final_part(std::string_view whole) {
  const auto channel = final_channel(whole);
  if (!channel) return {whole.substr(whole.size()), true};
  const std::string_view reply = *channel;
  std::size_t begin = 0;
  constexpr std::size_t nowhere = std::string_view::npos;
  std::size_t thought = nowhere, answer_begin = nowhere, cut = nowhere;
  bool in_details = false, answer_needs_end = false;
  std::optional<std::string_view> answer;
  // "</s>" ends a text, unless "<s>" struck something out before.
  const std::size_t s_open = reply.find("<s>");
  const bool strikes = s_open != nowhere && !is_blank(reply.substr(0, s_open));
  for (std::size_t at = next_bracket(reply, 0); at != std::string_view::npos;) {
    const auto tag = tag_at(reply, at);
    if (!tag) {
      at = next_bracket(reply, at + 1);
      continue;
    }
    switch (tag->kind) {
      case TagKind::think_open:
        if (thought == nowhere) {
          thought = at;
          in_details = reply.substr(at, 8) == "<details";
        }
        break;
      case TagKind::details_close:
        if (thought == nowhere || !in_details) break;
        [[fallthrough]];
      case TagKind::think_close:
      case TagKind::message:
        begin = tag->end;
        thought = answer_begin = cut = nowhere;
        answer.reset();
        break;
      case TagKind::answer_open:
        if (thought == nowhere) {
          answer_begin = tag->end;
          answer_needs_end = tag->needs_end;
        }
        break;
      case TagKind::answer_close:
        if (thought == nowhere && answer_begin != nowhere) {
          const auto inside = reply.substr(answer_begin, at - answer_begin);
          if (!is_blank(inside)) answer = inside;
          answer_begin = nowhere;
        }
        break;
      case TagKind::end:
        if (thought == nowhere && cut == nowhere &&
            !(strikes && reply.substr(at, 4) == "</s>") &&
            !is_blank(reply.substr(begin, at - begin)))
          cut = at;
        break;
    }
    at = next_bracket(reply, tag->end);
  }
  if (answer) return {*answer};
  if (answer_begin != nowhere && !answer_needs_end &&
      !is_blank(reply.substr(answer_begin))) {
    return {reply.substr(answer_begin)};
  }
  const std::size_t end = std::min({reply.size(), cut, thought});
  const std::string_view text = reply.substr(begin, end - begin);
  return {text, thought != nowhere && is_blank(text)};
}

bool has_struck(std::string_view text) {
  for (const std::string_view mark : {"~~", "<del", "<s>", "<strike"}) {
    if (text.find(mark) != std::string_view::npos) return true;
  }
  return false;
}

std::string plain_view(std::string_view text, Struck struck) {
  // How far a line may be struck out.
  constexpr std::size_t reach = 200;
  std::string out;
  out.reserve(text.size() + 16);
  HtmlTags tags(text);
  for (std::size_t at = 0; at < text.size();) {
    std::size_t run = at;
    while (run < text.size() && copied[static_cast<unsigned char>(text[run])]) ++run;
    if (run > at) {
      out.append(text, at, run - at);
      at = run;
      continue;
    }
    const char c = text[at];
    if (static_cast<unsigned char>(c) >= 0x80) {
      const std::size_t begin = at;
      const char32_t code = next_code_point(text, at);
      if (const auto other = stands_for(code)) {
        out += *other;
      } else {
        out += text.substr(begin, at - begin);
      }
      continue;
    }
    switch (c) {
      case '*':
      case '`':
      case '$':
        ++at;
        break;
      case '~': {
        const std::size_t inside = at + 2;
        const std::size_t end = struck == Struck::dropped && text.substr(at, 2) == "~~"
                                    ? text.substr(0, at + reach).find("~~", inside)
                                    : std::string_view::npos;
        const bool whole =
            end != std::string_view::npos && end > inside &&
            text.substr(inside, end - inside).find('\n') == std::string_view::npos;
        at = whole ? end + 2 : at + 1;
        break;
      }
      case '<': {
        const auto tag = tags.at(at);
        if (!tag) {
          out += c;
          ++at;
          break;
        }
        const auto end = tag->strikes && struck == Struck::dropped ? tags.closed_at(at)
                                                                   : std::nullopt;
        out += tag->in_place;
        at = end.value_or(tag->end);
        break;
      }
      case '_':
        // Emphasis; inside a word it parts two words.
        if (at + 1 < text.size() && text[at + 1] == '_') ++at;
        ++at;
        if (!out.empty() && is_ascii_letter(out.back()) && at < text.size() &&
            is_ascii_letter(text[at])) {
          out += ' ';
        }
        break;
      case '\r':
        if (at + 1 >= text.size() || text[at + 1] != '\n') out += '\n';
        ++at;
        break;
      case '\\':
        at = take_command(text, at, out);
        break;
      case '\x1b':
        at = after_escape(text, at);
        break;
      case '\t':
        out += ' ';
        ++at;
        break;
      default:
        ++at;  // a control character
    }
  }
  return out;
}

}  // namespace proctor

// HTML in a reply, as far as models write it: entities, and which "<" begins a tag.
//
// In: "The answer is <b>B</b> &lt; C". Out, tag by tag: where each ends and what stands
// in its place ("" for <b>, a line end for <br>). Most "<" of a reply about mathematics
// are less-than signs and some letters stand in angle brackets, so that a name alone
// makes no tag: an element is known, or closed.
#include "proctor/answer/markup.h"

#include <algorithm>
#include <span>

#include "proctor/answer/unicode.h"
#include "proctor/base/base.h"

namespace proctor {
namespace {

struct Entity {
  std::string_view name, text;
};

constexpr Entity entities[] = {
    {"lt", "<"},     {"gt", ">"},     {"amp", "&"},      {"quot", "\""},
    {"apos", "'"},   {"nbsp", " "},   {"ensp", " "},     {"emsp", " "},
    {"thinsp", " "}, {"ldquo", "\""}, {"rdquo", "\""},   {"lsquo", "'"},
    {"rsquo", "'"},  {"laquo", "\""}, {"raquo", "\""},   {"lpar", "("},
    {"rpar", ")"},   {"lsqb", "["},   {"rsqb", "]"},     {"colon", ":"},
    {"ndash", "-"},  {"mdash", "-"},  {"hellip", "..."}, {"rarr", "→"},
    {"check", "✓"},  {"cross", "✗"},  {"times", "×"},    {"zwj", ""},
    {"zwnj", ""},    {"bull", "•"},   {"middot", "·"},   {"ast", "*"},
};

// The value of a digit, 16 for what is none.
unsigned digit_of(char c) {
  const char low = static_cast<char>(c | 0x20);
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (low >= 'a' && low <= 'f') return static_cast<unsigned>(low - 'a' + 10);
  return 16;
}

// The character that "#66" and "#x42" stand for.
std::optional<std::string> numbered(std::string_view name) {
  if (name.size() < 2 || name[0] != '#') return std::nullopt;
  const bool hex = name[1] == 'x' || name[1] == 'X';
  const unsigned base = hex ? 16 : 10;
  const std::string_view digits = name.substr(hex ? 2 : 1);
  if (digits.empty()) return std::nullopt;
  char32_t code = 0;
  for (const char c : digits) {
    const unsigned digit = digit_of(c);
    if (digit >= base) return std::nullopt;
    code = code * base + digit;
  }
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code == 0 || code > 0x10FFFF || surrogate) return std::nullopt;
  return utf8_of(code);
}

constexpr std::string_view lone[] = {"br", "hr", "wbr", "img", "input"};
constexpr std::string_view rules[] = {"br", "hr"};
constexpr std::string_view cells[] = {"td", "th"};
constexpr std::string_view rows[] = {"li", "tr"};
constexpr std::string_view blocks[] = {
    "p",          "div",    "li",      "ul",      "ol",      "dl",      "dt",
    "dd",         "tr",     "h1",      "h2",      "h3",      "h4",      "h5",
    "h6",         "pre",    "table",   "thead",   "tbody",   "section", "article",
    "blockquote", "center", "summary", "details", "html",    "body",    "header",
    "footer",     "main",   "form",    "label",   "fieldset"};
constexpr std::string_view inlines[] = {
    "em",  "strong", "span", "font",   "code", "mark",   "small", "big",  "sup",
    "sub", "ins",    "del",  "strike", "kbd",  "samp",   "var",   "cite", "abbr",
    "td",  "th",     "tt",   "time",   "data", "button", "head",  "title"};
constexpr std::string_view strikers[] = {"del", "strike", "s"};

bool one_of(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

constexpr std::size_t longest_name = 20, longest_tag = 300;

// A tag by its form alone: "<NAME attributes>", "</NAME>", "<NAME/>".
struct Parsed {
  std::string name;                                  // in small letters
  bool closing = false, lone = false, plain = true;  // plain: without attributes
  std::size_t end = 0;
};

// The name that begins at `at`, in small letters.
std::string name_at(std::string_view text, std::size_t at) {
  std::string name;
  for (const char c : text.substr(at, longest_name)) {
    const char low = static_cast<char>(c | 0x20);
    const bool letter = low >= 'a' && low <= 'z';
    const bool later = (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!letter && (!later || name.empty())) break;
    name += letter ? low : c;
  }
  return name;
}

std::optional<Parsed> parsed(std::string_view text, std::size_t at) {
  Parsed tag;
  tag.closing = text.substr(at + 1).starts_with('/');
  const std::size_t begin = at + (tag.closing ? 2 : 1);
  tag.name = name_at(text, begin);
  if (tag.name.empty()) return std::nullopt;
  const std::size_t behind_name = begin + tag.name.size();
  const std::size_t end =
      text.substr(0, at + longest_tag).find_first_of("<>", behind_name);
  if (end == std::string_view::npos || text[end] != '>') return std::nullopt;
  const std::string_view rest = text.substr(behind_name, end - behind_name);
  if (!rest.empty() && std::string_view(" /\n\t\r").find(rest[0]) == rest.npos)
    return std::nullopt;
  tag.lone = rest.ends_with('/');
  tag.plain = rest.empty();
  tag.end = end + 1;
  return tag;
}

// "<B>" is a letter in brackets and "a <b and c> d" two comparisons, unless "</b>"
// follows; of longer names those of HTML need none. "<s>" begins a text of Llama's.
bool stands_unclosed(const Parsed& tag) {
  if (tag.lone) return false;
  if (tag.name == "s" && tag.plain) return true;
  return tag.name.size() > 1 && (one_of(blocks, tag.name) || one_of(inlines, tag.name));
}

// A block that is never closed (<li>A<li>B) ends the line before it; one that is closed
// does so where it ends, so that "the answer is <p>B</p>" stays one sentence.
std::string_view before_element(std::string_view name, bool closed) {
  if (!one_of(blocks, name)) return "";
  return !closed || one_of(rows, name) ? "\n" : " ";
}

std::string_view behind_element(std::string_view name) {
  if (one_of(blocks, name)) return "\n";
  return one_of(cells, name) ? " | " : "";
}

}  // namespace

std::string without_entities(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t sign = std::min(text.find('&', at), text.size());
    out.append(text, at, sign - at);
    at = sign;
    if (at >= text.size()) break;
    const std::size_t length = text.substr(at + 1, 10).find(';');
    if (length != std::string_view::npos) {
      const std::string_view name = text.substr(at + 1, length);
      const auto found = std::ranges::find(entities, name, &Entity::name);
      std::optional<std::string> character = numbered(name);
      if (found != std::end(entities)) character = std::string(found->text);
      if (character) {
        out += *character;
        at += length + 2;
        continue;
      }
    }
    out += '&';
    ++at;
  }
  return out;
}

void HtmlTags::find_closings() {
  searched_ = true;
  const std::size_t comment = text_.rfind("-->");
  comments_end_ = comment == std::string_view::npos ? 0 : comment + 3;
  for (std::size_t at = text_.find("</"); at != std::string_view::npos;
       at = text_.find("</", at + 2)) {
    if (const auto tag = parsed(text_, at)) last_closing_[tag->name] = at;
  }
}

bool HtmlTags::is_closed_behind(std::size_t at, const std::string& name) {
  const auto found = last_closing_.find(name);
  return found != last_closing_.end() && found->second > at;
}

std::optional<HtmlTags::Tag> HtmlTags::at(std::size_t at) {
  if (!searched_) find_closings();
  if (text_.substr(at, 4) == "<!--" && at < comments_end_) {
    const std::size_t end = text_.find("-->", at + 4);
    if (end == std::string_view::npos) return std::nullopt;
    return Tag{end + 3, ""};
  }
  const auto tag = parsed(text_, at);
  if (!tag) return std::nullopt;
  if (one_of(lone, tag->name))
    return Tag{tag->end, one_of(rules, tag->name) ? "\n" : " "};
  if (tag->closing) return Tag{tag->end, behind_element(tag->name)};
  const bool closed = is_closed_behind(at, tag->name);
  if (!closed && !stands_unclosed(*tag)) return std::nullopt;
  return Tag{tag->end, before_element(tag->name, closed),
             closed && one_of(strikers, tag->name)};
}

std::optional<std::size_t> HtmlTags::closed_at(std::size_t at) const {
  const auto tag = parsed(text_, at);
  if (!tag) return std::nullopt;
  for (std::size_t end = text_.substr(0, at + longest_tag).find("</", tag->end);
       end != std::string_view::npos;
       end = text_.substr(0, at + longest_tag).find("</", end + 2)) {
    const auto close = parsed(text_, end);
    if (close && close->name == tag->name) return end;
  }
  return std::nullopt;
}

}  // namespace proctor

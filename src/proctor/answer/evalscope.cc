// evalscope's rule: of "Answer: A. ANSWER: B, C" several letters, of "I take B" B.
//
// The labels behind the last "ANSWER:" that has any; else the last capital of all, if
// it is a label. The peer's patterns stand above the functions that match them, since
// std::regex is neither linear nor Python's.
#include <algorithm>

#include "proctor/answer/peers.h"
#include "proctor/answer/readers.h"
#include "proctor/answer/unicode.h"

namespace proctor {
namespace {

bool is_token(char32_t c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || is_digit(c);
}

bool is_label(char32_t c, std::string_view labels) {
  return c < 0x80 && labels.find(static_cast<char>(c)) != std::string_view::npos;
}

bool is_comma(char32_t c) {
  return c == ',' || c == U'，';
}

// The leading part of a capture whose tokens hold labels only; it ends with a token.
std::u32string_view label_prefix(std::u32string_view capture, std::string_view labels) {
  std::size_t good = 0;
  bool all_labels = true;
  for (std::size_t at = 0; at < capture.size(); ++at) {
    if (!is_token(capture[at])) {
      if (!all_labels) break;
      continue;
    }
    all_labels = all_labels && is_label(capture[at], labels);
    const bool token_ends = at + 1 == capture.size() || !is_token(capture[at + 1]);
    if (!all_labels) break;
    if (token_ends) good = at + 1;
  }
  return capture.substr(0, good);
}

// `[([（【]\s*([A-Za-z\d](?:\s*[,，]\s*[A-Za-z\d])*)\s*[)\]）】]` at the front.
std::u32string_view bracketed(std::u32string_view tail) {
  constexpr std::u32string_view opening = U"([（【", closing = U")]）】";
  if (tail.empty() || opening.find(tail[0]) == std::u32string_view::npos) return {};
  const std::size_t begin = after_spaces(tail, 1);
  if (begin >= tail.size() || !is_token(tail[begin])) return {};
  std::size_t end = begin + 1;
  while (true) {
    std::size_t at = after_spaces(tail, end);
    if (at >= tail.size() || !is_comma(tail[at])) break;
    at = after_spaces(tail, at + 1);
    if (at >= tail.size() || !is_token(tail[at])) break;
    end = at + 1;
  }
  const std::size_t close = after_spaces(tail, end);
  if (close >= tail.size() || closing.find(tail[close]) == std::u32string_view::npos) {
    return {};
  }
  return tail.substr(begin, end - begin);
}

// `[A-Za-z\d][A-Za-z\d ,]*` at the front.
std::u32string_view plain_labels(std::u32string_view tail) {
  std::size_t end = 0;
  while (end < tail.size() &&
         (is_token(tail[end]) || (end > 0 && (tail[end] == ' ' || tail[end] == ',')))) {
    ++end;
  }
  return tail.substr(0, end);
}

// Where `ANSWER\s*:\s*\**\s*` that starts at `at` ends, 0 if it does not match.
std::size_t marker_end(std::u32string_view text, std::size_t at) {
  const std::size_t colon = after_spaces(text, at + 6);
  if (colon >= text.size() || text[colon] != ':') return 0;
  std::size_t end = after_spaces(text, colon + 1);
  while (end < text.size() && text[end] == '*') ++end;
  return after_spaces(text, end);
}

// What the last marker with labels behind it names. No capture holds a colon, so none
// reaches over the next marker and the whole is linear.
std::u32string_view last_labelled(std::u32string_view text, std::string_view labels) {
  std::u32string folded(text);
  std::ranges::transform(folded, folded.begin(), fold);
  for (std::size_t at = folded.rfind(U"answer"); at != std::u32string_view::npos;
       at = at == 0 ? std::u32string_view::npos : folded.rfind(U"answer", at - 1)) {
    const std::size_t end = marker_end(text, at);
    if (end == 0) continue;
    const std::u32string_view tail = text.substr(end);
    for (const auto capture : {bracketed(tail), plain_labels(tail)}) {
      const std::u32string_view prefix = label_prefix(capture, labels);
      if (!prefix.empty()) return prefix;
    }
  }
  return {};
}

}  // namespace

Answer read_evalscope(const Reading& reading) {
  const std::u32string text = code_points(reading.reply);
  const std::u32string_view labelled = last_labelled(text, reading.labels);
  if (labelled.size() == 1) return named(static_cast<char>(labelled[0]), "ANSWER: X");
  if (!labelled.empty()) return {.rule = "ANSWER: with several letters"};
  const auto last = std::ranges::find_if(text.rbegin(), text.rend(), is_upper);
  if (last == text.rend() || !is_label(*last, reading.labels)) {
    return {.rule = "the last capital is no label"};
  }
  return named(static_cast<char>(*last), "last capital");
}

}  // namespace proctor

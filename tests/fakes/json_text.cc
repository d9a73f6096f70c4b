#include "json_text.h"

#include "proctor/base/base.h"

namespace proctor::fakes {

namespace {
constexpr int deepest = 200;
constexpr std::string_view hex_digits = "0123456789abcdef";
}  // namespace

void add_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += "\\u00";
      out += hex_digits[byte >> 4];
      out += hex_digits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string in_quotes(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  add_quoted(out, text);
  return out;
}

void JsonWalk::blanks() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' ||
                                text_[at_] == '\r' || text_[at_] == '\t'))
    ++at_;
}

char JsonWalk::next() {
  blanks();
  return good_ && at_ < text_.size() ? text_[at_] : '\0';
}

bool JsonWalk::at_end() {
  blanks();
  return at_ == text_.size();
}

bool JsonWalk::took(char wanted) {
  if (next() != wanted || wanted == '\0') return false;
  ++at_;
  return true;
}

bool JsonWalk::expect(char wanted) {
  if (!took(wanted)) good_ = false;
  return good_;
}

std::string JsonWalk::string() {
  std::string out;
  if (!expect('"')) return out;
  while (good_) {
    const std::size_t stop = text_.find_first_of("\"\\", at_);
    if (stop == std::string_view::npos) break;
    out += text_.substr(at_, stop - at_);
    at_ = stop + 1;
    if (text_[stop] == '"') return out;
    add_escaped(out);
  }
  good_ = false;
  return out;
}

void JsonWalk::add_escaped(std::string& out) {
  if (at_ >= text_.size()) return;
  const char c = text_[at_++];
  constexpr std::string_view names = "\"\\/bfnrt";
  constexpr std::string_view values = "\"\\/\b\f\n\r\t";
  if (const std::size_t which = names.find(c); which != std::string_view::npos) {
    out += values[which];
    return;
  }
  if (c != 'u') {
    good_ = false;
    return;
  }
  char32_t code = four_digits();
  if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
    at_ += 2;
    code = 0x10000 + ((code - 0xD800) << 10) + (four_digits() - 0xDC00);
  }
  const bool alone = (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF;
  if (good_) out += utf8_of(alone ? U'\uFFFD' : code);
}

char32_t JsonWalk::four_digits() {
  char32_t code = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at_ < text_.size() ? text_[at_++] : '?';
    const std::size_t value =
        hex_digits.find(static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c));
    if (value == std::string_view::npos) good_ = false;
    code = code * 16 + static_cast<char32_t>(value & 15);
  }
  return code;
}

std::string_view JsonWalk::word() {
  blanks();
  const std::size_t from = at_;
  while (at_ < text_.size() &&
         (std::string_view("+-.").find(text_[at_]) != std::string_view::npos ||
          (text_[at_] >= '0' && text_[at_] <= '9') ||
          (text_[at_] >= 'a' && text_[at_] <= 'z') || text_[at_] == 'E'))
    ++at_;
  if (at_ == from) good_ = false;
  return text_.substr(from, at_ - from);
}

void JsonWalk::skip() {
  if (++depth_ > deepest) good_ = false;
  switch (next()) {
    case '"':
      skip_string();
      break;
    case '{':
      object([this](std::string_view) { skip(); });
      break;
    case '[':
      array([this] { skip(); });
      break;
    default:
      word();
  }
  --depth_;
}

void JsonWalk::skip_string() {
  for (++at_; at_ < text_.size(); at_ += 2) {
    at_ = text_.find_first_of("\"\\", at_);
    if (at_ == std::string_view::npos) break;
    if (text_[at_] == '"') {
      ++at_;
      return;
    }
  }
  at_ = text_.size();
  good_ = false;
}

}  // namespace proctor::fakes

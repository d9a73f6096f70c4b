// Lists and objects that stand in a field of text.
#include <algorithm>

#include "proctor/dataset/value.h"

namespace proctor {
namespace {

using Kind = Value::Kind;

constexpr std::string_view blanks = " \t\r\n";
constexpr int most_deep = 8;

// Reads what JSON and Python's repr() write, and no more of Python than repr() writes:
// what else stands there is not a list but text that looks like one.
class Written {
 public:
  explicit Written(std::string_view text) : rest_(trimmed(text, blanks)) {}

  std::optional<Value> whole() {
    if (!rest_.starts_with('[') && !rest_.starts_with('{') &&
        !rest_.starts_with("array(")) {
      return std::nullopt;
    }
    auto value = any(0);
    return rest_.empty() ? value : std::nullopt;
  }

 private:
  std::optional<Value> any(int depth) {
    if (rest_.empty() || depth > most_deep) return std::nullopt;
    const char first = rest_[0];
    if (first == '[') return list(depth);
    if (first == '{') return object(depth);
    if (first == '"' || first == '\'') return quoted();
    if (takes("array(")) return array(depth);
    return word();
  }

  // Commas between the items, or, as numpy prints them, blanks; not both.
  std::optional<Value> list(int depth) {
    rest_.remove_prefix(1);
    Value list{.kind = Kind::list};
    std::size_t commas = 0;
    skip_blanks();
    while (!takes(']')) {
      auto item = any(depth + 1);
      if (!item) return std::nullopt;
      list.items.push_back(*std::move(item));
      const bool stands_apart = skip_blanks();
      if (takes(',')) {
        ++commas;
        skip_blanks();
      } else if (!stands_apart && !rest_.starts_with(']')) {
        return std::nullopt;
      }
    }
    if (commas > 0 && commas + 1 < list.items.size()) return std::nullopt;
    return list;
  }

  std::optional<Value> object(int depth) {
    rest_.remove_prefix(1);
    Value object{.kind = Kind::object};
    while (true) {
      skip_blanks();
      if (takes('}')) return object;
      auto key = any(depth + 1);
      skip_blanks();
      if (!key || !takes(':')) return std::nullopt;
      skip_blanks();
      auto item = any(depth + 1);
      if (!item || (key->kind != Kind::text && key->kind != Kind::number)) {
        return std::nullopt;
      }
      object.keys.push_back(key->kind == Kind::text ? std::move(key->text)
                                                    : fmt::format("{}", key->number));
      object.items.push_back(*std::move(item));
      skip_blanks();
      if (!takes(',') && !rest_.starts_with('}')) return std::nullopt;
    }
  }

  // array(['a', 'b'], dtype=object)
  std::optional<Value> array(int depth) {
    skip_blanks();
    auto value = any(depth + 1);
    const std::size_t end = rest_.find(')');
    if (!value || end == std::string_view::npos) return std::nullopt;
    const std::string_view type = trimmed(rest_.substr(0, end), blanks);
    rest_.remove_prefix(end + 1);
    if (!type.empty() && !type.starts_with(',')) return std::nullopt;
    return value;
  }

  std::optional<Value> word() {
    const std::string_view text = rest_.substr(0, rest_.find_first_of(" \t\r\n,:]})"));
    rest_.remove_prefix(text.size());
    if (text == "None" || text == "null" || text == "nan" || text == "NaN") {
      return Value{};
    }
    if (text == "True" || text == "False" || text == "true" || text == "false") {
      return Value{.kind = Kind::other, .text = "true or false"};
    }
    const auto number = whole_number_of(text);
    if (number && fmt::format("{}", *number) == text) {
      return Value{.kind = Kind::number, .number = *number};
    }
    const bool is_number =
        text.find_first_of("0123456789") != std::string_view::npos &&
        text.find_first_not_of("+-.eE0123456789") == std::string_view::npos;
    if (!is_number) return std::nullopt;
    return Value::of_text(text);
  }

  std::optional<Value> quoted() {
    const char quote = rest_[0];
    rest_.remove_prefix(1);
    Value value{.kind = Kind::text};
    while (!rest_.empty()) {
      const char c = rest_[0];
      rest_.remove_prefix(1);
      if (c == quote) return value;
      if (c != '\\') {
        value.text += c;
      } else if (!escaped(value.text)) {
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  // What stands behind a backslash. Escapes that neither writes are not guessed.
  bool escaped(std::string& text) {
    constexpr std::string_view names = "nrtbfav\\'\"/";
    constexpr std::string_view meant = "\n\r\t\b\f\a\v\\'\"/";
    if (rest_.empty()) return false;
    const char c = rest_[0];
    rest_.remove_prefix(1);
    if (const std::size_t at = names.find(c); at != std::string_view::npos) {
      text += meant[at];
      return true;
    }
    auto code = hex(c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0);
    if (code && *code >= 0xD800 && *code < 0xDC00 && takes("\\u")) {
      const auto low = hex(4);
      if (!low || *low < 0xDC00 || *low > 0xDFFF) return false;
      code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
    }
    if (!code || *code > 0x10FFFF || (*code >= 0xD800 && *code < 0xE000)) return false;
    text += utf8_of(*code);
    return true;
  }

  std::optional<char32_t> hex(std::size_t digits) {
    if (digits == 0 || rest_.size() < digits) return std::nullopt;
    char32_t code = 0;
    for (const char c : rest_.substr(0, digits)) {
      const std::size_t digit =
          std::string_view("0123456789abcdef").find(ascii_lower({&c, 1}));
      if (digit == std::string_view::npos) return std::nullopt;
      code = code * 16 + static_cast<char32_t>(digit);
    }
    rest_.remove_prefix(digits);
    return code;
  }

  bool skip_blanks() {
    const std::size_t count = std::min(rest_.find_first_not_of(blanks), rest_.size());
    rest_.remove_prefix(count);
    return count > 0;
  }
  bool takes(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool takes(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<Value> written_in(std::string_view text) {
  return Written(text).whole();
}

}  // namespace proctor

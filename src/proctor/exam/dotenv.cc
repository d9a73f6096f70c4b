// .env files, as python-dotenv reads them: KEY=value, export KEY=value, quotes,
// comments, ${NAME} and ${NAME:-default}.
#include "proctor/exam/dotenv.h"

#include <algorithm>

#include "proctor/exam/choose_model.h"

namespace proctor {
namespace {

// No key is as long; values that hold each other grow without an end.
constexpr std::size_t most_bytes = 65536;

bool is_name(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  for (const char c : text) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    if (!fits) return false;
  }
  return true;
}

// What a backslash and `c` mean between those quotes; nothing: they mean themselves.
std::optional<char> escaped(char c, char quote) {
  if (c == '\\' || c == '\'') return c;
  if (quote == '\'') return std::nullopt;
  constexpr std::string_view letters = "abfnrtv\"";
  constexpr std::string_view meanings = "\a\b\f\n\r\t\v\"";
  const std::size_t found = letters.find(c);
  if (found == std::string_view::npos) return std::nullopt;
  return meanings[found];
}

// The value at the start of `text`, which moves behind it; nothing for an open quote.
std::optional<std::string> take_value(std::string_view& text) {
  const std::size_t line = std::min(text.find('\n'), text.size());
  const char quote = text.empty() ? '\0' : text[0];
  if (quote != '"' && quote != '\'') {
    std::string_view value = text.substr(0, line);
    text.remove_prefix(line);
    for (std::size_t at = 0; at < value.size(); ++at) {
      const bool is_comment =
          value[at] == '#' && at > 0 && (value[at - 1] == ' ' || value[at - 1] == '\t');
      if (is_comment) value = value.substr(0, at);
    }
    return std::string(python_strip(value));
  }
  std::string value;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == quote) {
      text.remove_prefix(at + 1);
      text.remove_prefix(std::min(text.find('\n'), text.size()));
      return value;
    }
    const bool may_escape = text[at] == '\\' && at + 1 < text.size();
    const auto meant = may_escape ? escaped(text[at + 1], quote) : std::nullopt;
    if (meant) ++at;
    value += meant.value_or(text[at]);
  }
  return std::nullopt;
}

// ${NAME} is the environment's, else what the file has said of it so far, else the
// default, else nothing. In every value, however it is quoted. Nothing: too long.
std::optional<std::string> expanded(std::string_view value,
                                    const Environment& environment,
                                    const std::map<std::string, std::string>& so_far) {
  std::string text;
  while (!value.empty()) {
    const std::size_t open = value.find("${");
    const std::size_t close =
        open == value.npos ? value.npos : value.find_first_of("}", open + 2);
    if (text.size() + value.size() > most_bytes) return std::nullopt;
    if (close == value.npos) return text.append(value);
    text.append(value.substr(0, open));
    const std::string_view inside = value.substr(open + 2, close - open - 2);
    const std::size_t colon = std::min(inside.find(':'), inside.size());
    const std::string_view rest = inside.substr(colon);
    if (!rest.empty() && !rest.starts_with(":-")) {
      text.append(value.substr(open, close + 1 - open));  // nothing that is known
    } else {
      const std::string name(inside.substr(0, colon));
      const auto found = so_far.find(name);
      if (const auto set = environment.get(name)) {
        text.append(*set);
      } else if (found != so_far.end()) {
        text.append(found->second);
      } else if (!rest.empty()) {
        text.append(rest.substr(2));
      }
    }
    value.remove_prefix(close + 1);
  }
  if (text.size() > most_bytes) return std::nullopt;
  return text;
}

}  // namespace

Result<std::map<std::string, std::string>> parse_dotenv(
    std::string_view content, const Environment& environment) {
  if (const auto bad = first_invalid_utf8(content)) {
    return fail(Fault::data, "byte {}: expected UTF-8", *bad);
  }
  std::map<std::string, std::string> values;
  std::string_view rest = content;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  int number = 1;
  while (!rest.empty()) {
    const std::string_view before = rest;
    std::size_t line_end = std::min(rest.find('\n'), rest.size());
    std::string_view line = python_strip(rest.substr(0, line_end));
    if (line.starts_with("export ")) line = python_strip(line.substr(7));
    const std::size_t equals = line.find('=');
    if (line.empty() || line[0] == '#' || equals == std::string_view::npos) {
      const bool is_fine = line.empty() || line[0] == '#' || is_name(line);
      if (!is_fine) {
        return fail(Fault::data, "line {}: expected NAME=value", number);
      }
      rest.remove_prefix(line_end);
    } else {
      const std::string_view name = python_strip(line.substr(0, equals));
      if (!is_name(name)) {
        return fail(Fault::data, "line {}: expected NAME=value", number);
      }
      rest.remove_prefix(rest.find('=') + 1);
      while (!rest.empty() && (rest[0] == ' ' || rest[0] == '\t'))
        rest.remove_prefix(1);
      auto value = take_value(rest);
      if (!value) {
        return fail(Fault::data, "line {}: the quote of {} is not closed", number,
                    name);
      }
      auto whole = expanded(*value, environment, values);
      if (!whole) {
        return fail(Fault::data, "line {}: {} is longer than {} bytes", number, name,
                    most_bytes);
      }
      values.insert_or_assign(std::string(name), *std::move(whole));
    }
    if (!rest.empty()) rest.remove_prefix(1);
    const std::string_view consumed = before.substr(0, before.size() - rest.size());
    number += static_cast<int>(std::ranges::count(consumed, '\n'));
  }
  return values;
}

Result<Dotenv> read_dotenv(const std::filesystem::path& path,
                           std::span<const std::string> names,
                           const Environment& environment) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return Dotenv{};
  if (!error && !is_directory(status) && !is_regular_file(status)) {
    return fail(Fault::io, "{}: is no file",
                path.string());  // a pipe would be waited for
  }
  const std::string content = TRY(read_file(path));
  Dotenv dotenv;
  auto values = TRY(parse_dotenv(content, environment).in(path.string()));
  for (auto& [name, value] : values) {
    if (std::ranges::find(names, name) == names.end()) {
      dotenv.ignored.push_back(name);
    } else {
      dotenv.keys.emplace(name, std::move(value));
    }
  }
  return dotenv;
}

std::vector<std::string> dotenv_names(const ModelSpec& spec) {
  std::vector<std::string> names = {"HF_TOKEN"};
  for (const Provider& provider : providers()) {
    for (std::string& name : key_variables_of(provider, spec))
      names.push_back(std::move(name));
  }
  return names;
}

bool lacks_a_key(const ModelSpec& spec, const Environment& environment) {
  const auto provider = find_provider(spec.name.substr(0, spec.name.find('/')));
  if (!provider || !((*provider)->key_is_needed || spec.key_variable)) return false;
  return !has_key(**provider, spec, environment);
}

}  // namespace proctor

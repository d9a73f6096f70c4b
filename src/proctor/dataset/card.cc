#include "proctor/dataset/card.h"

#include <algorithm>
#include <optional>

#include <fnmatch.h>

#include "proctor/dataset/value.h"

namespace proctor {
namespace {

using Kind = Value::Kind;

struct Line {
  std::size_t indent = 0;
  std::string text;
};

// Without a comment behind it; a # in quotes or in a word is none.
std::string_view without_comment(std::string_view text) {
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = i == 0 || text[i - 1] == ' ';
    if (quote != 0) {
      if (text[i] == quote) quote = 0;
    } else if (begins && text[i] == '#') {
      return text.substr(0, i);
    } else if (begins && (text[i] == '"' || text[i] == '\'')) {
      quote = text[i];
    }
  }
  return text;
}

// The lines between the first two "---", behind `configs:`.
std::vector<Line> lines_of_configs(std::string_view readme) {
  std::vector<Line> found;
  const std::vector<std::string> lines = split(readme, '\n');
  if (lines.empty() || trimmed(lines[0]) != "---") return found;
  bool is_inside = false;
  for (std::size_t i = 1; i < lines.size() && trimmed(lines[i]) != "---"; ++i) {
    const std::string text(trimmed(without_comment(lines[i])));
    if (text.empty()) continue;
    const std::size_t indent = lines[i].find_first_not_of(' ');
    if (indent == 0 && text[0] != '-') is_inside = text.starts_with("configs:");
    if (is_inside) found.push_back({indent, text});
  }
  return found;
}

// As much of YAML as the hub writes: lists, and keys with values, in blocks. What else
// there is becomes Kind::other, so that only what is asked for has to be understood.
class Block {
 public:
  explicit Block(std::vector<Line> lines) : lines_(std::move(lines)) {}

  Value value() {
    const Line& first = lines_[at_];
    if (is_item(first.text)) return list(first.indent);
    if (key_end(first.text)) return object(first.indent);
    const Line only = lines_[at_++];
    return skip_deeper(only.indent) ? other(only.text) : scalar(only.text);
  }

  // A line that is in no block's line.
  std::optional<std::string> left() const {
    return at_ < lines_.size() ? std::optional(lines_[at_].text) : std::nullopt;
  }

 private:
  static bool is_item(std::string_view text) {
    return text == "-" || text.starts_with("- ");
  }

  static std::optional<std::size_t> key_end(std::string_view text) {
    const std::size_t colon = text.find(':');
    const bool is_key = colon != std::string_view::npos &&
                        (colon + 1 == text.size() || text[colon + 1] == ' ') &&
                        text.find_first_of("\"'[{") > colon;
    return is_key ? std::optional(colon) : std::nullopt;
  }

  static Value other(std::string text) {
    return {.kind = Kind::other, .text = std::move(text)};
  }

  static Value scalar(std::string_view text) {
    const bool is_quoted = text.size() >= 2 && (text[0] == '"' || text[0] == '\'') &&
                           text.back() == text[0];
    if (is_quoted) return Value::of_text(text.substr(1, text.size() - 2));
    if (std::string_view("[{\"'&!|>").find(text[0]) != std::string_view::npos) {
      return other(std::string(text));
    }
    return Value::of_text(text);
  }

  bool skip_deeper(std::size_t indent) {
    const std::size_t before = at_;
    while (at_ < lines_.size() && lines_[at_].indent > indent) ++at_;
    return at_ > before;
  }

  // Behind "- " stands a block of its own, one that begins there.
  Value list(std::size_t indent) {
    Value list{.kind = Kind::list};
    while (at_ < lines_.size() && lines_[at_].indent == indent &&
           is_item(lines_[at_].text)) {
      Line& line = lines_[at_];
      const std::size_t start = line.text.find_first_not_of(' ', 1);
      if (start != std::string::npos) {
        line.text.erase(0, start);
        line.indent += start;
      } else if (++at_ == lines_.size() || lines_[at_].indent <= indent) {
        list.items.emplace_back();
        continue;
      }
      list.items.push_back(value());
    }
    if (skip_deeper(indent)) list.items.push_back(other("a line that is not in line"));
    return list;
  }

  Value object(std::size_t indent) {
    Value object{.kind = Kind::object};
    while (at_ < lines_.size() && lines_[at_].indent == indent) {
      const Line line = lines_[at_];
      const auto end = key_end(line.text);
      if (!end) break;
      ++at_;
      object.keys.push_back(line.text.substr(0, *end));
      object.items.push_back(of_key(trimmed(line.text.substr(*end + 1)), indent));
    }
    return object;
  }

  // A list may stand as far left as its key.
  Value of_key(std::string_view text, std::size_t indent) {
    if (!text.empty()) {
      return skip_deeper(indent) ? other(std::string(text)) : scalar(text);
    }
    const bool has_block =
        at_ < lines_.size() &&
        (lines_[at_].indent > indent ||
         (lines_[at_].indent == indent && is_item(lines_[at_].text)));
    return has_block ? value() : Value{};
  }

  std::vector<Line> lines_;
  std::size_t at_ = 0;
};

tl::unexpected<Error> not_understood(std::string_view key, const Value& value) {
  return fail(Fault::data,
              "`configs:`, {}: found {}, expected the files in blocks, as the hub "
              "writes them; give the file itself or the folder that it is in",
              key, shown(value));
}

const Value* member(const Value& object, std::string_view key) {
  const auto found = std::ranges::find(object.keys, key);
  return found == object.keys.end()
             ? nullptr
             : &object.items[static_cast<std::size_t>(found - object.keys.begin())];
}

Result<std::string> text_in(const Value& object, std::string_view key) {
  const Value* const value = member(object, key);
  if (value == nullptr) return "";
  if (value->kind != Kind::text) return not_understood(key, *value);
  return value->text;
}

// One, or a list of them.
Result<std::vector<std::string>> texts_of(std::string_view key, const Value& value) {
  std::vector<std::string> texts;
  const bool is_list = value.kind == Kind::list;
  for (const Value& item : is_list ? std::span(value.items) : std::span(&value, 1)) {
    if (item.kind != Kind::text) return not_understood(key, item);
    texts.push_back(item.text);
  }
  return texts;
}

Result<std::vector<CardFiles>> files_in(const Value& files) {
  std::vector<CardFiles> found;
  const bool are_objects = files.kind == Kind::list && !files.items.empty() &&
                           std::ranges::all_of(files.items, [](const Value& item) {
                             return item.kind == Kind::object;
                           });
  if (!are_objects)
    return std::vector{CardFiles{"", TRY(texts_of("data_files", files))}};
  for (const Value& entry : files.items) {
    const Value* const path = member(entry, "path");
    if (path == nullptr) return not_understood("data_files", entry);
    found.push_back({TRY(text_in(entry, "split")), TRY(texts_of("path", *path))});
  }
  return found;
}

Result<CardConfig> config_in(const Value& entry) {
  if (entry.kind != Kind::object) return not_understood("an entry", entry);
  CardConfig config{.name = TRY(text_in(entry, "config_name"))};
  if (config.name.empty()) config.name = "default";
  if (const Value* const files = member(entry, "data_files")) {
    config.files = TRY(files_in(*files));
  }
  if (const Value* const folder = member(entry, "data_dir")) {
    return not_understood("data_dir", *folder);
  }
  return config;
}

}  // namespace

Result<std::vector<CardConfig>> configs_of(std::string_view readme) {
  std::vector<CardConfig> configs;
  std::vector<Line> lines = lines_of_configs(readme);
  if (lines.empty()) return configs;
  Block block(std::move(lines));
  const Value whole = block.value();
  if (const auto left = block.left()) {
    return not_understood("a line", Value::of_text(*left));
  }
  const Value* const entries = member(whole, "configs");
  if (entries == nullptr || entries->kind == Kind::none) return configs;
  if (entries->kind != Kind::list) return not_understood("all", *entries);
  for (const Value& entry : entries->items) configs.push_back(TRY(config_in(entry)));
  return configs;
}

bool pattern_means(std::string_view pattern, std::string_view path) {
  // "**/" is any folders, also none; a "*" alone stays within a folder.
  const std::size_t any = pattern.find("**/");
  if (any != std::string_view::npos) {
    const std::string before(pattern.substr(0, any));
    const std::string_view after = pattern.substr(any + 3);
    if (!path.starts_with(before)) return false;
    path.remove_prefix(before.size());
    while (true) {
      if (pattern_means(after, path)) return true;
      const std::size_t slash = path.find('/');
      if (slash == std::string_view::npos) return false;
      path.remove_prefix(slash + 1);
    }
  }
  return ::fnmatch(std::string(pattern).c_str(), std::string(path).c_str(),
                   FNM_PATHNAME) == 0;
}

}  // namespace proctor

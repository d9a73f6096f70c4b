#include "proctor/report/phrases.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

// toml++ asserts what some malformed files break: here that is the file's error.
[[noreturn]] static void refuse_toml() {
  throw std::invalid_argument("malformed");
}
#define TOML_ASSERT(claim) ((claim) ? void() : refuse_toml())
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

namespace proctor {

std::span<const EmbeddedFile> word_files();  // of data/words, compiled in

namespace {

// A sentence in a sentence in a sentence: no message of ours goes deeper.
constexpr int deepest = 6;
// Longer lines are not of our making.
constexpr std::size_t longest = 4096;

// What this program says behind a server's words.
constexpr std::array<std::string_view, 10> behind_quotes = {
    "; asked at ",
    "; asked: ",
    "; trying again in ",
    "; the server asks to wait ",
    "; ollama pull ",
    "; it has ",
    "; a quota of the day",
    "; is ",
    "; `key_variable` names ",
    "; what is stored is whole"};
// Stands for a quotation while the sentence about it is looked up.
constexpr std::string_view quoted = "\x01";

struct Place {
  std::size_t from = 0, to = 0;  // of "{}" or "{1}" in a text
  std::size_t number = 0;        // which value stands there
  bool is_quote = false;         // "{=}" or "{1=}"
};

std::vector<Place> places_of(std::string_view text) {
  std::vector<Place> places;
  for (auto from = text.find('{'); from != text.npos; from = text.find('{', from + 1)) {
    const auto to = text.find('}', from);
    if (to == text.npos) break;
    std::string_view inside = text.substr(from + 1, to - from - 1);
    const bool is_quote = inside.ends_with('=');
    if (is_quote) inside.remove_suffix(1);
    std::size_t number = places.size();
    const auto [stop, error] =
        std::from_chars(inside.data(), inside.data() + inside.size(), number);
    if (inside.empty() ||
        (error == std::errc{} && stop == inside.data() + inside.size())) {
      places.push_back({from, to + 1, number, is_quote});
    }
  }
  return places;
}

std::string filled(std::string_view text, const std::vector<std::string>& values) {
  std::string out;
  std::size_t end = 0;
  for (const Place& place : places_of(text)) {
    out.append(text.substr(end, place.from - end)).append(values[place.number]);
    end = place.to;
  }
  return out.append(text.substr(end));
}

// What stands in `line` at the places between the words, each as short as may be; the
// first and the last word are the line's ends.
std::optional<std::vector<std::string_view>> values_in(
    std::string_view line, const std::vector<std::string>& words) {
  if (!line.starts_with(words.front())) return std::nullopt;
  std::vector<std::string_view> values;
  std::size_t at = words.front().size();
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    const auto found = line.find(words[i], at);
    if (found == line.npos) return std::nullopt;
    values.push_back(line.substr(at, found - at));
    at = found + words[i].size();
  }
  const std::string& last = words.back();
  if (line.size() < at + last.size() || !line.ends_with(last)) return std::nullopt;
  values.push_back(line.substr(at, line.size() - last.size() - at));
  return values;
}

Result<Phrases> read_catalogue(Language language) {
  const std::string name = language == Language::ja ? "ja.toml" : "en.toml";
  for (const EmbeddedFile& file : word_files()) {
    if (file.name == name) return Phrases::read(file.content, name);
  }
  return Phrases{};
}

}  // namespace

Result<Phrases> Phrases::read(std::string_view toml, std::string_view name) {
  toml::table table;
  try {
    table = toml::parse(toml, std::string(name));
  } catch (const toml::parse_error& error) {
    return fail(Fault::data, "{}: line {}: {}", name, error.source().begin.line,
                error.description());
  } catch (const std::invalid_argument&) {
    return fail(Fault::data, "{}: not TOML: a value is missing", name);
  }
  Phrases phrases;
  for (const auto& [key, node] : table) {
    const std::string_view english = key.str();
    const auto place = fmt::format("{}: line {}", name, node.source().begin.line);
    const auto other = node.value_exact<std::string>();
    if (!other) return fail(Fault::data, "{}: {}: expected a text", place, english);
    const std::vector<Place> places = places_of(english);
    for (const Place& each : places_of(*other)) {
      if (each.number < places.size()) continue;
      return fail(Fault::data, "{}: {}: has no place {}", place, english, each.number);
    }
    if (places.empty()) {
      phrases.fixed_.emplace(english, *other);
      continue;
    }
    Phrase phrase{.words = {}, .other = *other};
    std::size_t end = 0;
    for (const Place& each : places) {
      phrase.words.emplace_back(english.substr(end, each.from - end));
      end = each.to;
    }
    phrase.words.emplace_back(english.substr(end));
    for (const std::string& word : phrase.words) phrase.letters += word.size();
    phrase.ends_in_quote =
        phrase.words.back().empty() &&
        std::ranges::any_of(places_of(*other), [&](const Place& each) {
          return each.is_quote && each.number + 1 == places.size();
        });
    phrases.phrases_.push_back(std::move(phrase));
  }
  std::ranges::stable_sort(phrases.phrases_, std::ranges::greater{}, &Phrase::letters);
  return phrases;
}

std::string Phrases::translate(std::string_view text) const {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto begin = std::min(text.find_first_not_of(' '), end);
    out.append(text.substr(0, begin));
    out += translate_line(text.substr(begin, end - begin), 0);
    if (end < text.size()) out += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string Phrases::translate_cell(std::string_view text) const {
  const auto found = fixed_.find(fmt::format("| {} |", text));
  return found == fixed_.end() ? translate(text) : found->second;
}

std::string Phrases::translate_line(std::string_view line, int depth) const {
  if (line.size() > longest || depth > deepest) return std::string(line);
  if (const auto quote = quote_in(line); !quote.empty()) {
    std::string rest(line);
    rest.replace(static_cast<std::size_t>(quote.data() - line.data()), quote.size(),
                 quoted);
    return replace_all(translate_line(rest, depth), quoted, quote);
  }
  if (const auto found = whole(line, depth)) return *found;
  return parts(line, depth).value_or(std::string(line));
}

// What others said in `line`: behind the first sentence that ends in their words.
std::string_view Phrases::quote_in(std::string_view line) const {
  if (line.find(quoted) != line.npos) return {};
  for (std::size_t at = 0; at < line.size(); ++at) {
    const bool begins = at == 0 || line.substr(0, at).ends_with(": ") ||
                        line.substr(0, at).ends_with("; ");
    if (!begins) continue;
    for (const Phrase& phrase : phrases_) {
      if (phrase.words.front().empty()) continue;
      const auto values = values_in(line.substr(at), phrase.words);
      if (!values) continue;
      if (!phrase.ends_in_quote) break;  // a longer sentence that begins alike
      std::string_view quote = values->back();
      for (const std::string_view ours : behind_quotes)
        quote = quote.substr(0, quote.find(ours));
      return quote;
    }
  }
  return {};
}

std::optional<std::string> Phrases::whole(std::string_view line, int depth) const {
  if (const auto found = fixed_.find(std::string(line)); found != fixed_.end()) {
    return found->second;
  }
  for (const Phrase& phrase : phrases_) {
    const auto values = values_in(line, phrase.words);
    if (!values) continue;
    std::vector<std::string> others;
    for (const std::string_view value : *values)
      others.push_back(translate_line(value, depth + 1));
    for (const Place& each : places_of(phrase.other)) {
      if (each.is_quote) others[each.number] = (*values)[each.number];
    }
    return filled(phrase.other, others);
  }
  return std::nullopt;
}

// The longest sentence behind a joint that is known, and what stands before it.
std::optional<std::string> Phrases::parts(std::string_view line, int depth) const {
  constexpr std::array<std::string_view, 2> joints = {"; ", ": "};
  for (std::size_t at = 0; at < line.size(); ++at) {
    for (const std::string_view joint : joints) {
      if (!line.substr(at).starts_with(joint)) continue;
      const auto before = line.substr(0, at), behind = line.substr(at + joint.size());
      auto first = whole(before, depth), second = whole(behind, depth);
      if (!first && !second) continue;
      return first.value_or(translate_line(before, depth + 1)) +
             std::string(joint == "; " ? "。" : joint) +
             second.value_or(translate_line(behind, depth + 1));
    }
  }
  return std::nullopt;
}

namespace {

// A catalogue that cannot be read says nothing: a test reads it.
const Phrases& japanese() {
  static const Phrases phrases = read_catalogue(Language::ja).value_or(Phrases{});
  return phrases;
}

}  // namespace

std::string translated(Language language, std::string_view english) {
  return language == Language::en ? std::string(english)
                                  : japanese().translate(english);
}

Table translated(Language language, Table table, TableFormat format,
                 std::initializer_list<std::string_view> spoken) {
  const bool for_people =
      format == TableFormat::terminal || format == TableFormat::markdown;
  if (language == Language::en || !for_people) return table;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    std::string& title = table.columns[i].title;
    if (std::ranges::find(spoken, title) != spoken.end()) {
      for (auto& row : table.rows) row[i] = japanese().translate_cell(row[i]);
    }
    title = japanese().translate_cell(title);
  }
  return table;
}

}  // namespace proctor

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <type_traits>

// toml++ asserts what some malformed files break: here that is the file's error.
[[noreturn]] static void refuse_toml() {
  throw std::invalid_argument("malformed");
}
#define TOML_ASSERT(claim) ((claim) ? void() : refuse_toml())
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include "proctor/prompt/names.h"
#include "proctor/prompt/prompt.h"
#include "proctor/prompt/template.h"

namespace proctor {
namespace {

// One key and its value, as a file has them.
struct Entry {
  std::string key;  // with its table: "sampling.stop"
  const toml::node* value;

  std::string place() const {
    return fmt::format("line {}", value->source().begin.line);
  }
};

tl::unexpected<Error> wrong_type(const Entry& entry, std::string_view expected) {
  return fail(Fault::usage, "{}: {} is to be {}", entry.place(), entry.key, expected);
}

Status set_text(const Entry& entry, std::string& target) {
  const toml::value<std::string>* text = entry.value->as_string();
  if (text == nullptr) return wrong_type(entry, "a text in quotes");
  target = text->get();
  return {};
}

Status set_texts(const Entry& entry, std::vector<std::string>& target) {
  const toml::array* texts = entry.value->as_array();
  if (texts == nullptr) return wrong_type(entry, "a list of texts: [\"…\", \"…\"]");
  target.clear();
  for (const toml::node& node : *texts) {
    const toml::value<std::string>* text = node.as_string();
    if (text == nullptr) return wrong_type(entry, "a list of texts: [\"…\", \"…\"]");
    target.push_back(text->get());
  }
  return {};
}

Status set_flag(const Entry& entry, bool& target) {
  const toml::value<bool>* flag = entry.value->as_boolean();
  if (flag == nullptr) return wrong_type(entry, "true or false");
  target = flag->get();
  return {};
}

template <class Integer>
Status set_count(const Entry& entry, std::int64_t least, Integer& target) {
  constexpr auto most = static_cast<std::int64_t>(
      std::numeric_limits<std::conditional_t<std::is_same_v<Integer, std::int64_t>,
                                             std::int64_t, int>>::max());
  const toml::value<std::int64_t>* number = entry.value->as_integer();
  if (number == nullptr || number->get() < least || number->get() > most)
    return wrong_type(entry, fmt::format("a whole number, {} or more", least));
  target = static_cast<Integer>(number->get());
  return {};
}

Status set_fraction(const Entry& entry, double most, std::optional<double>& target) {
  const std::optional<double> number =
      entry.value->is_number() ? entry.value->value<double>() : std::nullopt;
  if (!number || !std::isfinite(*number) || *number < 0 || *number > most)
    return wrong_type(entry, fmt::format("a number from 0 to {}", most));
  target = *number;
  return {};
}

// One of a few words.
template <class Word, std::size_t count>
Status set_word(const Entry& entry, const std::array<Word, count>& words,
                Word& target) {
  std::vector<std::string> names;
  for (const Word word : words) names.emplace_back(name_of(word));
  std::string text;
  if (entry.value->is_string()) TRY(set_text(entry, text));
  for (const Word word : words) {
    if (name_of(word) != text) continue;
    target = word;
    return {};
  }
  return wrong_type(
      entry, fmt::format("one of {}{}", join(names, ", "), suggestion(text, names)));
}

Status set_reasoning(const Entry& entry, Sampling& sampling) {
  std::string word;
  TRY(set_text(entry, word));
  const auto words = reasoning_words();
  if (std::ranges::find(words, word) == words.end())
    return wrong_type(entry, "on, off, minimal, low, medium or high");
  sampling.reasoning = word;
  return {};
}

constexpr std::array all_forms = {Form::text, Form::one_turn, Form::turns};
constexpr std::array all_scorings = {Scoring::generate, Scoring::letters,
                                     Scoring::option_text};
constexpr std::array all_orders = {ShotOrder::first, ShotOrder::helm};

// A peer, its commit and its file, made into one line for a person.
Status add_source(const Entry& entry, std::string_view between, Protocol& protocol) {
  std::string text;
  TRY(set_text(entry, text));
  if (!protocol.source.empty()) protocol.source += between;
  protocol.source += text;
  return {};
}

struct Key {
  std::string_view name;
  Status (*set)(const Entry& entry, Protocol& protocol);
};

constexpr std::array<Key, 25> keys = {{
    {"name", [](const Entry& e, Protocol& p) { return set_text(e, p.name); }},
    {"short", [](const Entry& e, Protocol& p) { return set_texts(e, p.short_names); }},
    {"title", [](const Entry& e, Protocol& p) { return set_text(e, p.title); }},
    {"base", [](const Entry&, Protocol&) { return Status{}; }},  // read before the rest
    {"form",
     [](const Entry& e, Protocol& p) { return set_word(e, all_forms, p.form); }},
    {"scoring",
     [](const Entry& e, Protocol& p) { return set_word(e, all_scorings, p.scoring); }},
    {"extract", [](const Entry& e, Protocol& p) { return set_text(e, p.extract); }},
    {"dataset", [](const Entry& e, Protocol& p) { return set_text(e, p.dataset); }},
    {"split", [](const Entry& e, Protocol& p) { return set_text(e, p.split); }},
    {"aggregation",
     [](const Entry& e, Protocol& p) { return set_text(e, p.aggregation); }},
    {"notes", [](const Entry& e, Protocol& p) { return set_texts(e, p.notes); }},
    {"drop_choice",
     [](const Entry& e, Protocol& p) { return set_text(e, p.drop_choice); }},
    {"source.peer",
     [](const Entry& e, Protocol& p) {
       p.source.clear();
       return add_source(e, "", p);
     }},
    {"source.commit",
     [](const Entry& e, Protocol& p) { return add_source(e, " ", p); }},
    {"source.file", [](const Entry& e, Protocol& p) { return add_source(e, ": ", p); }},
    {"shots.count",
     [](const Entry& e, Protocol& p) { return set_count(e, 0, p.shots); }},
    {"shots.from",
     [](const Entry& e, Protocol& p) { return set_text(e, p.shots_from); }},
    {"shots.order",
     [](const Entry& e, Protocol& p) { return set_word(e, all_orders, p.shot_order); }},
    {"sampling.temperature",
     [](const Entry& e, Protocol& p) {
       return set_fraction(e, 2, p.sampling.temperature);
     }},
    {"sampling.top_p",
     [](const Entry& e, Protocol& p) { return set_fraction(e, 1, p.sampling.top_p); }},
    {"sampling.max_tokens",
     [](const Entry& e, Protocol& p) {
       return set_count(e, 1, p.sampling.max_tokens);
     }},
    {"sampling.seed",
     [](const Entry& e, Protocol& p) { return set_count(e, 0, p.sampling.seed); }},
    {"sampling.stop",
     [](const Entry& e, Protocol& p) { return set_texts(e, p.sampling.stop); }},
    {"sampling.reasoning",
     [](const Entry& e, Protocol& p) { return set_reasoning(e, p.sampling); }},
    {"sampling.only_letters",
     [](const Entry& e, Protocol& p) { return set_flag(e, p.sampling.only_letters); }},
}};

constexpr std::array<std::string_view, 6> tables = {
    "source", "shots", "sampling", "texts", "opening_of", "max_tokens_for"};

constexpr std::string_view opening_of = "opening_of.";          // then a subject
constexpr std::string_view max_tokens_for = "max_tokens_for.";  // then a provider

std::vector<std::string> known_keys() {
  std::vector<std::string> names;
  for (const Key& key : keys) names.emplace_back(key.name);
  for (const TextField& field : text_fields())
    names.push_back("texts." + std::string(field.name));
  return names;
}

Status set_template(const Entry& entry, std::span<const std::string_view> places,
                    std::string& text) {
  TRY(set_text(entry, text));
  if (places.empty()) return {};
  return check_template(text, places)
      .in(fmt::format("{}: {}", entry.place(), entry.key));
}

Status set(const Entry& entry, Protocol& protocol) {
  for (const Key& key : keys)
    if (key.name == entry.key) return key.set(entry, protocol);
  for (const TextField& field : text_fields()) {
    if ("texts." + std::string(field.name) == entry.key)
      return set_template(entry, field.places, protocol.templates.*field.text);
    if (field.text != &Templates::opening || !entry.key.starts_with(opening_of))
      continue;
    const std::string subject = entry.key.substr(opening_of.size());
    return set_template(entry, field.places, protocol.templates.opening_of[subject]);
  }
  if (entry.key.starts_with(max_tokens_for)) {
    const std::string provider = entry.key.substr(max_tokens_for.size());
    return set_count(entry, 1, protocol.max_tokens_for[provider]);
  }
  return fail(Fault::usage, "{}: unknown key {}{}", entry.place(),
              for_terminal_line(entry.key), suggestion(entry.key, known_keys()));
}

// All keys in the order of the file.
Result<std::vector<Entry>> entries_of(const toml::table& root) {
  std::vector<Entry> entries;
  for (const auto& [key, node] : root) {
    const std::string name(key.str());
    const bool is_table = std::ranges::find(tables, name) != tables.end();
    if (!is_table) {
      entries.push_back({name, &node});
    } else if (const toml::table* table = node.as_table()) {
      for (const auto& [inner, value] : *table)
        entries.push_back({name + "." + std::string(inner.str()), &value});
    } else {
      return wrong_type({name, &node}, fmt::format("a table: [{}]", name));
    }
  }
  std::ranges::stable_sort(
      entries, {}, [](const Entry& entry) { return entry.value->source().begin.line; });
  return entries;
}

// What the file starts from: another protocol, or nothing.
Result<Protocol> base_of(std::span<const Entry> entries) {
  for (const Entry& entry : entries) {
    if (entry.key != "base") continue;
    std::string name;
    TRY(set_text(entry, name));
    if (name.ends_with(".toml"))
      return wrong_type(entry, "the name of a built-in protocol");
    Protocol base = TRY(find_protocol(name).in(entry.place() + ": base"));
    base.name.clear();
    base.short_names.clear();
    return base;
  }
  Protocol nothing;
  nothing.extract = "proctor";
  return nothing;
}

// What no single key can tell.
Status check(Protocol& protocol) {
  const Templates& texts = protocol.templates;
  if (texts.question.empty())
    return fail(Fault::usage, "texts.question is missing: the text of what is asked");
  if (protocol.scoring == Scoring::generate && !texts.continuation.empty())
    return fail(
        Fault::usage,
        "texts.continuation is there, but scoring is generate; expected letters "
        "or option_text");
  if (protocol.scoring != Scoring::generate && texts.continuation.empty())
    return fail(
        Fault::usage,
        "texts.continuation is missing: what is scored, such as \" {{letter}}\"");
  if (protocol.shots > 0 && !protocol.takes_shots())
    return fail(Fault::usage,
                "shots.count is {}, but texts.example is missing: how a shot is shown",
                protocol.shots);
  if (protocol.takes_shots() && texts.example_reply.empty())
    return fail(Fault::usage, "texts.example_reply is missing: the answer of a shot");
  if (protocol.form == Form::text && !texts.system.empty())
    return fail(Fault::usage,
                "texts.system is there, but form is text, which has no system message; "
                "texts.opening begins a text");
  if (protocol.scoring != Scoring::generate) protocol.extract.clear();
  return {};
}

}  // namespace

Result<Protocol> parse_protocol(std::string_view toml, std::string_view place) {
  toml::table table;
  try {
    table = toml::parse(toml);
  } catch (const toml::parse_error& error) {
    return fail(Fault::usage, "{}: line {}: not TOML: {}", place,
                error.source().begin.line, for_terminal_line(error.description()));
  } catch (const std::invalid_argument&) {
    return fail(Fault::usage, "{}: not TOML: a value is missing", place);
  }
  const std::vector<Entry> entries = TRY(entries_of(table).in(place));
  Protocol protocol = TRY(base_of(entries).in(place));
  for (const Entry& entry : entries) TRY(set(entry, protocol).in(place));
  TRY(check(protocol).in(place));
  return protocol;
}

Result<Protocol> read_protocol(const std::filesystem::path& path) {
  const std::string content = TRY(read_file(path));
  Protocol protocol = TRY(parse_protocol(content, path.string()));
  if (protocol.name.empty()) protocol.name = path.stem().string();
  return protocol;
}

}  // namespace proctor

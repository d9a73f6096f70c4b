#include "proctor/prompt/template.h"

#include <array>
#include <optional>

namespace proctor {
namespace {

std::string strip(std::string_view value) {
  return std::string(python_strip(value));
}

std::string spaced(std::string_view value) {
  return replace_all(std::string(value), "_", " ");
}

// Python's universal newlines: what open() makes of CR LF and a lone CR.
std::string lf(std::string_view value) {
  return replace_all(replace_all(std::string(value), "\r\n", "\n"), "\r", "\n");
}

// MMLU-Pro's worked answers begin "A: Let's think step by step."
std::string unlabelled(std::string_view value) {
  constexpr std::string_view label = "A: ";
  if (value.starts_with(label)) value.remove_prefix(label.size());
  return std::string(value);
}

// On a line of its own, if there is anything.
std::string line(std::string_view value) {
  return value.empty() ? std::string() : "\n" + std::string(value);
}

// "ABCD" with `between` after each letter but the last, which gets `last` before it.
std::string enumerate(std::string_view letters, std::string_view between,
                      std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (i > 0) text += i + 1 < letters.size() ? between : last;
    text += letters[i];
  }
  return text;
}

std::string commas(std::string_view letters) {
  return enumerate(letters, ",", ",");
}
std::string and_list(std::string_view letters) {
  return enumerate(letters, ", ", " and ");
}
std::string or_list(std::string_view letters) {
  return enumerate(letters, ", ", " or ");
}
std::string comma_or_list(std::string_view letters) {
  return enumerate(letters, ", ", letters.size() > 2 ? ", or " : " or ");
}

struct Filter {
  std::string_view name;
  std::string (*apply)(std::string_view value);
};

constexpr std::array<Filter, 10> filters = {{
    {"strip", strip},
    {"spaced", spaced},
    {"lf", lf},
    {"lower", ascii_lower},
    {"unlabelled", unlabelled},
    {"line", line},
    {"commas", commas},
    {"and", and_list},
    {"or", or_list},
    {"comma_or", comma_or_list},
}};

const Filter* filter_named(std::string_view name) {
  for (const Filter& filter : filters)
    if (filter.name == name) return &filter;
  return nullptr;
}

// The next piece of a template: literal text, or what stands between two braces.
struct Piece {
  std::string_view literal;
  std::optional<std::string_view> place;
};

// Takes a piece off the front of `rest`, which is not empty. No piece: a brace that
// stands alone.
std::optional<Piece> next_piece(std::string_view& rest) {
  const std::size_t brace = rest.find_first_of("{}");
  if (brace != 0) {
    const Piece piece{.literal = rest.substr(0, brace)};
    rest.remove_prefix(piece.literal.size());
    return piece;
  }
  if (rest.starts_with("{{") || rest.starts_with("}}")) {
    const Piece piece{.literal = rest.substr(0, 1)};
    rest.remove_prefix(2);
    return piece;
  }
  const std::size_t end = rest.find('}');
  if (rest[0] == '}' || end == std::string_view::npos) return std::nullopt;
  const Piece piece{.place = rest.substr(1, end - 1)};
  rest.remove_prefix(end + 1);
  return piece;
}

// Takes the word before the next bar off the front.
std::string_view next_word(std::string_view& words) {
  const std::size_t bar = words.find('|');
  const std::string_view word = words.substr(0, bar);
  words.remove_prefix(bar == std::string_view::npos ? words.size() : bar + 1);
  return word;
}

std::string value_of(std::string_view place, std::span<const Place> places) {
  const std::string_view name = next_word(place);
  std::string value;
  for (const Place& candidate : places)
    if (candidate.name == name) value = candidate.value;
  while (!place.empty())
    if (const Filter* filter = filter_named(next_word(place)))
      value = filter->apply(value);
  return value;
}

std::vector<std::string> filter_names() {
  std::vector<std::string> names;
  for (const Filter& filter : filters) names.emplace_back(filter.name);
  return names;
}

Status check_place(std::string_view place,
                   std::span<const std::string_view> known_places) {
  std::string_view rest = place;
  const std::string_view name = next_word(rest);
  const std::vector<std::string> names(known_places.begin(), known_places.end());
  bool known = false;
  for (const std::string& candidate : names) known = known || candidate == name;
  if (!known)
    return fail(Fault::usage,
                "there is no {{{}}} here{}; this text may hold {{{}}}, and a brace is "
                "written twice",
                name, suggestion(name, names), join(names, "}, {"));
  while (!rest.empty()) {
    const std::string_view filter = next_word(rest);
    if (filter_named(filter) == nullptr)
      return fail(Fault::usage, "{{{}}}: no filter \"{}\"{}; the filters are {}", place,
                  filter, suggestion(filter, filter_names()),
                  join(filter_names(), ", "));
  }
  return {};
}

}  // namespace

std::string fill(std::string_view text, std::span<const Place> places) {
  std::string filled;
  while (!text.empty()) {
    const std::optional<Piece> piece = next_piece(text);
    if (!piece) break;
    filled += piece->literal;
    if (piece->place) filled += value_of(*piece->place, places);
  }
  return filled;
}

Status check_template(std::string_view text,
                      std::span<const std::string_view> known_places) {
  while (!text.empty()) {
    const std::string_view before = text;
    const std::optional<Piece> piece = next_piece(text);
    if (!piece)
      return fail(
          Fault::usage,
          "a brace stands alone at \"{}\"; a brace in the text is written twice",
          before.substr(0, 20));
    if (piece->place) TRY(check_place(*piece->place, known_places));
  }
  return {};
}

}  // namespace proctor

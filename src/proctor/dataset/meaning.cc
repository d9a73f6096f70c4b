#include "proctor/dataset/meaning.h"

#include <algorithm>

namespace proctor {
namespace {

constexpr std::string_view blanks = " \t\r\n";

bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

std::string word_of(const Value& answer) {
  if (answer.kind == Value::Kind::number) return fmt::format("{}", answer.number);
  return std::string(trimmed(answer.text, blanks));
}

template <class Matches>
std::optional<int> only(std::span<const std::string> among, Matches matches) {
  std::optional<int> found;
  for (std::size_t i = 0; i < among.size(); ++i) {
    if (!matches(trimmed(among[i], blanks))) continue;
    if (found) return std::nullopt;
    found = static_cast<int>(i);
  }
  return found;
}

std::optional<int> only_text(const Choices& choices, std::string_view word) {
  return only(choices.texts, [&](std::string_view text) { return text == word; });
}

// Upper and lower case alike.
std::optional<int> only_label(const Choices& choices, std::string_view word) {
  return only(choices.labels, [low = ascii_lower(word)](std::string_view label) {
    return ascii_lower(label) == low;
  });
}

// "(B)", "B.", "Option B", "B) text": the letter, and the text behind it.
struct Lettered {
  char letter = 0;
  std::string_view text;
};

std::optional<Lettered> lettered(std::string_view word) {
  for (const std::string_view before : {"option ", "choice ", "answer "}) {
    if (!ascii_lower(word).starts_with(before)) continue;
    word = trimmed(word.substr(before.size()), blanks);
    break;
  }
  const bool is_opened = word.starts_with('(') || word.starts_with('[');
  if (is_opened) word.remove_prefix(1);
  if (word.empty() || !is_letter(word[0])) return std::nullopt;
  const char letter = ascii_upper(word.substr(0, 1))[0];
  word.remove_prefix(1);
  const std::size_t closing = std::min(word.find_first_not_of(")].:"), word.size());
  if (closing == 0 && (is_opened || !word.empty())) return std::nullopt;
  return Lettered{letter, trimmed(word.substr(closing), blanks)};
}

// Where a text follows, it has to be that choice's.
std::optional<int> place_of_letter(std::string_view word, const Choices& choices) {
  const auto read = lettered(word);
  if (!read) return std::nullopt;
  const std::string label(1, read->letter);
  const std::optional<int> place = choices.labels.empty()
                                       ? std::optional<int>(read->letter - 'A')
                                       : only_label(choices, label);
  if (!place || *place >= static_cast<int>(choices.texts.size())) return std::nullopt;
  const std::string& text = choices.texts[static_cast<std::size_t>(*place)];
  if (!read->text.empty() && read->text != trimmed(text, blanks)) return std::nullopt;
  return place;
}

// "choice_2" for the column of that name; a name of one letter is read as the letter.
std::optional<int> place_of_column(std::string_view word,
                                   const std::vector<std::string>& columns) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].size() > 1 && ascii_lower(columns[i]) == ascii_lower(word)) {
      return static_cast<int>(i);
    }
  }
  return std::nullopt;
}

std::optional<int> place_of_mark(std::string_view mark, const Choices& choices,
                                 const std::vector<std::string>& marks) {
  const auto found = std::ranges::find(marks, ascii_lower(mark));
  const auto place = static_cast<std::size_t>(found - marks.begin());
  if (found == marks.end() || place >= choices.texts.size()) return std::nullopt;
  return static_cast<int>(place);
}

std::optional<int> place_of_number(std::int64_t number, std::size_t choices,
                                   const AnswerStyle& style) {
  const int first = style.first.value_or(0);
  if (number < first || number - first >= static_cast<std::int64_t>(choices)) {
    return std::nullopt;
  }
  return static_cast<int>(number - first);
}

}  // namespace

std::optional<std::int64_t> number_in(const Value& answer) {
  if (answer.kind == Value::Kind::number) return answer.number;
  if (answer.kind != Value::Kind::text) return std::nullopt;
  std::string_view word = trimmed(answer.text, blanks);
  // pandas makes 1.0 of a 1 whose column has a gap.
  const std::size_t point = word.find('.');
  if (point != std::string_view::npos && point + 1 < word.size() &&
      word.find_first_not_of('0', point + 1) == std::string_view::npos) {
    word = word.substr(0, point);
  }
  return whole_number_of(word);
}

Meaning meaning_of(const Value& answer, const Choices& choices,
                   const AnswerStyle& style) {
  Meaning meaning;
  if (answer.kind != Value::Kind::text && answer.kind != Value::Kind::number) return {};
  const std::string word = word_of(answer);
  const bool has_labels = !choices.labels.empty();
  const bool may_be_text = answer.kind == Value::Kind::text || choices.are_numbers ||
                           style.are_texts || has_labels;
  if (may_be_text && !style.first) meaning.text = only_text(choices, word);
  if (style.are_texts) return meaning;
  if (has_labels) {
    // A label as it stands, then a text as it stands: the two are there to be named.
    const auto label = only(choices.labels, [&](auto other) { return other == word; });
    if (label) return {.place = label};
    if (meaning.text) return meaning;
  }
  meaning.place = place_of_column(word, style.columns);
  if (meaning.place) return meaning;
  meaning.place = place_of_letter(word, choices);
  if (!meaning.place && has_labels) meaning.place = only_label(choices, word);
  if (const auto read = lettered(word); read && read->text.empty()) {
    meaning.named = place_of_mark({&read->letter, 1}, choices, style.marks);
  }
  const auto number = number_in(answer);
  if (number && !style.first) {
    meaning.named = place_of_mark(fmt::format("{}", *number), choices, style.marks);
  }
  if (!meaning.place && number && (!has_labels || style.first)) {
    meaning.place = place_of_number(*number, choices.texts.size(), style);
    meaning.is_number = meaning.place.has_value();
  }
  return meaning;
}

void Answers::count(Example& example, const std::string& place, const Value& answer) {
  if (example.count++ > 0) return;
  example.place = place;
  example.answer = shown(answer);
}

void Answers::add(const Value& answer, const Meaning& meaning, std::size_t choices,
                  const std::string& place) {
  if (style_is_said_) return;
  if (!meaning.place) {
    count(texts_, place, answer);
  } else if (!meaning.text) {
    count(places_, place, answer);
  } else if (*meaning.text != *meaning.place) {
    count(both_, place, answer);
  }
  if (!meaning.is_number) return;
  ++numbers_;
  most_choices_ = std::max(most_choices_, choices);
  zero_ = zero_ || *meaning.place == 0;
}

Status Answers::check() const {
  if (texts_.count > 0 && places_.count + both_.count > 0) {
    const Example& other = places_.count > 0 ? places_ : both_;
    return fail(Fault::data,
                "{}: found {}, a choice's letter or number, but {} is the text of one "
                "({}); `columns` answer={}@text takes all as texts",
                other.place, other.answer, texts_.answer, texts_.place, column_);
  }
  if (both_.count > 0 && places_.count == 0) {
    return fail(Fault::data,
                "{0}: found {1}, which names one choice and is the text of another; "
                "`columns` answer={2}@text says that it is the text, answer={2}@0 that "
                "it is the number or letter",
                both_.place, both_.answer, column_);
  }
  // Of 8 k answers among k choices, counted from 0, none is 0 once in 3,000 times.
  if (numbers_ > 0 && numbers_ >= 8 * most_choices_ && !zero_) {
    return fail(Fault::data,
                "no answer of {} is 0{}; answer={}@0 says that they are counted from 0",
                numbers_, from_1_hint(column_), column_);
  }
  return {};
}

std::string from_1_hint(std::string_view column) {
  return fmt::format("; are they counted from 1? `columns` answer={}@1 says so",
                     column);
}

}  // namespace proctor

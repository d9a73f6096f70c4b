#include "proctor/dataset/layout.h"

#include <algorithm>

namespace proctor {
namespace {

using Position = Result<std::optional<std::size_t>>;

std::string squeezed(std::string_view name) {
  std::string text = ascii_lower(name);
  std::erase_if(text, [](char c) { return c == '_' || c == ' ' || c == '-'; });
  return text;
}

class Search {
 public:
  // `field`: "line 1, column".
  Search(std::span<const std::string> names, std::string field)
      : names_(names), field_(std::move(field)) {}

  const std::string& field() const { return field_; }
  const std::string& name_at(std::size_t column) const { return names_[column]; }

  // The column of that name, upper and lower case alike, and without blanks about it,
  // where none has it exactly.
  Position find(std::string_view name) const {
    const Position exact =
        only([&](const std::string& other) { return other == name; }, name);
    if (!exact || *exact) return exact;
    const std::string lowered = ascii_lower(trimmed(name));
    return only([&](const std::string& other) { return ascii_lower(other) == lowered; },
                name);
  }

  // Also "Option A" or "option_a" for optiona.
  Position find_squeezed(std::string_view name) const {
    const auto found = TRY(find(name));
    if (found) return found;
    const std::string squeezed_name = squeezed(name);
    return only(
        [&](const std::string& other) { return squeezed(other) == squeezed_name; },
        name);
  }

  // What the user named, or the first of the names in use that is there.
  Position find(std::string_view named, std::span<const std::string_view> usual) const {
    if (!named.empty()) return required(named);
    for (const std::string_view name : usual) {
      if (const auto found = TRY(find(name))) return found;
    }
    return std::nullopt;
  }

  Position required(std::string_view name) const {
    const auto found = TRY(find(name));
    if (!found) return tl::unexpected(missing(name));
    return found;
  }

  // A part that no usual name has.
  Error missing_part(std::string_view part) const {
    const std::string near = did_you_mean(part, names_).value_or("");
    Error error = missing(part);
    error.message += near.empty() ? fmt::format("; `columns` {}=NAME names it", part)
                                  : fmt::format(" `columns` {}={} says so", part, near);
    return error;
  }

  Error missing(std::string_view name) const {
    const auto near = did_you_mean(name, names_);
    return Error{
        Fault::data,
        fmt::format("{} {}: missing; found {}{}", field_, name, join(names_, ", "),
                    near ? fmt::format("; did you mean {}?", *near) : "")};
  }

 private:
  template <class Matches>
  Position only(Matches matches, std::string_view name) const {
    const auto first = std::ranges::find_if(names_, matches);
    if (first == names_.end()) return std::nullopt;
    if (std::find_if(first + 1, names_.end(), matches) != names_.end()) {
      return fail(Fault::data, "{} {}: there are two of that name", field_, name);
    }
    return static_cast<std::size_t>(first - names_.begin());
  }

  std::span<const std::string> names_;
  std::string field_;
};

constexpr std::string_view question_names[] = {"question", "question_stem",
                                               "question.stem"};
constexpr std::string_view answer_names[] = {"answer", "answerKey"};
// Where there is none of these and no index: beside one, other data has other things
// in columns of that name (MMLU-Redux's corrections).
constexpr std::string_view other_answer_names[] = {"answer_key", "correct_answer",
                                                   "cop"};
constexpr std::string_view answer_index_names[] = {"answer_index", "answer_idx"};
constexpr std::string_view subject_names[] = {"subject", "category"};
constexpr std::string_view id_names[] = {"id", "question_id", "sample_id"};
constexpr std::string_view worked_names[] = {"cot_content"};
constexpr std::string_view error_names[] = {"error_type"};
constexpr std::string_view correction_names[] = {"correct_answer"};
constexpr std::string_view passage_names[] = {"article",   "passage", "context",
                                              "paragraph", "story",   "premise"};
constexpr std::string_view list_names[] = {"choices", "options", "question.choices"};

// How columns of one choice each are called: a word, and a letter or a number.
struct Series {
  std::string_view word;
  enum class Mark { letter, from_0, from_1 } mark;

  std::string name(std::size_t i) const {
    if (mark == Mark::letter) {
      const std::string letter(1, letter_of(static_cast<int>(i)));
      return word.empty() ? letter : std::string(word) + ascii_lower(letter);
    }
    return fmt::format("{}{}", word, i + (mark == Mark::from_1 ? 1 : 0));
  }
};
using Mark = Series::Mark;
constexpr Series series_names[] = {
    {"choice", Mark::from_0}, {"", Mark::letter},       {"option_", Mark::letter},
    {"option", Mark::from_0}, {"choice", Mark::letter}, {"op", Mark::letter},
    {"opt", Mark::letter},    {"opt", Mark::from_0},    {"choice", Mark::from_1},
    {"option", Mark::from_1}, {"opt", Mark::from_1},    {"answer", Mark::letter}};

// Columns such as A, B, C, D: at least two, and none missing between two others.
Result<std::vector<std::size_t>> positions_of(const Search& search,
                                              const Series& series) {
  std::vector<std::size_t> found;
  std::optional<std::size_t> gap;
  for (std::size_t i = 0; i < most_choices; ++i) {
    const auto at = TRY(series.word.empty() ? search.find(series.name(i))
                                            : search.find_squeezed(series.name(i)));
    if (!at) {
      if (!gap) gap = i;
    } else if (!gap) {
      found.push_back(*at);
    } else if (found.size() >= 2) {
      std::vector<std::string> names;
      for (const std::size_t column : found) names.push_back(search.name_at(column));
      Error error = search.missing(series.name(*gap));
      error.message += fmt::format("; `columns` choices={} says that these are all",
                                   join(names, "+"));
      return tl::unexpected(std::move(error));
    }
  }
  if (found.size() < 2) found.clear();
  return found;
}

Result<bool> find_list(Layout& layout, const Search& search) {
  const auto list = TRY(search.find("", list_names));
  if (!list) return false;
  layout.choices = {*list};
  layout.choices_are_a_list = true;
  return true;
}

Status find_choices(Layout& layout, const Search& search,
                    const std::optional<Columns>& columns, bool lists) {
  if (columns && !columns->choices.empty()) {
    for (const std::string& name : columns->choices) {
      layout.choices.push_back(*TRY(search.required(name)));
    }
    layout.one_choice = layout.choices.size() == 1;
    layout.choices_are_a_list = layout.one_choice;
    return {};
  }
  // A list in a column of text is looked for last: what has columns A, B, C, D beside
  // it was read by them before lists in text were.
  if (lists && TRY(find_list(layout, search))) return {};
  for (const Series& series : series_names) {
    layout.choices = TRY(positions_of(search, series));
    if (layout.choices.empty()) continue;
    if (series.mark != Mark::letter && TRY(search.find_squeezed(series.name(26)))) {
      return fail(Fault::data, "{} {}: found more choices than {}", search.field(),
                  series.name(26), most_choices);
    }
    layout.may_end_empty = true;
    return {};
  }
  if (!lists && TRY(find_list(layout, search))) return {};
  return fail(Fault::data,
              "{}s of the choices: missing; found {}, expected choices (a list) or "
              "choice0, choice1, … or A, B, …; name them by `columns`",
              search.field(), join(layout.names, ", "));
}

// What tells columns apart, where that is a letter or a number each: 1 and 2 of
// choice_1 and "Choice 2".
std::vector<std::string> marks_of(const std::vector<std::string>& columns) {
  std::vector<std::string> marks;
  for (const std::string& column : columns) marks.push_back(squeezed(column));
  const auto [least, most] = std::ranges::minmax_element(marks);
  if (columns.size() < 2) return {};
  const auto shared = static_cast<std::size_t>(
      std::ranges::mismatch(*least, *most).in1 - least->begin());
  for (std::string& mark : marks) {
    mark.erase(0, shared);
    const bool is_letter = mark.size() == 1 && mark[0] >= 'a' && mark[0] <= 'z';
    if (!is_letter && !whole_number_of(mark)) return {};
  }
  return marks;
}

bool plays_a_part(const Layout& layout, std::size_t column) {
  return column == layout.question || column == layout.context ||
         column == layout.answer || column == layout.subject || column == layout.id ||
         std::ranges::find(layout.choices, column) != layout.choices.end();
}

}  // namespace

bool names_a_part(std::string_view name) {
  const std::string low = ascii_lower(trimmed(name));
  const auto is_it = [&](std::string_view usual) { return ascii_lower(usual) == low; };
  return std::ranges::any_of(question_names, is_it) ||
         std::ranges::any_of(answer_names, is_it) ||
         std::ranges::any_of(other_answer_names, is_it) ||
         std::ranges::any_of(answer_index_names, is_it);
}

std::string_view shared_part(std::string_view name) {
  const std::string low = ascii_lower(trimmed(name));
  if (std::ranges::find(subject_names, low) != std::end(subject_names))
    return "subject";
  const bool is_passage =
      std::ranges::find(passage_names, low) != std::end(passage_names);
  return is_passage ? "context" : "";
}

Result<Layout> layout_of(std::vector<std::string> names,
                         const std::optional<Columns>& columns, const Words& words,
                         bool lists, std::string_view place) {
  Layout layout{.names = std::move(names)};
  const Search search(layout.names, fmt::format("{}{}", place, words.field));
  const Columns named = columns.value_or(Columns{});
  const auto question = TRY(search.find(named.question, question_names));
  if (!question) return tl::unexpected(search.missing_part("question"));
  layout.question = *question;
  TRY(find_choices(layout, search, columns, lists));
  layout.answer = TRY(search.find(named.answer, answer_names));
  if (named.answer.empty()) {
    layout.answer_index = TRY(search.find("", answer_index_names));
  }
  layout.error_type = TRY(search.find("", error_names));
  if (!layout.answer && !layout.answer_index && !layout.error_type) {
    layout.answer = TRY(search.find("", other_answer_names));
  }
  if (!layout.answer && !layout.answer_index) {
    return tl::unexpected(search.missing_part("answer"));
  }
  layout.subject = TRY(search.find(named.subject, subject_names));
  layout.answers.first = named.first_answer;
  layout.answers.are_texts = named.answer_is_text;
  if (!layout.choices_are_a_list) {
    for (const std::size_t column : layout.choices) {
      layout.answers.columns.push_back(layout.names[column]);
    }
    layout.answers.marks = marks_of(layout.answers.columns);
  }
  layout.id = TRY(search.find(named.id, id_names));
  layout.context = TRY(search.find(named.context, {}));
  for (const std::string_view name : passage_names) {
    const auto passage = TRY(search.find(name));
    if (passage && !plays_a_part(layout, *passage)) layout.passages.push_back(*passage);
  }
  layout.worked = TRY(search.find("", worked_names));
  if (layout.error_type) layout.correction = TRY(search.find("", correction_names));
  layout.drops_not_applicable = layout.choices_are_a_list && !columns &&
                                layout.names[layout.choices[0]] == "options" &&
                                layout.answer_index && layout.worked;
  return layout;
}

std::string id_of(std::string_view subject, std::string_view split, int index) {
  return fmt::format("{}/{}/{}", subject, split, index);
}

}  // namespace proctor

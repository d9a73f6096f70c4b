#include "proctor/dataset/layout.h"

#include <algorithm>

namespace proctor {
namespace {

using Position = Result<std::optional<std::size_t>>;

constexpr std::size_t most_choices = 26;

class Search {
 public:
  // `field`: "line 1, column".
  Search(std::span<const std::string> names, std::string field)
      : names_(names), field_(std::move(field)) {}

  const std::string& field() const { return field_; }

  // The column of that name, upper and lower case alike where none has it exactly.
  Position find(std::string_view name) const {
    const Position exact =
        only([&](const std::string& other) { return other == name; }, name);
    if (!exact || *exact) return exact;
    const std::string lowered = ascii_lower(name);
    return only([&](const std::string& other) { return ascii_lower(other) == lowered; },
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

constexpr std::string_view question_names[] = {"question", "question_stem"};
constexpr std::string_view answer_names[] = {"answer", "answerKey"};
constexpr std::string_view answer_index_names[] = {"answer_index", "answer_idx"};
constexpr std::string_view subject_names[] = {"subject", "category"};
constexpr std::string_view id_names[] = {"id", "question_id", "sample_id"};
constexpr std::string_view worked_names[] = {"cot_content"};
constexpr std::string_view error_names[] = {"error_type"};
constexpr std::string_view correction_names[] = {"correct_answer"};
constexpr std::string_view passage_names[] = {"article", "passage", "context",
                                              "paragraph", "story"};
constexpr std::string_view list_names[] = {"choices", "options"};

std::string numbered(std::size_t i) {
  return fmt::format("choice{}", i);
}
std::string lettered(std::size_t i) {
  return std::string(1, letter_of(static_cast<int>(i)));
}
std::string optioned(std::size_t i) {
  return fmt::format("option_{}", ascii_lower(lettered(i)));
}

// Columns such as A, B, C, D: at least two, and none missing between two others.
Result<std::vector<std::size_t>> series(const Search& search,
                                        std::string (*name)(std::size_t)) {
  std::vector<std::size_t> found;
  std::optional<std::size_t> gap;
  for (std::size_t i = 0; i < most_choices; ++i) {
    const auto at = TRY(search.find(name(i)));
    if (!at) {
      if (!gap) gap = i;
    } else if (!gap) {
      found.push_back(*at);
    } else if (found.size() >= 2) {
      return tl::unexpected(search.missing(name(*gap)));
    }
  }
  if (found.size() < 2) found.clear();
  return found;
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
  const auto list = lists ? TRY(search.find("", list_names)) : std::nullopt;
  if (list) {
    layout.choices = {*list};
    layout.choices_are_a_list = true;
    return {};
  }
  for (const auto name : {numbered, lettered, optioned}) {
    layout.choices = TRY(series(search, name));
    if (layout.choices.empty()) continue;
    if (TRY(search.find(numbered(most_choices)))) {
      return fail(Fault::data, "{} {}: found more choices than {}", search.field(),
                  numbered(most_choices), most_choices);
    }
    return {};
  }
  return fail(
      Fault::data,
      "{}s of the choices: missing; found {}, expected {}; name them by `columns`",
      search.field(), join(layout.names, ", "),
      lists ? "choices (a list) or A, B, …" : "choice0, choice1, … or A, B, …");
}

bool plays_a_part(const Layout& layout, std::size_t column) {
  return column == layout.question || column == layout.context ||
         column == layout.answer || column == layout.subject || column == layout.id ||
         std::ranges::find(layout.choices, column) != layout.choices.end();
}

}  // namespace

Result<Layout> layout_of(std::vector<std::string> names,
                         const std::optional<Columns>& columns, const Words& words,
                         bool lists, std::string_view place) {
  Layout layout{.names = std::move(names)};
  const Search search(layout.names, fmt::format("{}{}", place, words.field));
  const Columns named = columns.value_or(Columns{});
  const auto question = TRY(search.find(named.question, question_names));
  if (!question) return tl::unexpected(search.missing("question"));
  layout.question = *question;
  TRY(find_choices(layout, search, columns, lists));
  layout.answer = TRY(search.find(named.answer, answer_names));
  if (named.answer.empty()) {
    layout.answer_index = TRY(search.find("", answer_index_names));
  }
  if (!layout.answer && !layout.answer_index) {
    return tl::unexpected(search.missing("answer"));
  }
  layout.subject = TRY(search.find(named.subject, subject_names));
  layout.first_answer = named.first_answer.value_or(0);
  layout.says_first_answer = named.first_answer.has_value();
  layout.id = TRY(search.find(named.id, id_names));
  layout.context = TRY(search.find(named.context, {}));
  for (const std::string_view name : passage_names) {
    const auto passage = TRY(search.find(name));
    if (passage && !plays_a_part(layout, *passage)) layout.passages.push_back(*passage);
  }
  layout.worked = TRY(search.find("", worked_names));
  layout.error_type = TRY(search.find("", error_names));
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

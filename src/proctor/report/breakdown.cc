#include "proctor/report/breakdown.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "proctor/report/find_word.h"
#include "proctor/report/json_line.h"
#include "proctor/report/namesakes.h"
#include "proctor/report/runs_table.h"
#include "proctor/report/summary.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;
// By category and subject; a category's own have no subject.
using Ledgers = std::map<std::pair<std::string, std::string>, Ledger>;

// One line of the table: a subject, or a category with all of its subjects.
struct Part {
  std::string category, subject;  // as their keys; an empty subject: all of it
  std::vector<Ledger> ledgers;    // one a run; empty where it was not asked

  const std::string& name() const { return subject.empty() ? category : subject; }
};

// As the run's data set has it: CMMLU counts anatomy to STEM, MMLU to other.
std::string category_of(const std::string& subject, const ScoredRun& run) {
  const Subject* known = find_subject(subject, run.info.dataset);
  return known == nullptr ? "" : std::string(category_key(known->category));
}

// The mean of the runs that have it, for sorting alone.
double height_of(const Part& part) {
  double sum = 0;
  int runs = 0;
  for (const Ledger& ledger : part.ledgers) {
    if (!ledger.has_reply()) continue;
    sum += ledger.count().share().value_or(0);
    ++runs;
  }
  return runs == 0 ? -1 : sum / runs;
}

void sort_parts(std::vector<Part>& parts, SortBy sort) {
  if (sort == SortBy::name) return;  // as they come
  std::ranges::stable_sort(parts, std::ranges::greater(), height_of);
}

Ledgers categories_in(const ScoredRun& run) {
  Ledgers ledgers;
  for (const auto& [name, ledger] : by_category(run.account.tally, run.info.dataset))
    ledgers[{name, ""}] = ledger;
  if (ledgers.empty()) ledgers[{std::string(no_category), ""}] = run.ledger();
  return ledgers;
}

Ledgers subjects_in(const ScoredRun& run) {
  Ledgers ledgers;
  for (const auto& [name, ledger] : run.account.tally.by_subject)
    ledgers[{category_of(name, run), name}] = ledger;
  return ledgers;
}

// By name.
std::vector<Part> parts_by(Ledgers (*ledgers_in)(const ScoredRun&),
                           std::span<const ScoredRun> runs) {
  std::map<Ledgers::key_type, std::vector<Ledger>> found;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (const auto& [key, ledger] : ledgers_in(runs[i])) {
      auto& ledgers = found[key];
      ledgers.resize(runs.size());
      ledgers[i] = ledger;
    }
  }
  std::vector<Part> parts;
  for (const auto& [key, ledgers] : found)
    parts.push_back({key.first, key.second, ledgers});
  std::ranges::stable_sort(parts, {}, &Part::name);
  return parts;
}

// A category that a subject counts in beside its own (CMMLU's China specific) has no
// subject below it: those stand under their own.
std::vector<Part> parts_of(std::span<const ScoredRun> runs,
                           const Breakdown& breakdown) {
  std::vector<Part> categories = parts_by(categories_in, runs);
  if (breakdown.by == By::subject)  // those of none stand at its end, by themselves
    std::erase_if(categories,
                  [](const Part& part) { return part.category == no_category; });
  sort_parts(categories, breakdown.sort);
  std::ranges::stable_partition(
      categories, [](const Part& part) { return part.category != no_category; });
  if (breakdown.by == By::category) return categories;
  std::vector<Part> subjects = parts_by(subjects_in, runs), parts;
  sort_parts(subjects, breakdown.sort);
  for (const Part& category : categories) {
    parts.push_back(category);
    std::ranges::copy_if(subjects, std::back_inserter(parts), [&](const Part& part) {
      return part.category == category.category;
    });
  }
  std::ranges::copy_if(subjects, std::back_inserter(parts),
                       [](const Part& part) { return part.category.empty(); });
  return parts;
}

// ---- For people -------------------------------------------------------------------

constexpr int bar_width = 21;  // 0 to 100 % in steps of 5
constexpr std::string_view bar_title = "0        50       100";

// "   ──●───": where the interval and the accuracy are between 0 and 100 %.
std::string interval_bar(const Count& count) {
  const Interval interval = wilson(count);
  const auto place = [](double share) {
    return static_cast<int>(std::lround(share * (bar_width - 1)));
  };
  const int middle = place(count.share().value_or(0));
  std::string bar;
  for (int i = 0; i <= place(interval.high); ++i)
    bar += i == middle ? "●" : i < place(interval.low) ? " " : "─";
  return bar;
}

// Behind a number that counts them as wrong.
std::string failures_of(const Ledger& ledger, Language language) {
  if (ledger.failed == 0) return {};
  return in_language(language, " ({} failed)", "（失敗 {}）",
                     with_thousands(ledger.failed));
}

std::string percent_text(const Count& count) {
  return fmt::format("{:.2f}%", 100 * count.share().value_or(0));
}

// With its n, unless that stands in a column of its own.
std::string cell_of(const Ledger& ledger, Language language, bool has_n_beside) {
  if (!ledger.has_reply()) return "-" + failures_of(ledger, language);
  const Count count = ledger.count();
  return fmt::format("{}, {}{}",
                     has_n_beside ? percent_text(count) : accuracy_text(count),
                     range_text(wilson(count)), failures_of(ledger, language));
}

// Of all runs that were asked it; nothing where they differ.
std::optional<std::int64_t> common_n(const Part& part) {
  std::optional<std::int64_t> n;
  for (const Ledger& ledger : part.ledgers) {
    if (ledger.n() == 0) continue;
    if (n && *n != ledger.n()) return std::nullopt;
    n = ledger.n();
  }
  return n;
}

// How the parts are put for people.
struct Layout {
  Language language = Language::en;
  bool is_nested = false, has_bar = false, has_failures = false;
  bool is_narrow = false;  // of several runs: n has a column of its own
};

std::vector<std::string> row_of(const Part& part, const Layout& how) {
  const bool is_below =
      how.is_nested && !part.subject.empty() && !part.category.empty();
  std::vector<std::string> row = {(is_below ? "  " : "") +
                                  category_title(part.name(), how.language)};
  if (part.ledgers.size() > 1 || how.is_narrow) {
    const auto n = how.is_narrow ? common_n(part) : std::nullopt;
    if (how.is_narrow) row.push_back(n ? with_thousands(*n) : "");
    for (const Ledger& ledger : part.ledgers)
      row.push_back(cell_of(ledger, how.language, n.has_value()));
    return row;
  }
  const Ledger& ledger = part.ledgers.front();
  const Count count = ledger.count();
  const bool is_answered = ledger.has_reply();
  row.push_back(with_thousands(count.n));
  row.push_back(is_answered ? percent_text(count) : "-");
  row.push_back(is_answered ? range_text(wilson(count)) : "-");
  if (how.has_failures) row.push_back(with_thousands(ledger.failed));
  if (how.has_bar) row.push_back(is_answered ? interval_bar(count) : "");
  return row;
}

Table table_of(std::span<const ScoredRun> runs, const Breakdown& breakdown,
               const std::vector<Part>& parts, const Layout& how) {
  const bool ja = how.language == Language::ja;
  const std::string title = breakdown.by == By::category ? ja ? "区分" : "category"
                            : ja                         ? "科目"
                                                         : "subject";
  Table table{{{title, Align::left, how.is_narrow ? 28 : 16, true}}, {}};
  if (how.is_narrow) table.columns.push_back({ja ? "問数" : "n", Align::right});
  if (runs.size() > 1 || how.is_narrow) {
    for (const ScoredRun& run : runs)
      table.columns.push_back({name_among(runs, run), Align::right});
  } else {
    table.columns.push_back({ja ? "問数" : "n", Align::right});
    table.columns.push_back({ja ? "正答率" : "accuracy", Align::right});
    table.columns.push_back({"95 % CI", Align::right});
    if (how.has_failures)
      table.columns.push_back({ja ? "失敗" : "failed", Align::right});
    if (how.has_bar) table.columns.push_back({std::string(bar_title)});
  }
  for (const Part& part : parts) table.rows.push_back(row_of(part, how));
  return table;
}

// A row a run.
void add_bars(Table& table, std::span<const ScoredRun> runs) {
  table.columns.push_back({std::string(bar_title)});
  for (std::size_t i = 0; i < runs.size(); ++i)
    table.rows[i].push_back(runs[i].has_reply() ? interval_bar(runs[i].ledger().count())
                                                : "");
}

// As many runs a table as there is room for.
std::string narrow_text(std::span<const ScoredRun> runs, const Breakdown& breakdown,
                        const std::vector<Part>& parts, Layout how, int width) {
  how.is_narrow = true;
  std::string text;
  for (std::size_t from = 0, end = runs.size(); from < runs.size();) {
    std::vector<Part> some = parts;
    for (Part& part : some)
      part.ledgers = {part.ledgers.begin() + static_cast<std::ptrdiff_t>(from),
                      part.ledgers.begin() + static_cast<std::ptrdiff_t>(end)};
    const Table table = table_of(runs.subspan(from, end - from), breakdown, some, how);
    if (least_width_of(table) > width && end > from + 1) {
      --end;
      continue;
    }
    text +=
        (text.empty() ? "" : "\n") + table_text(table, TableFormat::terminal, width);
    from = end;
    end = runs.size();
  }
  return text;
}

// What of the runs are second tries; a line each.
std::string second_tries_of(std::span<const ScoredRun> runs, Language language) {
  std::string text;
  for (const ScoredRun& run : runs) {
    const std::string line = second_tries_text(run, language);
    if (!line.empty()) text += for_terminal_line(name_among(runs, run)) + ": " + line;
  }
  return text;
}

// ---- For other programs -----------------------------------------------------------

Json run_fields(const ScoredRun& run) {
  return {{"run", run.short_id()},         {"name", run.info.name},
          {"model", run.model_title()},    {"method", run.info.note},
          {"protocol", run.info.protocol}, {"reader", run.extract},
          {"dataset", run.info.dataset}};
}

// Shares of 1 in JSON, as all commands have them; percent in CSV, as charts read it.
// Without a reply there is none.
void add_score(Json& line, const Ledger& ledger, TableFormat format) {
  const double unit = format == TableFormat::csv ? 100 : 1;
  const Count count = ledger.count();
  const Interval interval = wilson(count);
  const bool is_answered = ledger.has_reply();
  line["n"] = count.n;
  line["correct"] = is_answered ? Json(count.right) : Json(nullptr);
  for (const auto& [name, value] :
       {std::pair("accuracy", count.share().value_or(0)),
        std::pair("ci_low", interval.low), std::pair("ci_high", interval.high)})
    line[name] =
        number_or_null(is_answered ? std::optional(unit * value) : std::nullopt);
  for (const Mark mark : all_marks) {
    if (mark != Mark::right) line[std::string(name_of(mark))] = ledger.of(mark);
  }
}

std::vector<Json> lines_of_runs(std::span<const ScoredRun> runs, TableFormat format) {
  std::vector<Json> lines;
  for (const ScoredRun& run : runs) {
    Json line = run_fields(run);
    line["subject"] = run.about();
    line["planned"] = run.planned;
    add_score(line, run.ledger(), format);
    line["second_tries"] = run.account.second_tries;
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<Json> lines_of_parts(std::span<const ScoredRun> runs,
                                 const Breakdown& breakdown, TableFormat format) {
  std::vector<Json> lines;
  for (const Part& part : parts_of(runs, breakdown)) {
    // Whoever adds up subjects is not to count their categories, too.
    if (breakdown.by == By::subject && part.subject.empty()) continue;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (part.ledgers[i].n() == 0) continue;
      Json line = run_fields(runs[i]);
      line["category"] = part.category;
      line["subject"] = part.name();
      add_score(line, part.ledgers[i], format);
      lines.push_back(std::move(line));
    }
  }
  return lines;
}

std::string data_text(std::span<const ScoredRun> runs, const Breakdown& breakdown,
                      TableFormat format) {
  const std::vector<Json> lines = breakdown.by == By::model
                                      ? lines_of_runs(runs, format)
                                      : lines_of_parts(runs, breakdown, format);
  if (format == TableFormat::csv) return csv_of(lines);
  std::string text;
  for (const Json& line : lines) text += json_line(line) + "\n";
  return text;
}

}  // namespace

Result<By> find_by(std::string_view name) {
  constexpr NamedValues<By, 3> words = {
      {{"model", By::model}, {"subject", By::subject}, {"category", By::category}}};
  return find_word(name, words);
}

Result<SortBy> find_sort(std::string_view name) {
  constexpr NamedValues<SortBy, 2> words = {
      {{"name", SortBy::name}, {"accuracy", SortBy::accuracy}}};
  return find_word(name, words);
}

std::string breakdown_text(std::span<const ScoredRun> runs, const Breakdown& breakdown,
                           TableFormat format, Language language, int width) {
  if (format == TableFormat::csv || format == TableFormat::json)
    return data_text(runs, breakdown, format);
  if (breakdown.by == By::model) {
    const bool is_chosen = !breakdown.traits.columns.empty();
    Table table = is_chosen ? runs_table(runs, breakdown.traits, language)
                            : runs_table(runs, language, width);
    if (format == TableFormat::terminal &&
        natural_width_of(table) + 2 + bar_width <= width)
      add_bars(table, runs);
    const bool fits =
        format != TableFormat::terminal || width == 0 || least_width_of(table) <= width;
    return fits ? table_text(table, format, width) : list_text(table, width);
  }
  const std::vector<Part> parts = parts_of(runs, breakdown);
  Layout how{.language = language, .is_nested = format == TableFormat::terminal};
  how.has_failures = std::ranges::any_of(
      parts, [](const Part& part) { return part.ledgers.front().failed > 0; });
  Table table = table_of(runs, breakdown, parts, how);
  if (how.is_nested && runs.size() == 1 &&
      natural_width_of(table) + 2 + bar_width <= width) {
    how.has_bar = true;
    table = table_of(runs, breakdown, parts, how);
  }
  const bool fits = !how.is_nested || width == 0 || natural_width_of(table) <= width;
  const std::string text = fits || runs.size() == 1
                               ? table_text(table, format, width)
                               : narrow_text(runs, breakdown, parts, how, width);
  return text + second_tries_of(runs, language);
}

}  // namespace proctor

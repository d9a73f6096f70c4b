#include <algorithm>
#include <map>

#include "proctor/chart/of_runs.h"

namespace proctor {
namespace {

// By group, then by subject; "" is all of the group, and ("", "") all questions.
using Key = std::pair<std::string, std::string>;

template <class Figure>
using Figures = std::map<Key, std::vector<std::optional<Figure>>>;

template <class Figure>
void put(Figures<Figure>& figures, const Key& key, std::size_t series,
         std::size_t count, const Figure& figure) {
  auto& row = figures[key];
  row.resize(count);
  row[series] = figure;
}

ChartPoint point_of(const Count& count) {
  return {.value = count.share().value_or(0),
          .interval = wilson(count),
          .right = count.right,
          .n = count.n};
}

ChartPoint point_of(const Pairs& pairs) {
  return {.value = pairs.difference(), .interval = tango(pairs), .n = pairs.n()};
}

// The mean over the series: of equals the name decides.
template <class Figure>
double height_of(const std::vector<std::optional<Figure>>& row) {
  double sum = 0;
  int n = 0;
  for (const auto& figure : row) {
    if (!figure) continue;
    sum += point_of(*figure).value;
    ++n;
  }
  return n == 0 ? -1 : sum / n;
}

// All; then each category with its subjects, the best first; then those in none.
template <class Figure>
void add_rows(Chart& chart, const Figures<Figure>& figures) {
  std::vector<const typename Figures<Figure>::value_type*> rows;
  for (const auto& row : figures) rows.push_back(&row);
  std::ranges::stable_sort(rows, [](const auto* a, const auto* b) {
    const auto& [group_a, subject_a] = a->first;
    const auto& [group_b, subject_b] = b->first;
    const auto rank = [](const Key& key) {
      return key.first.empty() ? (key.second.empty() ? 0 : 2) : 1;
    };
    if (rank(a->first) != rank(b->first)) return rank(a->first) < rank(b->first);
    if (group_a != group_b) return group_a < group_b;
    if (subject_a.empty() != subject_b.empty()) return subject_a.empty();
    return height_of(a->second) > height_of(b->second);
  });
  const std::string all = in_language(chart.language, "all", "全体");
  for (const auto* row : rows) {
    const auto& [group, subject] = row->first;
    for (std::size_t series = 0; series < row->second.size(); ++series) {
      if (!row->second[series]) continue;
      ChartPoint point = point_of(*row->second[series]);
      point.series = series;
      point.label = !subject.empty() ? subject : group.empty() ? all : group;
      point.group = group;
      point.is_total = subject.empty();
      chart.points.push_back(std::move(point));
    }
  }
}

// Where there is one subject alone, it is all there is.
template <class Figure>
void drop_lone_totals(Figures<Figure>& figures) {
  std::map<std::string, int> subjects;
  int all = 0;
  for (const auto& [key, row] : figures) {
    if (key.second.empty()) continue;
    ++subjects[key.first];
    ++all;
  }
  std::erase_if(figures, [&](const auto& row) {
    const auto& [group, subject] = row.first;
    return subject.empty() && !group.empty() && subjects[group] == all;
  });
}

}  // namespace

std::string group_of(const std::string& subject, const ScoredRun& run) {
  const Subject* const known = find_subject(subject, run.info.dataset);
  return known == nullptr ? "" : std::string(known->category);
}

void add_subjects(Chart& chart, const KindInput& input) {
  Figures<Count> figures;
  const std::size_t count = input.runs.size();
  for (std::size_t i = 0; i < count; ++i) {
    const ScoredRun& run = input.runs[i];
    const auto add = [&](const Key& key, const Ledger& ledger) {
      if (ledger.has_reply()) put(figures, key, i, count, ledger.count());
    };
    add({}, run.ledger());
    std::map<std::string, Ledger> groups;
    for (const auto& [subject, ledger] : run.account.tally.by_subject) {
      const std::string group = group_of(subject, run);
      add({group, subject}, ledger);
      if (!group.empty()) groups[group] += ledger;
    }
    for (const auto& [group, ledger] : groups) add({group, ""}, ledger);
  }
  drop_lone_totals(figures);
  add_rows(chart, figures);
}

Status add_differences(Chart& chart, const KindInput& input) {
  if (input.runs.size() < 2) {
    return fail(Fault::usage,
                "a comparison: found 1 run, {}, expected two or more; proctor list "
                "runs has them",
                for_terminal_line(input.runs.front().name_or_id()));
  }
  const auto marked = [&](const ScoredRun& run) -> Result<MarkedRun> {
    const StoredRun stored = TRY(find_run(input.store, run.id, Among::all));
    return read_marked_run(input.store, stored, input.wish.look);
  };
  const MarkedRun first = TRY(marked(input.runs.front()));
  Figures<Pairs> figures;
  const std::size_t count = input.runs.size() - 1;
  for (std::size_t i = 0; i < count; ++i) {
    const ScoredRun& run = input.runs[i + 1];
    const Comparison comparison = compare_runs(first, TRY(marked(run)));
    if (comparison.pairs.n() == 0) {
      return fail(Fault::usage,
                  "runs {} and {} have no question in common that both replied to; "
                  "expected runs of one exam",
                  input.runs.front().short_id(), run.short_id());
    }
    put(figures, {}, i, count, comparison.pairs);
    std::map<std::string, Pairs> groups;
    for (const auto& [subject, pairs] : comparison.by_subject) {
      const std::string group = group_of(subject, input.runs.front());
      put(figures, {group, subject}, i, count, pairs);
      if (!group.empty()) groups[group] += pairs;
    }
    for (const auto& [group, pairs] : groups)
      put(figures, {group, ""}, i, count, pairs);
  }
  drop_lone_totals(figures);
  chart.chance.reset();
  chart.base = chart.series.front().name();
  chart.series.erase(chart.series.begin());
  add_rows(chart, figures);
  return {};
}

}  // namespace proctor

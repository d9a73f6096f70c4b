#include "proctor/report/run_traits.h"

#include <algorithm>
#include <array>

#include "proctor/report/model_label.h"
#include "proctor/report/namesakes.h"
#include "proctor/report/summary.h"

namespace proctor {
namespace {

using Kind = RunTrait::Kind;
using InCharts = RunTrait::InCharts;

std::string number_or_nothing(std::optional<std::int64_t> number) {
  return number ? fmt::format("{}", *number) : std::string();
}

// "2026-08-01"
std::string day_of(const ScoredRun& run, Language) {
  return run.written ? iso_time(*run.written).substr(0, 10) : std::string();
}

std::string n_text(const ScoredRun& run, Language) {
  const std::string n = with_thousands(run.ended());
  if (run.planned == run.ended()) return n;
  return fmt::format("{}/{}", n, with_thousands(run.planned));
}

template <Mark mark>
std::string marked(const ScoredRun& run, Language) {
  return with_thousands(run.ledger().of(mark));
}

constexpr RunTrait bare_name = {
    "model", "モデル", Kind::trait,
    [](const ScoredRun& run, Language) { return label_of(run).name; }};

constexpr int never_cut = 1'000;  // numbers among words

constexpr std::array traits = {
    RunTrait{"run", "実行", Kind::score,
             [](const ScoredRun& run, Language) { return run.name_or_id(); },
             Align::left, 8, false, InCharts::never, "run", name_among},
    RunTrait{"model", "モデル", Kind::trait,
             [](const ScoredRun& run, Language) { return label_of(run).text(); },
             Align::left, 16},
    RunTrait{"quantisation", "量子化", Kind::chosen,
             [](const ScoredRun& run, Language) { return label_of(run).weights(); }},
    RunTrait{"note", "メモ", Kind::trait,
             [](const ScoredRun& run, Language) { return run.info.note; }, Align::left,
             6, false, InCharts::always},
    RunTrait{"dataset", "データセット", Kind::trait,
             [](const ScoredRun& run, Language) { return exam_title(run); },
             Align::left, 10, false, InCharts::always},
    RunTrait{"subject", "科目", Kind::chosen,
             [](const ScoredRun& run, Language) { return run.about(); }, Align::left,
             10},
    RunTrait{"protocol", "プロトコル", Kind::trait,
             [](const ScoredRun& run, Language) { return run.info.protocol; },
             Align::left, 8, false, InCharts::always},
    RunTrait{"shots", "例題数", Kind::trait,
             [](const ScoredRun& run, Language) {
               return number_or_nothing(shots_of(run.info.key));
             },
             Align::right, 0, true, InCharts::if_different},
    RunTrait{"reader", "読み取り方式", Kind::trait,
             [](const ScoredRun& run, Language) { return run.extract; }, Align::left, 8,
             true, InCharts::if_different},
    RunTrait{"threads", "スレッド", Kind::trait,
             [](const ScoredRun& run, Language) {
               return number_or_nothing(threads_of(run.info.key));
             },
             Align::right, 0, true, InCharts::if_different},
    RunTrait{"date", "日付", Kind::trait, day_of, Align::right},
    RunTrait{"n", "問数", Kind::chosen, n_text, Align::right},
    RunTrait{"right", "正解", Kind::chosen, marked<Mark::right>, Align::right},
    RunTrait{"wrong", "不正解", Kind::chosen, marked<Mark::wrong>, Align::right},
    RunTrait{"accuracy", "正答率", Kind::score,
             [](const ScoredRun& run, Language) { return accuracy_cell(run); },
             Align::right},
    RunTrait{"95 % CI", "95 % CI", Kind::score,
             [](const ScoredRun& run, Language) { return interval_cell(run); },
             Align::right, 0, false, InCharts::never, "interval"},
    RunTrait{"unread", "読み取れず", Kind::count, marked<Mark::unread>, Align::right},
    RunTrait{"refused", "拒否", Kind::count, marked<Mark::refused>, Align::right},
    RunTrait{"cut", "打ち切り", Kind::count, marked<Mark::cut>, Align::right},
    RunTrait{"failed", "失敗", Kind::count, marked<Mark::failed>, Align::right},
    RunTrait{"second tries", "再試行", Kind::count,
             [](const ScoredRun& run, Language) {
               return with_thousands(run.account.second_tries);
             },
             Align::right, 0, false, InCharts::never, "second_tries"},
    RunTrait{"as reported", "元の集計", Kind::count, reported_text, Align::left,
             never_cut, false, InCharts::never, "reported"},
};

std::string_view word_of(const RunTrait& trait) {
  return trait.word.empty() ? trait.english : trait.word;
}

// A note has the seed's name, too, which the columns of CSV have kept.
const RunTrait* find_trait(std::string_view word) {
  if (word == "method") word = "note";
  const auto found = std::ranges::find(traits, word, word_of);
  return found == traits.end() ? nullptr : &*found;
}

bool any_has(const RunTrait& trait, std::span<const ScoredRun> runs,
             Language language) {
  return std::ranges::any_of(runs, [&](const ScoredRun& run) {
    const std::string cell = trait.of(run, language);
    return !cell.empty() && cell != "0";
  });
}

// An accuracy has its n, but one that is not of all that is to be asked.
bool needs_n(std::span<const ScoredRun> runs) {
  return std::ranges::any_of(runs, [](const ScoredRun& run) {
    return run.planned != run.ended() || !run.has_reply();
  });
}

// Runs of one model, if it were not for its quantisation.
bool weights_differ(std::span<const ScoredRun> runs) {
  return std::ranges::any_of(runs, [&](const ScoredRun& run) {
    return label_of(run).quantisation != label_of(runs.front()).quantisation;
  });
}

// Whether it differs in runs of which all that is told is the same.
bool tells_more(const RunTrait& trait, std::span<const ScoredRun> runs,
                std::span<const std::string> told, Language language) {
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (told[i] == told[k] &&
          trait.of(runs[i], language) != trait.of(runs[k], language))
        return true;
    }
  }
  return false;
}

}  // namespace

std::string RunTrait::said_of(const ScoredRun& run, Language language) const {
  const std::string known = of(run, language);
  if (known.empty() || !needs_title) return known;
  return fmt::format("{} {}", title(language), known);
}

bool RunTrait::differs(std::span<const ScoredRun> runs, Language language) const {
  return std::ranges::any_of(runs, [&](const ScoredRun& run) {
    return of(run, language) != of(runs.front(), language);
  });
}

std::span<const RunTrait> run_traits() {
  return traits;
}

ChosenTraits choose_traits(std::span<const ScoredRun> runs, Language language,
                           bool little_room) {
  const RunTrait *const model = find_trait("model"), *const n = find_trait("n");
  const bool is_one_model =
      runs.size() > 1 && !bare_name.differs(runs, language) && weights_differ(runs);
  ChosenTraits chosen;
  std::vector<std::string> told(runs.size());  // what the columns say of each run
  const auto add = [&](const RunTrait& trait) {
    chosen.columns.push_back(&trait);
    for (std::size_t i = 0; trait.kind != Kind::score && i < runs.size(); ++i)
      told[i] += trait.of(runs[i], language) + '\n';
  };
  for (const RunTrait& trait : traits) {
    if (&trait == model && is_one_model) {
      chosen.alike.push_back(&bare_name);
      add(*find_trait("quantisation"));
    } else if (trait.kind == Kind::trait && trait.differs(runs, language)) {
      const bool is_minor = trait.in_charts != InCharts::always && &trait != model;
      if (!little_room || !is_minor || tells_more(trait, runs, told, language))
        add(trait);
    } else if (trait.kind == Kind::trait && (&trait != model || runs.size() > 1)) {
      chosen.alike.push_back(&trait);
    } else if (trait.kind == Kind::score || &trait == model ||
               (&trait == n && needs_n(runs)) ||
               (trait.kind == Kind::count && any_has(trait, runs, language))) {
      add(trait);
    }
  }
  return chosen;
}

Result<ChosenTraits> find_traits(std::string_view names) {
  ChosenTraits chosen;
  for (const std::string& given : split(names, ',')) {
    const std::string name = ascii_lower(python_strip(given));
    const RunTrait* const trait = find_trait(name);
    if (trait == nullptr) {
      std::vector<std::string> words;
      for (const RunTrait& known : traits) words.emplace_back(word_of(known));
      return fail(Fault::usage, "{}: no such column{}; there are {}", name,
                  suggestion(name, words), join(words, ", "));
    }
    chosen.columns.push_back(trait);
  }
  return chosen;
}

}  // namespace proctor

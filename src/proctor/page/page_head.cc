#include "proctor/page/page_head.h"

#include <algorithm>
#include <array>
#include <set>

#include "proctor/page/page_json.h"
#include "proctor/page/page_pairs.h"

namespace proctor {
namespace {

// The subjects of the rows, and the categories they are in; numbered in the order of
// their names.
struct PageSubjects {
  std::string dataset;  // whose categories these are: the first run's
  std::vector<std::string> names;
  std::vector<std::string_view> categories;  // their titles
  std::vector<int> category, also;           // by subject; -1: in none
  std::vector<std::uint16_t> of_rows;        // by row

  std::size_t number(const std::string& name) const {
    const auto found = std::ranges::lower_bound(names, name);
    return static_cast<std::size_t>(found - names.begin());
  }
};

PageSubjects subjects_of(const std::vector<std::uint32_t>& rows,
                         const PageQuestions& questions, std::string_view dataset) {
  Names names;
  std::set<std::string_view> categories;
  for (const std::uint32_t place : rows) names.insert(questions.at(place).subject);
  PageSubjects subjects{.dataset = std::string(dataset),
                        .names = {names.begin(), names.end()}};
  std::vector<Subject> known;
  for (const std::string& name : subjects.names) {
    const Subject* const subject = find_subject(name, dataset);
    known.push_back(subject == nullptr ? Subject{} : *subject);
    categories.insert({known.back().category, known.back().also});
  }
  categories.erase("");
  subjects.categories = {categories.begin(), categories.end()};
  const auto number_of = [&](std::string_view category) {
    const auto found = std::ranges::find(subjects.categories, category);
    return found == subjects.categories.end()
               ? -1
               : static_cast<int>(found - subjects.categories.begin());
  };
  for (const Subject& subject : known) {
    subjects.category.push_back(number_of(subject.category));
    subjects.also.push_back(number_of(subject.also));
  }
  for (const std::uint32_t place : rows) {
    subjects.of_rows.push_back(
        static_cast<std::uint16_t>(subjects.number(questions.at(place).subject)));
  }
  return subjects;
}

PageJson latency_json(const PageRun& run) {
  if (run.seconds.empty()) return nullptr;
  PageJson json = PageJson::array();
  for (const double share : {0.1, 0.25, 0.5, 0.75, 0.9, 1.0})
    json.push_back(*quantile(run.seconds, share));
  return json;
}

PageJson calibration_json(const PageRun& run) {
  if (!run.calibration) return nullptr;
  PageJson bins = PageJson::array();
  for (const auto& [mean, count] : run.calibration->bins) {
    PageJson bin = page_count(count);
    bin.insert(bin.begin(), mean);
    bins.push_back(bin);
  }
  return {{"ece", run.calibration->error}, {"bins", bins}};
}

// Null where nothing was asked of it.
PageJson count_json(const std::map<std::string, Ledger, std::less<>>& ledgers,
                    std::string_view name) {
  const auto found = ledgers.find(name);
  return found == ledgers.end() ? PageJson(nullptr) : page_ledger(found->second);
}

PageJson subjects_json(const Tally& tally, const PageSubjects& subjects) {
  PageJson json = PageJson::array();
  for (const std::string& name : subjects.names)
    json.push_back(count_json(tally.by_subject, name));
  return json;
}

// By the page's data set, as its subjects are put below; the last: what is in none.
PageJson categories_json(const Tally& tally, const PageSubjects& subjects) {
  auto ledgers = by_category(tally, subjects.dataset);
  if (ledgers.empty()) ledgers[std::string(no_category)] = tally.ledger;
  PageJson json = PageJson::array();
  for (const std::string_view category : subjects.categories)
    json.push_back(count_json(ledgers, category_key(category)));
  json.push_back(count_json(ledgers, no_category));
  return json;
}

PageJson ledger_list(const Ledger& ledger) {
  PageJson json = PageJson::array();
  for (const Mark mark : all_marks) json.push_back(ledger.of(mark));
  return json;
}

// The same in each language of the page.
PageJson in_both(const auto& said) {
  return {said(Language::en), said(Language::ja)};
}

PageJson run_json(const PageRun& run, const PageSubjects& subjects) {
  const ScoredRun& scored = run.scored;
  const RunInfo& info = scored.info;
  const Ledger& ledger = scored.ledger();
  const bool is_answered = ledger.has_reply();
  const auto shots = shots_of(info.key);
  const auto imported = imported_from(info.key);
  const auto n = static_cast<double>(std::max<std::int64_t>(1, ledger.n()));
  return {
      {"id", scored.id},
      {"dataset", info.dataset},
      {"split", info.split},
      {"subjects", scored.about()},
      {"protocol", info.protocol},
      {"shots", shots ? PageJson(*shots) : PageJson(nullptr)},
      {"reader", scored.extract},
      {"answerer", title_of(author_of(scored))},
      {"imported", imported ? imported->harness : ""},
      {"created", iso_time(run.stored.created)},
      {"updated", iso_time(run.stored.updated)},
      {"version", info.version},
      {"note", info.note},
      {"command", run.command},
      {"summary", in_both([&](Language language) {
         return summary_text(scored, language, Subjects::left_out);
       })},
      {"planned", scored.planned},
      {"complete", scored.is_complete()},
      {"replied", is_answered},
      {"count", {is_answered ? PageJson(ledger.right) : PageJson(nullptr), ledger.n()}},
      {"interval", page_interval(is_answered ? wilson(ledger.count()) : Interval{})},
      {"bounds", page_interval(ledger.bounds())},
      {"ledger", ledger_list(ledger)},
      {"chance", scored.account.chances / n},
      {"by_subject", subjects_json(scored.account.tally, subjects)},
      {"by_category", categories_json(scored.account.tally, subjects)},
      {"letters", run.letters},
      {"calibration", calibration_json(run)},
      {"latency", latency_json(run)},
  };
}

// A run's name in pictures, and what tells it from others of that name.
PageJson runs_json(const std::vector<PageRun>& runs, const PageSubjects& subjects) {
  std::vector<ScoredRun> scored;
  for (const PageRun& run : runs) scored.push_back(run.scored);
  const RunTitles english = run_titles(scored, Language::en);
  const RunTitles japanese = run_titles(scored, Language::ja);
  PageJson json = PageJson::array();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    PageJson one = run_json(runs[i], subjects);
    one["label"] = {english.runs[i].label, japanese.runs[i].label};
    one["method"] = {english.runs[i].method, japanese.runs[i].method};
    json.push_back(one);
  }
  return json;
}

// [both, only a, only b, neither, difference, low, high, p, beyond chance]
PageJson pair_json(const Pairs& pairs) {
  const Interval interval = tango(pairs);
  return {pairs.both,    pairs.only_a,       pairs.only_b,
          pairs.neither, pairs.difference(), interval.low,
          interval.high, mcnemar_p(pairs),   is_beyond_chance(pairs) ? 1 : 0};
}

PageJson pairs_json(const std::vector<PagePairs>& pairs) {
  PageJson json = PageJson::array();
  for (const PagePairs& pair : pairs) json.push_back(pair_json(pair.all));
  return json;
}

PageJson pairs_by_subject(const std::vector<PagePairs>& pairs) {
  PageJson json = PageJson::array();
  for (const PagePairs& pair : pairs) {
    PageJson one = PageJson::object();
    for (std::size_t subject = 0; subject < pair.by_subject.size(); ++subject) {
      const Pairs& counts = pair.by_subject[subject];
      if (counts.n() > 0) one[std::to_string(subject)] = pair_json(counts);
    }
    json.push_back(one);
  }
  return json;
}

// ---- Columns: numbers by row, little-endian, the widest first -----------------------

template <class Value>
void add_value(std::string& bytes, Value value) {
  for (std::size_t i = 0; i < sizeof(Value); ++i)
    bytes += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xFF);
}

template <class Value>
void add_column(std::string& bytes, const std::vector<std::uint32_t>& rows,
                const std::vector<Value>& by_place) {
  for (const std::uint32_t place : rows) add_value(bytes, by_place[place]);
}

std::uint32_t key_bits(const Question& question) {
  std::uint32_t bits = 0;
  for (const std::string& letter : right_letters(question))
    bits |= 1U << static_cast<unsigned>(letter.front() - 'A');
  return bits;
}

std::string columns_of(const std::vector<PageRun>& runs,
                       const std::vector<std::uint32_t>& rows,
                       const PageQuestions& questions, const PageSubjects& subjects) {
  std::string bytes;
  for (const std::uint32_t place : rows) add_value(bytes, place);
  for (const std::uint32_t place : rows)
    add_value(bytes, key_bits(questions.at(place)));
  for (const PageRun& run : runs) {
    add_column(bytes, rows, run.columns.milliseconds);
    add_column(bytes, rows, run.columns.reply_tokens);
  }
  for (const std::uint16_t subject : subjects.of_rows) add_value(bytes, subject);
  for (const PageRun& run : runs) {
    add_column(bytes, rows, run.columns.mark);
    add_column(bytes, rows, run.columns.letter);
    add_column(bytes, rows, run.columns.tries);
  }
  return bytes;
}

// How often each letter is right: a question with two right ones counts in both.
std::array<std::int64_t, 26> key_letters(const std::vector<std::uint32_t>& rows,
                                         const PageQuestions& questions) {
  std::array<std::int64_t, 26> counts{};
  for (const std::uint32_t place : rows) {
    for (const std::string& letter : right_letters(questions.at(place)))
      ++counts[static_cast<std::size_t>(letter.front() - 'A')];
  }
  return counts;
}

}  // namespace

PageHead page_head(const std::vector<PageRun>& runs, const PageQuestions& questions,
                   const PageSetting& setting, Packer& packer) {
  const std::vector<std::uint32_t> rows = questions.asked();
  const PageSubjects subjects = subjects_of(
      rows, questions, runs.empty() ? "" : runs.front().stored.info.dataset);
  const auto pairs = pairs_of(runs, rows, subjects.of_rows, subjects.names.size());
  const RunGroups groups = groups_of(runs, pairs);
  PageJson named_subjects = PageJson::array();
  for (std::size_t i = 0; i < subjects.names.size(); ++i)
    named_subjects.push_back(
        {subjects.names[i], subjects.category[i], subjects.also[i]});
  PageJson head = {
      {"language", setting.language == Language::ja ? "ja" : "en"},
      {"version", setting.version},
      {"made", iso_time(setting.made)},
      {"chunk", page_chunk},
      {"questions", rows.size()},
      {"subjects", named_subjects},
      {"categories", subjects.categories},
      {"runs", runs_json(runs, subjects)},
      {"key", key_letters(rows, questions)},
      {"pairs", pairs_json(pairs)},
      {"order", groups.order},
      {"groups", groups.groups},
  };
  std::vector<PagePart> parts;
  parts.push_back(packer.part("columns", columns_of(runs, rows, questions, subjects)));
  parts.push_back(packer.part("pairs", page_text(pairs_by_subject(pairs))));
  return {runs.empty() ? "Proctor" : exam_title(runs.front().scored), std::move(head),
          std::move(parts)};
}

}  // namespace proctor

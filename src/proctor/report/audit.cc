#include <algorithm>
#include <map>
#include <ranges>

#include "proctor/report/json_line.h"
#include "proctor/report/report.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;

std::string excerpt_of(const Disagreement& one) {
  return (one.is_cut ? "…" : "") + for_terminal_line(one.reply_end);
}

// The end of a line that is too wide: what a reader looks for stands there.
std::string fit_end(std::string_view text, int width) {
  if (display_width(text) <= width) return std::string(text);
  std::size_t at = 0;
  while (at < text.size() && display_width(text.substr(at)) >= width)
    next_code_point(text, at);
  return "…" + std::string(text.substr(at));
}

// "A: proctor, inspect; C: evalscope (right: A)"
std::string letters_text(const Audit& audit, const Disagreement& one,
                         Language language) {
  std::map<char, std::vector<std::string>> by_letter;
  for (std::size_t i = 0; i < one.letters.size(); ++i) {
    if (one.letters[i]) by_letter[*one.letters[i]].emplace_back(audit.readers[i].name);
  }
  std::vector<std::string> parts;
  for (const auto& [letter, names] : by_letter)
    parts.push_back(fmt::format("{}: {}", letter, join(names, ", ")));
  return in_language(language, "{} (right: {})", "{}（正解 {}）", join(parts, "; "),
                     join(one.right, language == Language::ja ? "・" : " or "));
}

Table readers_table(const Audit& audit, Language language) {
  const bool ja = language == Language::ja;
  Table table{{{ja ? "読み取り方式" : "reader", Align::left, 12},
               {ja ? "正答率" : "accuracy", Align::right},
               {"95 % CI", Align::right},
               {ja ? "文字なし" : "no letter", Align::right},
               {ja ? "一致" : "agrees", Align::right}},
              {}};
  for (const AuditedReader& reader : audit.readers) {
    const Ledger& ledger = reader.ledger;
    const bool own = reader.name == audit.run.extract;
    table.rows.push_back({std::string(reader.name) + (own ? " *" : ""),
                          accuracy_text(ledger.count()),
                          range_text(wilson(ledger.count())),
                          with_thousands(ledger.unread + ledger.cut + ledger.refused),
                          accuracy_text({reader.agreed, audit.replies})});
  }
  return table;
}

std::string disagreements_text(const Audit& audit, Language language, int line_width,
                               std::size_t most) {
  const std::size_t n = audit.disagreements.size();
  std::string text = in_language(
      language, "\nreplies in which readers find different letters: {} of {}\n",
      "\n読み取り方式によって文字が異なる返答: {} / {} 件\n",
      with_thousands(static_cast<std::int64_t>(n)), with_thousands(audit.replies));
  for (const Disagreement& one : audit.disagreements | std::views::take(most)) {
    text += fmt::format("\n{}  {}\n  {}\n", for_terminal_line(one.id),
                        letters_text(audit, one, language),
                        fit_end(excerpt_of(one), std::min(100, line_width) - 2));
  }
  if (n > most) {
    text += in_language(language, "\nand {} more: --limit N shows N of them\n",
                        "\n他に {} 件: --limit N で N 件まで表示\n",
                        with_thousands(static_cast<std::int64_t>(n - most)));
  }
  return text;
}

Json reader_json(const AuditedReader& reader) {
  const Count count = reader.ledger.count();
  const Interval interval = wilson(count);
  return {{"reader", reader.name},
          {"n", count.n},
          {"correct", count.right},
          {"accuracy", number_or_null(count.share())},
          {"ci95", {interval.low, interval.high}},
          {"ledger", ledger_json(reader.ledger)},
          {"agrees", reader.agreed}};
}

Json disagreement_json(const Audit& audit, const Disagreement& one) {
  auto letters = Json::object();
  for (std::size_t i = 0; i < one.letters.size(); ++i) {
    letters[std::string(audit.readers[i].name)] =
        one.letters[i] ? Json(std::string(1, *one.letters[i])) : Json(nullptr);
  }
  return {{"id", one.id},
          {"right", join(one.right, ",")},
          {"letters", std::move(letters)},
          {"reply_end", excerpt_of(one)}};
}

}  // namespace

std::string audit_text(const Audit& audit, Language language, int width, int line_width,
                       std::size_t most) {
  const ScoredRun& run = audit.run;
  std::string text = in_language(
      language, "{} {}, {}, {}: {} replies, {} failed\n",
      "{} {}, {}, {}: 返答 {} 件、失敗 {} 件\n", run.short_id(),
      for_terminal_line(run.model_title()), for_terminal_line(exam_title(run)),
      for_terminal_line(run.info.protocol), with_thousands(audit.replies),
      with_thousands(audit.failed));
  text += table_text(readers_table(audit, language), TableFormat::terminal, width);
  text += language == Language::ja
              ? "* はこの実行の読み取り方式。一致はそれとの比較。\n"
              : "* the run's own reader; agrees: with that one.\n";
  return text + disagreements_text(audit, language, line_width, most);
}

std::string audit_json(const Audit& audit) {
  Json readers = Json::array(), disagreements = Json::array();
  for (const AuditedReader& reader : audit.readers)
    readers.push_back(reader_json(reader));
  for (const Disagreement& one : audit.disagreements)
    disagreements.push_back(disagreement_json(audit, one));
  const ScoredRun& run = audit.run;
  return json_line({{"run", run.id},
                    {"model", run.model_name()},
                    {"dataset", run.info.dataset},
                    {"subjects", run.subjects},
                    {"protocol", run.info.protocol},
                    {"extract", run.extract},
                    {"replies", audit.replies},
                    {"failed", audit.failed},
                    {"readers", std::move(readers)},
                    {"disagreements", std::move(disagreements)}});
}

std::string audit_csv(const Audit& audit) {
  std::vector<Json> lines;
  for (const AuditedReader& reader : audit.readers) {
    const Count count = reader.ledger.count();
    const Interval interval = wilson(count);
    Json line = {
        {"reader", reader.name},        {"n", count.n},
        {"correct", count.right},       {"accuracy", 100 * count.share().value_or(0)},
        {"ci_low", 100 * interval.low}, {"ci_high", 100 * interval.high}};
    for (const Mark mark : all_marks)
      if (mark != Mark::right)
        line[std::string(name_of(mark))] = reader.ledger.of(mark);
    line["agrees"] = reader.agreed;
    lines.push_back(std::move(line));
  }
  return csv_of(lines);
}

std::string audit_in(TableFormat format, const Audit& audit, Language language,
                     int width, int line_width, std::size_t most, const Ink& ink) {
  if (format == TableFormat::json) return audit_json(audit) + "\n";
  if (format == TableFormat::csv) return audit_csv(audit);
  std::string text = audit_text(audit, language, width, line_width, most);
  return format == TableFormat::markdown ? fenced(text) : ink.heads(std::move(text));
}

}  // namespace proctor

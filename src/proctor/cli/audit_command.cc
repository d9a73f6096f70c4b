#include <algorithm>

#include <nlohmann/json.hpp>

#include "proctor/cli/commands.h"
#include "proctor/cli/runs_table.h"
#include "proctor/cli/stored_runs.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_shown = 20;

// What one reader makes of a run.
struct Audited {
  const Reader* reader = nullptr;
  Ledger ledger;
  std::int64_t agreed = 0;  // the same letter as the run's own reader, or both none
};

// A reply in which readers find different letters.
struct Disagreement {
  std::string id;
  std::vector<std::string> right;            // all letters that count as right
  std::vector<std::optional<char>> letters;  // by reader
  std::string snippet;                       // the reply's end: inert, one line
};

struct Audit {
  std::vector<Audited> readers;
  std::vector<Disagreement> disagreements;
  std::int64_t disagreed = 0;
  std::int64_t n = 0;       // replies
  std::int64_t failed = 0;  // questions without one
};

bool differ(const std::vector<std::optional<char>>& letters) {
  std::optional<char> first;
  for (const auto& letter : letters) {
    if (!letter) continue;
    if (first && *first != *letter) return true;
    first = letter;
  }
  return false;
}

// Answers stand at the end.
std::string snippet_of(std::string_view reply) {
  constexpr std::size_t most = 160;
  std::string_view end = python_strip(reply);
  const bool cut = end.size() > most;
  if (cut) end.remove_prefix(end.size() - most);
  while (cut && !end.empty() && (static_cast<unsigned char>(end[0]) & 0xC0U) == 0x80U)
    end.remove_prefix(1);
  return (cut ? "…" : "") + for_terminal_line(end);
}

// The end of a line that is too wide: what a reader looks for stands there.
std::string fit_end(std::string_view text, int width) {
  if (display_width(text) <= width) return std::string(text);
  std::size_t at = 0;
  while (at < text.size() && display_width(text.substr(at)) >= width)
    next_code_point(text, at);
  return "…" + std::string(text.substr(at));
}

class Auditor {
 public:
  explicit Auditor(std::string_view own) {
    for (const Reader& reader : readers())
      audit_.readers.push_back({.reader = &reader});
    for (std::size_t i = 0; i < audit_.readers.size(); ++i) {
      if (audit_.readers[i].reader->name == own) own_ = i;
    }
  }

  Status see(const Graded& graded) {
    if (!graded.attempt->outcome) {
      for (Audited& audited : audit_.readers) audited.ledger.add(Mark::failed);
      ++audit_.failed;
      return {};
    }
    const Reply& reply = *graded.attempt->outcome;
    const Question& question = *graded.question;
    std::vector<std::optional<char>> letters;
    for (Audited& audited : audit_.readers) {
      const MarkedAnswer marked = mark_reply(*audited.reader, question, reply);
      audited.ledger.add(marked.mark);
      letters.push_back(marked.answer.letter);
    }
    for (std::size_t i = 0; i < letters.size(); ++i)
      audit_.readers[i].agreed += letters[i] == letters[own_] ? 1 : 0;
    ++audit_.n;
    if (!differ(letters)) return {};
    ++audit_.disagreed;
    audit_.disagreements.push_back({.id = question.id,
                                    .right = right_letters(question),
                                    .letters = std::move(letters),
                                    .snippet = snippet_of(reply.text)});
    return {};
  }

  Audit take() { return std::move(audit_); }

 private:
  Audit audit_;
  std::size_t own_ = 0;
};

// "A: proctor, inspect; C: evalscope; none: helm_joint"
std::string letters_text(const Audit& audit, const Disagreement& one,
                         Language language) {
  std::map<std::string, std::vector<std::string>> by_letter;
  for (std::size_t i = 0; i < one.letters.size(); ++i) {
    if (one.letters[i])
      by_letter[std::string(1, *one.letters[i])].emplace_back(
          audit.readers[i].reader->name);
  }
  std::vector<std::string> parts;
  for (const auto& [letter, names] : by_letter)
    parts.push_back(letter + ": " + join(names, ", "));
  return in_language(language, "{} (right: {})", "{}（正解 {}）", join(parts, "; "),
                     join(one.right, language == Language::ja ? "・" : " or "));
}

std::string audit_text(const Audit& audit, const ScoredRun& run, Language language,
                       const Console& console) {
  const bool ja = language == Language::ja;
  Table table{{{ja ? "リーダー" : "reader", Align::left, 12},
               {ja ? "精度" : "accuracy", Align::right},
               {"95 % CI", Align::right},
               {ja ? "文字なし" : "no letter", Align::right},
               {ja ? "一致" : "agrees", Align::right}},
              {}};
  for (const Audited& audited : audit.readers) {
    const bool own = audited.reader->name == run.extract;
    table.rows.push_back({std::string(audited.reader->name) + (own ? " *" : ""),
                          accuracy_text(audited.ledger.count()),
                          range_text(wilson(audited.ledger.count())),
                          with_thousands(audited.ledger.unread + audited.ledger.cut +
                                         audited.ledger.refused),
                          accuracy_text({audited.agreed, audit.n})});
  }
  std::string text =
      in_language(language, "{} {}, {}, {}: {} replies, {} failed\n",
                  "{} {}, {}, {}: 回答 {} 件、回答なし {} 件\n", run.short_id(),
                  run.model_title(), exam_title(run), run.info.protocol,
                  with_thousands(audit.n), with_thousands(audit.failed));
  text += table_text(table, TableFormat::terminal, table_width(console));
  text += ja ? "* はこの実行のリーダー。一致はそれとの比較。\n"
             : "* the run's own reader; agrees: with that one.\n";
  text += in_language(language,
                      "\nreplies in which readers find different letters: {} of {}\n",
                      "\nリーダーによって選択肢が異なる回答: {} / {} 件\n",
                      with_thousands(audit.disagreed), with_thousands(audit.n));
  std::size_t shown = 0;
  for (const Disagreement& one : audit.disagreements) {
    if (shown++ == most_shown) break;
    text += fmt::format("\n{}  {}\n  {}\n", for_terminal_line(one.id),
                        letters_text(audit, one, language),
                        fit_end(one.snippet, std::min(100, console.width()) - 2));
  }
  if (audit.disagreements.size() > most_shown) {
    text += in_language(language, "\nand {} more: --json prints all\n",
                        "\n他に {} 件: --json ですべて出力\n",
                        audit.disagreements.size() - most_shown);
  }
  return text;
}

std::string audit_json(const Audit& audit, const ScoredRun& run) {
  Json readers = Json::array();
  for (const Audited& audited : audit.readers) {
    const Count count = audited.ledger.count();
    const Interval interval = wilson(count);
    readers.push_back({{"reader", audited.reader->name},
                       {"n", count.n},
                       {"correct", count.right},
                       {"accuracy", number_or_null(count.share())},
                       {"ci95", {interval.low, interval.high}},
                       {"ledger", ledger_json(audited.ledger)},
                       {"agrees", audited.agreed}});
  }
  Json disagreements = Json::array();
  for (const Disagreement& one : audit.disagreements) {
    auto letters = Json::object();
    for (std::size_t i = 0; i < one.letters.size(); ++i) {
      letters[std::string(audit.readers[i].reader->name)] =
          one.letters[i] ? Json(std::string(1, *one.letters[i])) : Json(nullptr);
    }
    disagreements.push_back({{"id", one.id},
                             {"right", join(one.right, ",")},
                             {"letters", std::move(letters)},
                             {"reply_end", one.snippet}});
  }
  const Json json = {{"run", run.id},
                     {"model", run.model_name()},
                     {"dataset", run.info.dataset},
                     {"subjects", run.subjects},
                     {"protocol", run.info.protocol},
                     {"extract", run.extract},
                     {"replies", audit.n},
                     {"failed", audit.failed},
                     {"readers", std::move(readers)},
                     {"disagreements", std::move(disagreements)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<int> audit_command(const Arguments& arguments, World& world) {
  const Language language = TRY(language_of(arguments));
  const auto store = TRY(open_for_reading(arguments));
  const StoredRun stored = TRY(run_named(*store, arguments));
  if (stored.info.key.protocol.find("\"scoring\":\"generate\"") == std::string::npos) {
    return fail(Fault::usage,
                "run {}: its protocol, {}, scores letters; there is no reply to read",
                stored.id.substr(0, 8), stored.info.protocol);
  }
  Auditor auditor(stored.info.extract);
  const ScoredRun run =
      TRY(score_stored_run(*store, stored, look_of(arguments), false,
                           [&](const Graded& graded) { return auditor.see(graded); }));
  TRY(check_has_reply(run));
  const Audit audit = auditor.take();
  world.console.print(arguments.has("--json")
                          ? audit_json(audit, run)
                          : audit_text(audit, run, language, world.console));
  return complete;
}

}  // namespace proctor

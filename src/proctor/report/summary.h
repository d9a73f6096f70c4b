// What a run came to, in words, cells and JSON. Part of report.h.
#pragma once

#include <optional>
#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "proctor/report/language.h"
#include "proctor/study/study.h"

namespace proctor {

// Of no more subjects than these a summary lists each.
constexpr std::size_t most_subjects_listed = 10;
enum class Subjects { listed, left_out };
// The lines that end a run: subject, accuracy with interval, ledger, bounds; how it was
// made, in what time and of how many tokens; categories or subjects, unless a table of
// them follows, and their mean.
std::string summary_text(const ScoredRun& run, Language language,
                         Subjects subjects = Subjects::listed);
// Why questions failed, a line a run of at most `width` columns (0: whatever it takes):
// "7f3a1c20  failed 3 (HTTP 400: too long)". Empty where none did.
std::string failures_text(std::span<const ScoredRun> runs, Language language,
                          int width);
// Lines that name each where the replies are of several models or builds; or empty.
std::string mixture_text(const ScoredRun& run, Language language);
// How many replies are second tries, and what came to nothing; or empty.
std::string second_tries_text(const ScoredRun& run, Language language);
// A line, and one more for each mixture: "run 7f3a1c20  ollama/mistral:7b  40.00%
// (40/100), 95 % CI 30.9-49.8  first-letter".
std::string recomputed_text(const ScoredRun& run, Language language);
// What is wrong in a store, a line of `verify --json` without its end; and an error.
std::string trouble_json(const std::string& place, const std::string& message);
std::string error_json(Fault fault, const std::string& message);
// The keys of docs/statistics.md, one line without its end.
std::string summary_json(const ScoredRun& run);
// A line each.
std::string summaries_json(std::span<const ScoredRun> runs);
// Numbers as all commands' JSON has them.
nlohmann::ordered_json number_or_null(std::optional<double> value);
nlohmann::ordered_json ledger_json(const Ledger& ledger);
// "cais/mmlu college_computer_science": what is counted.
std::string exam_title(const ScoredRun& run);
// "40.00% (40/100)" and "30.9-49.8", or "-" without a reply.
std::string accuracy_cell(const ScoredRun& run);
std::string interval_cell(const ScoredRun& run);
// "40.0-45.0", in percent: an interval, or bounds.
std::string range_text(const Interval& range);
// A category's key as people see it; what is in none has a word.
std::string category_title(std::string_view key, Language language);
// "wrong", "不正解".
std::string_view mark_word(Mark mark, Language language);
// "right 40, wrong 55, unread 5": the marks that are not 0; right and wrong always.
std::string ledger_text(const Ledger& ledger, Language language);

// ---- As the harness reports it ----

// --json's "aggregation"; null without a number.
nlohmann::ordered_json aggregation_json(const std::optional<HarnessScore>& score);
// "62.86% (mean of 57 subjects, n 14,042), 95 % CI 62.0-63.7"
std::string harness_value_text(const HarnessScore& score, Language language);
// A line, and a line a group; empty where the accuracy says it all.
std::string harness_text(const HarnessScore& score, Language language);
// "lm-evaluation-harness: 62.86% (…", a cell of a table; empty where the accuracy says
// it all.
std::string reported_text(const ScoredRun& run, Language language);

// ---- What the arithmetic can do ----

// "arithmetic: 14 of 200 answers are nearly ties; 24.0-28.5 % whichever way they fall",
// a line; empty where none was scored.
std::string arithmetic_text(const ScoredRun& run, Language language);
// --json's "arithmetic"; null where none was scored.
nlohmann::ordered_json arithmetic_json(const ScoredRun& run);

}  // namespace proctor

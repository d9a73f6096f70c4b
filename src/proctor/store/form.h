// The form in which runs, questions and attempts lie in a store: JSON and digests.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/store/store.h"

namespace proctor {

// All of a run's info but its key and its numbers, which have columns, as JSON. What is
// missing reads as empty.
std::string info_json(const RunInfo& info);
// Fault::data where it is not such JSON.
Result<RunInfo> read_info(std::string_view key_json, std::string_view info);

std::string choices_json(const std::vector<std::string>& choices);
Result<std::vector<std::string>> read_choices(std::string_view json);

// [1], or [2,0,3] where several are right: the data set's own first.
std::string right_choices_json(const Question& question);
// Into a question whose choices are known.
Status read_right_choices(std::string_view json, Question& question);

// {"A":-0.25,"B":"-inf"}: JSON has no infinities, so they are strings.
std::string logprobs_json(const std::map<std::string, double>& logprobs);
Result<std::map<std::string, double>> read_logprobs(std::string_view json);

// SHA-256 of a row's content, field by field with lengths: docs/store.md. What schema 1
// had no column for comes last and only where there is something to say, so that other
// rows have the sum that they had there.
std::string run_sum(std::string_view id, std::string_view key_json,
                    std::string_view info_json, const RunInfo& info,
                    std::int64_t created);
std::string dataset_sum(const Dataset& dataset);
std::string question_sum(std::string_view dataset_digest, std::uint32_t ordinal,
                         const Question& question);
std::string attempt_sum(std::string_view run_id, TrialId trial, int generation,
                        const Attempt& attempt, std::string_view logprobs);
std::string attempt_sum(std::string_view run_id, const StoredAttempt& stored);
// Without what schema 1 had no column for, which is not in its sums.
RunInfo in_schema_1(RunInfo info);
StoredAttempt in_schema_1(StoredAttempt stored);

// The digits of an id that a person is shown.
std::string_view short_id(std::string_view id);

}  // namespace proctor

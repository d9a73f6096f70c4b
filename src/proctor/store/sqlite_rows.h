// How the tables of schema.sql become structs, and the checks of `verify`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proctor/store/form.h"
#include "proctor/store/sqlite.h"

namespace proctor {

// What read_attempt reads, of a table or alias named a.
inline constexpr std::string_view attempt_columns =
    "a.id, a.ordinal, a.repeat, a.rotation, a.generation, a.started, a.latency, "
    "a.status, a.fault, a.message, a.finish_reason, a.model, a.build, a.prompt_tokens, "
    "a.reply_tokens, a.decoded_tokens, a.thought_tokens, a.logprobs, a.sha256, a.text, "
    "a.reasoning";
inline constexpr int attempt_sum_column = 18;
inline constexpr int attempt_column_count = 21;

// The current row; where `with_bodies`, request and response are the two columns that
// follow. Fault::data where a value cannot be.
Result<StoredAttempt> read_attempt(const SqlStatement& row, bool with_bodies);

// What read_question reads.
inline constexpr std::string_view question_columns =
    "id, subject, position, text, choices, right_choices, worked";
Result<Question> read_question(const SqlStatement& row);

// What read_run reads, of a table or alias named r: the first columns of its row.
inline constexpr std::string_view run_columns =
    "r.key, r.info, r.dropped, r.repeats, r.rotations";
inline constexpr int run_column_count = 5;
Result<RunInfo> read_run(const SqlStatement& row);
// Of a run that is there; its key stays as it is.
Status write_info(const Database& database, const std::string& run_id,
                  const RunInfo& info);

// The sum of a whole row.
std::string attempt_sum(std::string_view run_id, const StoredAttempt& stored);
// Without what schema 1 had no column for, which is not in its sums.
RunInfo in_schema_1(RunInfo info);
StoredAttempt in_schema_1(StoredAttempt stored);

// All that is wrong with a store; see Store::verify.
Result<std::vector<Trouble>> verify_sqlite(const Database& database);

}  // namespace proctor

// How the tables of schema.sql become structs, and the checks of `verify`.
#pragma once

#include <string_view>
#include <vector>

#include "proctor/store/form.h"
#include "proctor/store/sqlite.h"

namespace proctor {

// What read_attempt reads, of a table or alias named a.
inline constexpr std::string_view attempt_columns =
    "a.id, a.ordinal, a.repeat, a.rotation, a.generation, a.started, a.latency, "
    "a.status, a.fault, a.message, a.finish_reason, a.model, a.build, a.prompt_tokens, "
    "a.reply_tokens, a.logprobs, a.sha256, a.text, a.reasoning";
inline constexpr int attempt_sum_column = 16;
inline constexpr int attempt_column_count = 19;

// The current row; where `with_bodies`, request and response are the two columns that
// follow. Fault::data where a value cannot be.
Result<StoredAttempt> read_attempt(const SqlStatement& row, bool with_bodies);

// What read_question reads.
inline constexpr std::string_view question_columns =
    "id, subject, position, text, choices, right_choice, worked";
Result<Question> read_question(const SqlStatement& row);

// All that is wrong with a store; see Store::verify.
Result<std::vector<Trouble>> verify_sqlite(const Database& database);

}  // namespace proctor

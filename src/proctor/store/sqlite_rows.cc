#include "proctor/store/sqlite_rows.h"

#include <limits>

namespace proctor {
namespace {

// A flipped bit must not be cut away by a narrower type before the digest is taken.
template <class Number>
Result<Number> number_of(const SqlStatement& row, int column, std::string_view name) {
  const std::int64_t value = row.number_at(column);
  if (value < 0 || value > std::int64_t{std::numeric_limits<Number>::max()}) {
    return fail(Fault::data, "{} cannot be {}", name, value);
  }
  return static_cast<Number>(value);
}

// The schema has room for a question asked several times and with its choices turned;
// no run does that.
Status expect(const SqlStatement& row, int column, std::string_view name,
              std::int64_t only) {
  const std::int64_t value = row.number_at(column);
  if (value == only) return {};
  return fail(Fault::data, "{} cannot be {}", name, value);
}

std::string string_at(const SqlStatement& row, int column) {
  return std::string(row.text_at(column));
}

Result<Result<Reply>> outcome_of(const SqlStatement& row) {
  if (!row.is_null(8)) {
    const auto fault = fault_named(row.text_at(8));
    if (!fault) return fail(Fault::data, "fault cannot be \"{}\"", row.text_at(8));
    return Result<Reply>(fail(*fault, "{}", row.text_at(9)));
  }
  auto logprobs = TRY(read_logprobs(row.text_at(17)).in("logprobs"));
  return Result<Reply>(Reply{.text = string_at(row, 19),
                             .reasoning = string_at(row, 20),
                             .finish_reason = string_at(row, 10),
                             .model = string_at(row, 11),
                             .build = string_at(row, 12),
                             .logprobs = std::move(logprobs),
                             .tokens = {.prompt = row.optional_at(13),
                                        .reply = row.optional_at(14),
                                        .decoded = row.optional_at(15),
                                        .thought = row.optional_at(16)}});
}

}  // namespace

Result<StoredAttempt> read_attempt(const SqlStatement& row, bool with_bodies) {
  const std::string id = string_at(row, 0);
  const auto read = [&]() -> Result<StoredAttempt> {
    StoredAttempt stored;
    stored.trial.ordinal = TRY(number_of<std::uint32_t>(row, 1, "ordinal"));
    TRY(expect(row, 2, "repeat", 0));
    TRY(expect(row, 3, "rotation", 0));
    stored.generation = TRY(number_of<int>(row, 4, "generation"));
    stored.attempt.id = id;
    stored.attempt.outcome = TRY(outcome_of(row));
    stored.attempt.started = WallTime(Microseconds(row.number_at(5)));
    stored.attempt.latency = Microseconds(row.number_at(6));
    stored.attempt.status = TRY(number_of<int>(row, 7, "status"));
    if (with_bodies) {
      stored.attempt.request = string_at(row, attempt_column_count);
      stored.attempt.response = string_at(row, attempt_column_count + 1);
    }
    return stored;
  };
  return read().in(fmt::format("attempt {}", id));
}

std::string attempt_sum(std::string_view run_id, const StoredAttempt& stored) {
  const Attempt& attempt = stored.attempt;
  return attempt_sum(run_id, stored.trial, stored.generation, attempt,
                     attempt.outcome ? logprobs_json(attempt.outcome->logprobs) : "");
}

RunInfo in_schema_1(RunInfo info) {
  info.dropped = 0;
  return info;
}

StoredAttempt in_schema_1(StoredAttempt stored) {
  if (stored.attempt.outcome) stored.attempt.outcome->tokens.decoded.reset();
  return stored;
}

Result<Question> read_question(const SqlStatement& row) {
  Question question{.id = string_at(row, 0),
                    .subject = string_at(row, 1),
                    .text = string_at(row, 3),
                    .worked = string_at(row, 6)};
  question.choices = TRY(read_choices(row.text_at(4)).in("choices"));
  question.index = TRY(number_of<int>(row, 2, "position"));
  TRY(read_right_choices(row.text_at(5), question).in("right_choices"));
  return question;
}

Result<RunInfo> read_run(const SqlStatement& row) {
  RunInfo info = TRY(read_info(row.text_at(0), row.text_at(1)));
  info.dropped = TRY(number_of<int>(row, 2, "dropped"));
  TRY(expect(row, 3, "repeats", 1));
  TRY(expect(row, 4, "rotations", 1));
  return info;
}

Status write_info(const Database& database, const std::string& run_id,
                  const RunInfo& info) {
  SqlStatement find =
      TRY(database.prepare("SELECT number, key, created FROM main.run WHERE id = ?"));
  find.text(run_id);
  if (!TRY(find.step())) {
    return fail(Fault::data, "{}: run {} is not there", database.shown(),
                short_id(run_id));
  }
  const std::int64_t number = find.number_at(0);
  const std::string json = info_json(info);
  const std::string sum =
      run_sum(run_id, find.text_at(1), json, info, find.number_at(2));
  find.reset();
  SqlStatement update =
      TRY(database.prepare("UPDATE main.run SET info = ?, dropped = ?, sha256 = ? "
                           "WHERE number = ?"));
  return update.text(json).number(info.dropped).text(sum).number(number).run();
}

}  // namespace proctor

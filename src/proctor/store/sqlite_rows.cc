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

std::string string_at(const SqlStatement& row, int column) {
  return std::string(row.text_at(column));
}

Result<Result<Reply>> outcome_of(const SqlStatement& row) {
  if (!row.is_null(8)) {
    const auto fault = fault_named(row.text_at(8));
    if (!fault) return fail(Fault::data, "fault cannot be \"{}\"", row.text_at(8));
    return Result<Reply>(fail(*fault, "{}", row.text_at(9)));
  }
  return Result<Reply>(
      Reply{.text = string_at(row, 17),
            .reasoning = string_at(row, 18),
            .finish_reason = string_at(row, 10),
            .model = string_at(row, 11),
            .build = string_at(row, 12),
            .logprobs = TRY(read_logprobs(row.text_at(15)).in("logprobs")),
            .tokens = {.prompt = row.optional_at(13), .reply = row.optional_at(14)}});
}

}  // namespace

Result<StoredAttempt> read_attempt(const SqlStatement& row, bool with_bodies) {
  const std::string id = string_at(row, 0);
  const auto read = [&]() -> Result<StoredAttempt> {
    StoredAttempt stored;
    stored.trial.ordinal = TRY(number_of<std::uint32_t>(row, 1, "ordinal"));
    stored.trial.repeat = TRY(number_of<std::uint16_t>(row, 2, "repeat"));
    stored.trial.rotation = TRY(number_of<std::uint16_t>(row, 3, "rotation"));
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

Result<Question> read_question(const SqlStatement& row) {
  Question question{.id = string_at(row, 0),
                    .subject = string_at(row, 1),
                    .text = string_at(row, 3),
                    .choices = TRY(read_choices(row.text_at(4)).in("choices")),
                    .index = TRY(number_of<int>(row, 2, "position")),
                    .worked = string_at(row, 6)};
  const auto right = TRY(number_of<std::int64_t>(row, 5, "right_choice"));
  if (!set_right(question, right)) {
    return fail(Fault::data, "right_choice: found {}, which names none of {} choices",
                right, question.choices.size());
  }
  return question;
}

}  // namespace proctor

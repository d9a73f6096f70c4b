// How rows become structs, whichever database they come from. A Row has number_at,
// optional_at, text_at and is_null, as SqlStatement has them.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/store/form.h"

namespace proctor {

// What read_attempt reads, of a table or alias named a.
inline constexpr std::string_view attempt_columns =
    "a.id, a.ordinal, a.repeat, a.rotation, a.generation, a.started, a.latency, "
    "a.status, a.fault, a.message, a.finish_reason, a.model, a.build, a.prompt_tokens, "
    "a.reply_tokens, a.decoded_tokens, a.thought_tokens, a.logprobs, a.sha256, a.text, "
    "a.reasoning";
inline constexpr int attempt_sum_column = 18;
inline constexpr int attempt_column_count = 21;

// What read_question reads.
inline constexpr std::string_view question_columns =
    "id, subject, position, text, choices, right_choices, worked";

// What read_run reads, of a table or alias named r: the first columns of its row.
inline constexpr std::string_view run_columns =
    "r.key, r.info, r.dropped, r.repeats, r.rotations";
inline constexpr int run_column_count = 5;

// A flipped bit must not be cut away by a narrower type before the digest is taken.
template <class Number, class Row>
Result<Number> number_within(const Row& row, int column, std::string_view name) {
  const std::int64_t value = row.number_at(column);
  if (value < 0 || value > std::int64_t{std::numeric_limits<Number>::max()}) {
    return fail(Fault::data, "{} cannot be {}", name, value);
  }
  return static_cast<Number>(value);
}

// The schema has room for a question asked several times and with its choices turned;
// no run does that.
template <class Row>
Status check_is(const Row& row, int column, std::string_view name, std::int64_t only) {
  const std::int64_t value = row.number_at(column);
  if (value == only) return {};
  return fail(Fault::data, "{} cannot be {}", name, value);
}

template <class Row>
std::string string_at(const Row& row, int column) {
  return std::string(row.text_at(column));
}

template <class Row>
Result<Result<Reply>> outcome_of(const Row& row) {
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

// The current row; where `with_bodies`, request and response are the two columns that
// follow. Fault::data where a value cannot be.
template <class Row>
Result<StoredAttempt> read_attempt(const Row& row, bool with_bodies) {
  const std::string id = string_at(row, 0);
  const auto read = [&]() -> Result<StoredAttempt> {
    StoredAttempt stored;
    stored.trial.ordinal = TRY(number_within<std::uint32_t>(row, 1, "ordinal"));
    TRY(check_is(row, 2, "repeat", 0));
    TRY(check_is(row, 3, "rotation", 0));
    stored.generation = TRY(number_within<int>(row, 4, "generation"));
    stored.attempt.id = id;
    stored.attempt.outcome = TRY(outcome_of(row));
    stored.attempt.started = WallTime(Microseconds(row.number_at(5)));
    stored.attempt.latency = Microseconds(row.number_at(6));
    stored.attempt.status = TRY(number_within<int>(row, 7, "status"));
    if (with_bodies) {
      stored.attempt.request = string_at(row, attempt_column_count);
      stored.attempt.response = string_at(row, attempt_column_count + 1);
    }
    return stored;
  };
  return read().in(fmt::format("attempt {}", id));
}

template <class Row>
Result<Question> read_question(const Row& row) {
  Question question{.id = string_at(row, 0),
                    .subject = string_at(row, 1),
                    .text = string_at(row, 3),
                    .worked = string_at(row, 6)};
  question.choices = TRY(read_choices(row.text_at(4)).in("choices"));
  question.index = TRY(number_within<int>(row, 2, "position"));
  TRY(read_right_choices(row.text_at(5), question).in("right_choices"));
  return question;
}

template <class Row>
Result<RunInfo> read_run(const Row& row) {
  RunInfo info = TRY(read_info(row.text_at(0), row.text_at(1)));
  info.dropped = TRY(number_within<int>(row, 2, "dropped"));
  TRY(check_is(row, 3, "repeats", 1));
  TRY(check_is(row, 4, "rotations", 1));
  return info;
}

// What a list of runs has behind run_columns: id, created, updated, how many results
// and attempts there are, and the highest generation.
template <class Row>
Result<std::vector<StoredRun>> read_runs(Row& row, const std::string& place) {
  std::vector<StoredRun> listed;
  while (TRY(row.step())) {
    constexpr int first = run_column_count;
    std::string id = string_at(row, first);
    RunInfo info =
        TRY(read_run(row).in(fmt::format("{}: run {}", place, short_id(id))));
    listed.push_back({.id = std::move(id),
                      .info = std::move(info),
                      .created = WallTime(Microseconds(row.number_at(first + 1))),
                      .updated = WallTime(Microseconds(row.number_at(first + 2))),
                      .results = row.number_at(first + 3),
                      .attempts = row.number_at(first + 4),
                      .generation = static_cast<int>(row.number_at(first + 5))});
  }
  return listed;
}

// Rows of a name, its questions, and those of them that have a reply.
template <class Row>
Result<std::vector<SubjectReplies>> read_subjects(Row& row) {
  std::vector<SubjectReplies> listed;
  while (TRY(row.step())) {
    listed.push_back({.name = string_at(row, 0),
                      .questions = row.number_at(1),
                      .replied = row.number_at(2)});
  }
  return listed;
}

// Rows of question_columns, in order.
template <class Row>
Result<std::vector<Question>> read_questions(Row& row, const std::string& place) {
  std::vector<Question> questions;
  while (TRY(row.step())) {
    questions.push_back(TRY(read_question(row).in(
        fmt::format("{}: question {}", place, questions.size()))));
  }
  return questions;
}

}  // namespace proctor

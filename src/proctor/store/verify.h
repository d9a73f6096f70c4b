// Whether what a store holds is what was put there, whichever database it lies in: sums
// of rows, digests, and which attempt counts.
#pragma once

#include <map>
#include <utility>

#include "proctor/store/claims.h"
#include "proctor/store/rows.h"

namespace proctor {

// Damage that stops one check is a trouble like others; the next check still runs.
inline Status noted(Status status, std::vector<Trouble>& troubles) {
  if (status || status.error().fault != Fault::data) return status;
  troubles.push_back({"file", status.error().message});
  return {};
}

// A Source gives rows(sql), which has number() and step() and is a Row. What its
// database can say of itself it has looked at already.
template <class Source>
class Verifier {
 public:
  // `is_schema_1`: sums are as they were there.
  Verifier(Source& source, std::vector<Trouble> troubles, bool is_schema_1 = false)
      : source_(source), is_schema_1_(is_schema_1), troubles_(std::move(troubles)) {}

  Result<std::vector<Trouble>> all() {
    TRY(noted(datasets(), troubles_));
    TRY(noted(runs(), troubles_));
    TRY(noted(attempts(), troubles_));
    TRY(noted(results(), troubles_));
    return std::move(troubles_);
  }

 private:
  using TrialOfRun = std::pair<std::int64_t, std::int64_t>;  // run and ordinal

  struct Run {
    std::string id;
    std::int64_t questions = 0;
  };
  struct Counting {
    int generation = 0;
    std::string id;
  };

  void note(std::string place, std::string message) {
    troubles_.push_back({std::move(place), std::move(message)});
  }

  Status datasets() {
    auto row = TRY(source_.rows(
        "SELECT number, digest, name, split, revision, n, sha256 FROM dataset"));
    while (TRY(row.step())) {
      Dataset dataset{.name = std::string(row.text_at(2)),
                      .split = std::string(row.text_at(3)),
                      .revision = std::string(row.text_at(4)),
                      .digest = std::string(row.text_at(1))};
      const std::string place = fmt::format("data set {}", short_id(dataset.digest));
      TRY(questions(row.number_at(0), place, dataset));
      const auto count = static_cast<std::int64_t>(dataset.questions.size());
      if (count != row.number_at(5)) {
        note(place,
             fmt::format("expected {} questions, found {}", row.number_at(5), count));
      }
      if (dataset_sum(dataset) != row.text_at(6)) {
        note(place, "its row does not match its SHA-256");
      }
      if (digest_of(dataset.questions) != dataset.digest) {
        note(place, "its questions have another digest");
      }
      questions_[row.number_at(0)] = count;
    }
    return {};
  }

  Status questions(std::int64_t number, const std::string& place, Dataset& dataset) {
    auto row = TRY(source_.rows(
        fmt::format("SELECT {}, ordinal, sha256 FROM question WHERE dataset = $1 "
                    "ORDER BY ordinal",
                    question_columns)));
    row.number(number);
    while (TRY(row.step())) {
      const std::int64_t ordinal = row.number_at(7);
      const std::string where = fmt::format("question {} of {}", ordinal, place);
      if (ordinal != static_cast<std::int64_t>(dataset.questions.size())) {
        note(where, fmt::format("expected question {}", dataset.questions.size()));
      }
      Result<Question> question = read_question(row);
      if (!question) {
        note(where, question.error().message);
        question = Question();
      } else if (question_sum(dataset.digest, static_cast<std::uint32_t>(ordinal),
                              *question) != row.text_at(8)) {
        note(where, "does not match its SHA-256");
      }
      dataset.questions.push_back(*std::move(question));
    }
    return {};
  }

  Status runs() {
    auto row = TRY(source_.rows(
        fmt::format("SELECT {}, r.number, r.id, r.created, r.sha256, r.dataset, "
                    "d.digest FROM run r LEFT JOIN dataset d ON d.number = r.dataset",
                    run_columns)));
    while (TRY(row.step())) {
      constexpr int first = run_column_count;
      const std::string id(row.text_at(first + 1));
      const std::string place = fmt::format("run {}", short_id(id));
      runs_[row.number_at(first)] = {id, questions_[row.number_at(first + 4)]};
      if (sha256_hex(row.text_at(0)) != id) {
        note(place, "its id is not the SHA-256 of its key");
      }
      const Result<RunInfo> info = read_run(row);
      if (!info) {
        note(place, info.error().message);
        continue;
      }
      if (run_sum(id, row.text_at(0), row.text_at(1),
                  is_schema_1_ ? in_schema_1(*info) : *info,
                  row.number_at(first + 2)) != row.text_at(first + 3)) {
        note(place, "does not match its SHA-256");
      }
      if (info->key.dataset_digest != row.text_at(first + 5)) {
        note(place, "points to another data set than its key names");
      }
    }
    return {};
  }

  Status attempts() {
    auto row = TRY(source_.rows(fmt::format(
        "SELECT {}, a.request, a.response, a.run FROM attempt a ORDER BY a.number",
        attempt_columns)));
    while (TRY(row.step())) {
      const std::string place = fmt::format("attempt {}", row.text_at(0));
      const Run& run = runs_[row.number_at(attempt_column_count + 2)];
      Result<StoredAttempt> stored = read_attempt(row, true);
      if (!stored) {
        note(place, stored.error().message);
        continue;
      }
      if (is_schema_1_) stored = in_schema_1(*std::move(stored));
      if (attempt_sum(run.id, *stored) != row.text_at(attempt_sum_column)) {
        note(place, "does not match its SHA-256");
      }
      if (stored->trial.ordinal >= run.questions) {
        note(place, fmt::format("answers question {}, but the data set has {}",
                                stored->trial.ordinal, run.questions));
      }
      if (stored->attempt.outcome) {
        consider({row.number_at(attempt_column_count + 2), stored->trial.ordinal},
                 {stored->generation, stored->attempt.id});
      }
    }
    return {};
  }

  void consider(const TrialOfRun& trial, Counting candidate) {
    const auto [place, is_new] = counting_.try_emplace(trial, candidate);
    if (!is_new && counts_before({candidate.generation, candidate.id},
                                 {place->second.generation, place->second.id})) {
      place->second = std::move(candidate);
    }
  }

  Status results() {
    auto row =
        TRY(source_.rows("SELECT run, ordinal, generation, attempt FROM result"));
    while (TRY(row.step())) {
      const TrialOfRun trial{row.number_at(0), row.number_at(1)};
      const auto expected = counting_.extract(trial);
      if (expected.empty()) {
        note(place_of(trial),
             fmt::format("points to attempt {}, but none has a reply", row.text_at(3)));
      } else if (expected.mapped().id != row.text_at(3) ||
                 expected.mapped().generation != row.number_at(2)) {
        note(place_of(trial), fmt::format("points to attempt {}, but {} counts",
                                          row.text_at(3), expected.mapped().id));
      }
    }
    for (const auto& [trial, counting] : counting_) {
      note(place_of(trial),
           fmt::format("is missing, though attempt {} has a reply", counting.id));
    }
    return {};
  }

  std::string place_of(const TrialOfRun& trial) {
    const auto& [run, ordinal] = trial;
    return fmt::format("result of question {} of run {}", ordinal,
                       short_id(runs_[run].id));
  }

  Source& source_;
  bool is_schema_1_;
  std::vector<Trouble> troubles_;
  std::map<std::int64_t, std::int64_t> questions_;  // how many, by data set
  std::map<std::int64_t, Run> runs_;
  std::map<TrialOfRun, Counting> counting_;  // by the rule, from the attempts
};

}  // namespace proctor

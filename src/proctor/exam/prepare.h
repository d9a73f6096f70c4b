// From an ExamSpec to exams: the protocol with what the user changed in it, the
// questions, and the examples. Nothing here hangs on the model. Part of exam.h.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proctor/answer/answer.h"
#include "proctor/exam/spec.h"
#include "proctor/exam/world.h"
#include "proctor/prompt/prompt.h"
#include "proctor/question/question.h"

namespace proctor {

struct Exam {
  std::shared_ptr<const Dataset> dataset;  // exams of one split share it
  std::vector<std::uint32_t> selection;
  std::string subjects;  // as asked for
  std::optional<Shard> shard;
  Protocol protocol;
  std::string protocol_asked;        // as the spec names it: a name, or a file
  std::string dataset_asked;         // likewise
  bool limit_is_own = false;         // the spec says how long a reply may be
  std::optional<std::int64_t> seed;  // the spec's
  std::map<std::string, std::vector<Question>> shots;
  const Reader* reader = nullptr;
};

// One for each protocol of the spec, in its order. Reads the data set, from the hub
// where it is there. What is set in the spec and changes no protocol of it is
// Fault::usage; of several protocols one that takes it is enough.
Result<std::vector<Exam>> prepare_exams(const ExamSpec& spec, const ExamWorld& world);
// Of the one protocol; Fault::usage where the spec names several.
Result<Exam> prepare_exam(const ExamSpec& spec, const ExamWorld& world);

}  // namespace proctor

// One line of lm-evaluation-harness's samples. Not for other folders.
#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "proctor/peer/peer_run.h"

namespace proctor {

struct Sample {
  PeerReply reply;
  std::int64_t doc_id = 0;
  std::string filter, metric;
  bool was_scored = false;
  bool may_be_letters = false;       // what was scored; else the choices' texts
  bool is_key_contradicted = false;  // the document's answer is not the target
  std::size_t repeats = 1;

  // Of a scored sample whose letters all have no likelihood, which names none.
  bool has_no_letter() const {
    return was_scored && reply.attempt.outcome && reply.attempt.outcome->text.empty();
  }
};

// Fault::data for what is no sample of multiple choice.
Result<Sample> sample_of(const nlohmann::ordered_json& json);

}  // namespace proctor

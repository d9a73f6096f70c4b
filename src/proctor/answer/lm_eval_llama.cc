// lm-evaluation-harness' mmlu_llama: the whole reply. " B." is B, "B since" scores
// nothing.
#include "proctor/answer/peers.h"
#include "proctor/answer/readers.h"

namespace proctor {

Answer read_lm_eval_llama(const Reading& reading) {
  return filtered(std::string(python_strip(reading.reply)), first_four(reading.labels),
                  "whole reply");
}

}  // namespace proctor

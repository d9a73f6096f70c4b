// lm-evaluation-harness' mmlu_generative: the first line. "B\nsince" is B, "(B) Paris"
// scores nothing.
#include "proctor/answer/peers.h"
#include "proctor/answer/readers.h"

namespace proctor {

Answer read_lm_eval_generative(const Reading& reading) {
  const std::string_view line = reading.reply.substr(0, reading.reply.find('\n'));
  return filtered(std::string(python_strip(line)), first_four(reading.labels),
                  "first line");
}

}  // namespace proctor

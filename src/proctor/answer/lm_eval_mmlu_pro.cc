// lm-evaluation-harness' mmlu_pro: "the answer is (B)" is B, "the answer is: B" none.
#include "proctor/answer/peers.h"
#include "proctor/answer/readers.h"

namespace proctor {

Answer read_lm_eval_mmlu_pro(const Reading& reading) {
  const auto letter = letter_after_answer_is(reading.reply);
  return filtered(letter ? std::string(1, *letter) : std::string(invalid),
                  reading.labels, "answer is X");
}

}  // namespace proctor

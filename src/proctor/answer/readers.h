// The readers that the table in answer.cc names. docs/readers.md has each rule in
// words.
#pragma once

#include "proctor/answer/answer.h"

namespace proctor {

Answer read_first_letter(const Reading& reading);
Answer read_proctor(const Reading& reading);
Answer read_lm_eval_strict(const Reading& reading);
Answer read_lm_eval_flexible(const Reading& reading);
Answer read_lm_eval_generative(const Reading& reading);
Answer read_lm_eval_llama(const Reading& reading);
Answer read_lm_eval_flan_cot_fewshot(const Reading& reading);
Answer read_lm_eval_mmlu_pro(const Reading& reading);
Answer read_simple_evals(const Reading& reading);
Answer read_mmlu_pro_first_rule(const Reading& reading);
Answer read_mmlu_pro_cascade(const Reading& reading);
Answer read_mmlu_pro_cascade_api(const Reading& reading);
Answer read_ollama_mmlu_pro(const Reading& reading);
Answer read_helm_gpqa_cot(const Reading& reading);
Answer read_helm_joint(const Reading& reading);
Answer read_evalscope(const Reading& reading);
Answer read_inspect(const Reading& reading);

}  // namespace proctor

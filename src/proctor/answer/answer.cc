// The table of readers, and how one is found by its name: "inspct" suggests inspect.
#include "proctor/answer/answer.h"

#include <algorithm>
#include <array>

#include "proctor/answer/readers.h"

namespace proctor {
namespace {

constexpr std::array table = {
    Reader{"first-letter", "the first character of the reply, upper-cased (the seed)",
           read_first_letter},
    Reader{"proctor", "the careful reader: the letter the model finally chose",
           read_proctor},
    Reader{"lm_eval_strict",
           "lm-evaluation-harness, mmlu_flan_cot_zeroshot: strict-match",
           read_lm_eval_strict},
    Reader{"lm_eval_flexible",
           "lm-evaluation-harness, mmlu_flan_cot_zeroshot: flexible-extract",
           read_lm_eval_flexible},
    Reader{"lm_eval_generative",
           "lm-evaluation-harness, mmlu_generative: the first line",
           read_lm_eval_generative},
    Reader{"lm_eval_llama", "lm-evaluation-harness, mmlu_llama: the whole reply",
           read_lm_eval_llama},
    Reader{"lm_eval_flan_cot_fewshot",
           "lm-evaluation-harness, mmlu_flan_cot_fewshot: get-answer",
           read_lm_eval_flan_cot_fewshot},
    Reader{"lm_eval_mmlu_pro", "lm-evaluation-harness, mmlu_pro: answer is (X)",
           read_lm_eval_mmlu_pro},
    Reader{"simple_evals", "OpenAI simple-evals: the first Answer: X, in 30 languages",
           read_simple_evals},
    Reader{"mmlu_pro_first_rule", "MMLU-Pro: answer is (X) alone",
           read_mmlu_pro_first_rule},
    Reader{"mmlu_pro_cascade", "MMLU-Pro: answer is (X), Answer: X, last letter alone",
           read_mmlu_pro_cascade},
    Reader{"mmlu_pro_cascade_api", "MMLU-Pro over an API: the same without **",
           read_mmlu_pro_cascade_api},
    Reader{"ollama_mmlu_pro", "Ollama-MMLU-Pro: the same on the stripped reply",
           read_ollama_mmlu_pro},
    Reader{"helm_gpqa_cot", "HELM, mmlu_pro and gpqa: (correct) answer is X",
           read_helm_gpqa_cot},
    Reader{"helm_joint", "HELM Lite mmlu: the whole reply is a letter",
           read_helm_joint},
    Reader{"evalscope", "evalscope: the last ANSWER: X, else the last capital",
           read_evalscope},
    Reader{"inspect", "inspect_ai: the last ANSWER: X", read_inspect},
};

}  // namespace

std::span<const Reader> readers() {
  return table;
}

Result<const Reader*> find_reader(std::string_view name) {
  const auto found = std::ranges::find(table, name, &Reader::name);
  if (found != table.end()) return &*found;
  std::vector<std::string> names;
  for (const Reader& reader : table) names.emplace_back(reader.name);
  const std::string hint = suggestion(name, names);
  return fail(Fault::usage, "{}: no such reader{}", name,
              hint.empty() ? "; expected one of " + join(names, ", ") : hint);
}

}  // namespace proctor

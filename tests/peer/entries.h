// MMLU-Pro's results as its scripts write them, in words of our own.
#pragma once

#include <string>
#include <vector>

#include "proctor/base/base.h"

namespace proctor {

// A JSON text, or null for nullptr.
inline std::string quoted_or_null(const char* text) {
  return text == nullptr ? "null" : fmt::format("\"{}\"", text);
}

inline std::string entry(const char* id, const char* reply, const char* pred,
                         const char* answer = "B") {
  return fmt::format(
      R"({{"question_id": {}, "question": "Which? {}", "options": ["one", "two", )"
      R"("three"], "answer": "{}", "answer_index": 1, "cot_content": "", )"
      R"("category": "business", "pred": {}, "model_outputs": {}}})",
      id, id, answer, quoted_or_null(pred), quoted_or_null(reply));
}

inline std::string entries(const std::vector<std::string>& all) {
  return "[" + join(all, ", ") + "]";
}

}  // namespace proctor

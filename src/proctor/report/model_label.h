// What a model is called in tables and charts. Not for other folders.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proctor/study/study.h"

namespace proctor {

// "SmolLM2-135M-Instruct", "Q4_1", and how it was computed with: "f32", "exact".
struct ModelLabel {
  std::string name, quantisation;
  std::vector<std::string> ways = {};

  // "Q4_1 (f32)"
  std::string weights() const;
  // "SmolLM2-135M-Instruct Q4_1 (f32)"
  std::string text() const;
};
// What a model file's name says; the name alone where it is no file.
ModelLabel label_of_file(std::string_view file);
// As far as the store knows it: a file is called by its name, a server's model by the
// server's words, with its size where the name has none.
ModelLabel label_of(const ScoredRun& run);

}  // namespace proctor

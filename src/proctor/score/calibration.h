// Whether a model is as sure of its letters as it should be. Part of score.h.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "proctor/score/count.h"

namespace proctor {

// A letter's probability among the letters whose log-probabilities are known; nothing
// where its own is not.
std::optional<double> probability_of(char letter,
                                     const std::map<std::string, double>& logprobs);

// An answer's probability, and whether it was right.
struct SureAnswer {
  double probability = 0;
  bool is_right = false;
};

// Answers by their probability, in ten bins of the same width.
struct Calibration {
  struct Bin {
    double mean = 0;  // of the probabilities
    Count count;
  };
  std::vector<Bin> bins;  // those that have an answer, ascending
  // How far the shares of right answers are from the bins' means, each bin weighing as
  // many answers as it has: the expected calibration error (Naeini, Cooper and
  // Hauskrecht 2015).
  double error = 0;
};
// Nothing where there is no answer.
std::optional<Calibration> calibration_of(const std::vector<SureAnswer>& answers);

}  // namespace proctor

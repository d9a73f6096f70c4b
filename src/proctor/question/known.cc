#include "proctor/question/question.h"

namespace proctor {
namespace {

constexpr KnownDataset datasets[] = {
    {.name = "cais/mmlu",
     .title = "MMLU",
     .licence = "MIT",
     .splits = "test, validation, dev, auxiliary_train",
     .revision = "c30699e8356da336a370243923dbaf21066bb9fe",
     .about = "14,042 test questions in 57 subjects (Hendrycks et al., 2021)"},
    {.name = "TIGER-Lab/MMLU-Pro",
     .title = "MMLU-Pro",
     .licence = "MIT",
     .splits = "test, validation",
     .about = "12,032 test questions with up to 10 choices"},
    {.name = "edinburgh-dair/mmlu-redux",
     .also = "edinburgh-dawg/mmlu-redux",
     .title = "MMLU-Redux 1.0",
     .licence = "CC BY 4.0",
     .splits = "test",
     .about = "3,000 questions of MMLU in 30 subjects with their errors marked"},
    {.name = "edinburgh-dair/mmlu-redux-2.0",
     .also = "edinburgh-dawg/mmlu-redux-2.0",
     .title = "MMLU-Redux 2.0",
     .licence = "CC BY 4.0",
     .splits = "test",
     .about = "5,700 questions of MMLU in 57 subjects with their errors marked"},
    {.name = "CohereLabs/Global-MMLU",
     .also = "CohereForAI/Global-MMLU",
     .title = "Global-MMLU",
     .licence = "Apache 2.0",
     .splits = "test, dev",
     .about = "MMLU in 42 languages; CohereLabs/Global-MMLU:ja names one"},
    {.name = "openai/MMMLU",
     .title = "MMMLU",
     .licence = "MIT",
     .splits = "test",
     .about = "14,042 questions in each of 14 languages; openai/MMMLU:JA_JP names one"},
    {.name = "haonan-li/cmmlu",
     .title = "CMMLU",
     .licence = "CC BY-NC 4.0",
     .splits = "test, dev",
     .about = "11,528 test questions in Chinese in 67 subjects; a zip of CSV files"},
    {.name = "nlp-waseda/JMMLU",
     .title = "JMMLU",
     .licence = "CC BY-SA 4.0; some subjects CC BY-NC-ND 4.0 or research only",
     .splits = "test",
     .about = "7,536 questions in Japanese in 56 subjects; a zip of CSV files"},
    {.name = "sample",
     .title = "Proctor's sample exam",
     .licence = "MIT",
     .splits = "test, dev",
     .about = "120 test questions in 4 subjects, part of the program"},
};

}  // namespace

std::span<const KnownDataset> known_datasets() {
  return datasets;
}

const KnownDataset* find_dataset(std::string_view name) {
  name = name.substr(0, name.find(':'));
  for (const KnownDataset& dataset : datasets) {
    if (dataset.name == name || (!name.empty() && dataset.also == name))
      return &dataset;
  }
  return nullptr;
}

}  // namespace proctor

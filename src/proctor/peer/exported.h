// What a form of export is made of. Not for other folders.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "proctor/peer/export_run.h"

namespace proctor {

struct ExportedReply {
  Question question;
  Attempt attempt;  // with its bodies
  Answer answer;
  Mark mark = Mark::failed;

  bool is_right() const { return mark == Mark::right; }
  bool has_reply() const { return attempt.outcome.has_value(); }
};
struct ExportedRun {
  ScoredRun run;
  WallTime created{}, updated{};
  std::vector<ExportedReply> replies;  // by subject, as the data set has them

  bool was_scored() const;      // by letters' likelihoods
  std::string model() const;    // without "imported/"
  std::int64_t failed() const;  // without a reply
};

std::vector<FileContent> lm_eval_files(const ExportedRun& run);
Result<std::string> inspect_log(const ExportedRun& run);
std::string mmlu_pro_results(const ExportedRun& run);

}  // namespace proctor

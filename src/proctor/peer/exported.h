// What a form of export is made of. Not for other folders.
#pragma once

#include <map>
#include <set>
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
  // The choice that stands as right where a form has room for one: of several the one
  // that was given, so that the mark is the same.
  int key() const;
};
struct ExportedRun {
  ScoredRun run;
  WallTime created{}, updated{};
  std::vector<ExportedReply> replies;  // by subject, as the data set has them
  std::map<std::string, std::int64_t> not_asked;  // questions by subject

  bool was_scored() const;      // by letters' likelihoods
  std::string model() const;    // without "imported/"
  std::int64_t failed() const;  // without a reply
  bool is_whole() const { return not_asked.empty(); }
};

// The name, or where it is taken the name with the first number that makes another.
std::string unused_name(const std::string& name, std::set<std::string>& taken);

std::vector<FileContent> lm_eval_files(const ExportedRun& run);
Result<std::string> inspect_log(ExportedRun run);
std::string mmlu_pro_results(const ExportedRun& run);

}  // namespace proctor

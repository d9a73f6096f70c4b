// A run as another harness's files have it. Part of peer.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "proctor/question/question.h"
#include "proctor/reply/reply.h"

namespace proctor {

struct PeerReply {
  Question question;  // its index is given when the run is stored
  // Without an id. Where the file has no reply a failure, never an empty answer.
  Attempt attempt;
  bool counted_right = false;  // by the peer
};

struct PeerRun {
  std::string harness;               // "MMLU-Pro"
  std::string model;                 // as the file or its name says
  std::string dataset, split;        // names, as far as they are known
  std::vector<std::string> files;    // without their folders
  std::string digest;                // SHA-256 of the files
  std::string scoring = "generate";  // or "letters", as a protocol has it
  std::optional<std::int64_t> shots;
  std::string aggregation;           // of score.h
  std::vector<std::string> readers;  // the harness's own rules, the likeliest first
  std::vector<PeerReply> replies;    // at least one
  // Sentences about what was passed over, and where the files contradict themselves.
  std::vector<std::string> left_out;

  // "samples_a.jsonl and 56 more"
  std::string files_title() const;
};

// The runs in these files, whose forms are told by their names and by what is in them:
//   lm-evaluation-harness's samples_TASK_DATE.jsonl, and results_DATE.json, which
//   stands for all samples beside it; those of one date are one run;
//   inspect_ai's logs, .eval and .json;
//   MMLU-Pro's results (a JSON list of entries with "pred"), also in a zip.
// Fault::data, with the file, for what is none of these, cut off or not whole;
// Fault::usage where there are no files.
Result<std::vector<PeerRun>> read_peer_runs(
    std::span<const std::filesystem::path> files);

}  // namespace proctor

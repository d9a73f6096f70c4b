// The material beside the repository: golden columns and real replies, if it is there.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "proctor/answer/answer.h"

namespace proctor {

// PROCTOR_SHARED, or ../shared beside the repository.
inline std::filesystem::path shared_folder() {
  const char* const set = std::getenv("PROCTOR_SHARED");
  if (set != nullptr && *set != '\0') return set;
  return std::filesystem::path(PROCTOR_SOURCE_DIR).parent_path() / "shared";
}

struct GoldenReply {
  nlohmann::json columns;
  std::string reply, labels;
  std::vector<std::string> choices;

  Reading reading() const {
    return {.reply = reply, .labels = labels, .choices = choices};
  }
  // The column's string; nothing for null or a missing column.
  std::optional<std::string> column(const std::string& name) const {
    const auto found = columns.find(name);
    if (found == columns.end() || found->is_null()) return std::nullopt;
    return found->get<std::string>();
  }
};

inline std::vector<GoldenReply> read_golden(const std::string& file) {
  std::vector<GoldenReply> replies;
  std::ifstream in(shared_folder() / "golden" / file);
  for (std::string line; std::getline(in, line);) {
    auto columns = nlohmann::json::parse(line);
    const auto n = columns.at("n_options").get<std::size_t>();
    GoldenReply reply{.reply = columns.at("output").get<std::string>(),
                      .labels = std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZ").substr(0, n),
                      .choices = columns.at("choices").get<std::vector<std::string>>()};
    reply.columns = std::move(columns);
    replies.push_back(std::move(reply));
  }
  return replies;
}

}  // namespace proctor

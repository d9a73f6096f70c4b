// The material beside the repository: golden columns and real replies, if it is there.
#pragma once

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "proctor/answer/answer.h"
#include "support/shared.h"

namespace proctor {

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

// The replies of a file below the shared folder, "golden/extraction.public.jsonl".
inline std::vector<GoldenReply> read_shared(const std::filesystem::path& file) {
  std::vector<GoldenReply> replies;
  const auto shared = shared_folder();
  if (!shared) return replies;
  std::ifstream in(*shared / file);
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

inline std::vector<GoldenReply> read_golden(const std::string& file) {
  return read_shared(std::filesystem::path("golden") / file);
}

// The JSON array in a zip of MMLU-Pro's results, read by `unzip`; empty without it.
inline nlohmann::json read_zipped_array(const std::filesystem::path& zip) {
  if (!std::filesystem::exists(zip)) return nlohmann::json::array();
  const std::string command = "unzip -p '" + zip.string() + "' '*.json' 2>/dev/null";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  char piece[1 << 16];
  for (std::size_t n = 0;
       pipe && (n = fread(piece, 1, sizeof piece, pipe.get())) > 0;) {
    text.append(piece, n);
  }
  auto array = nlohmann::json::parse(text, nullptr, false);
  return array.is_array() ? array : nlohmann::json::array();
}

// A list, or a list that Python printed into a string; "N/A" is no option.
inline std::vector<std::string> options_of(const nlohmann::json& options) {
  std::vector<std::string> all;
  if (options.is_array()) {
    all = options.get<std::vector<std::string>>();
  } else {
    const std::string text = options.get<std::string>();
    for (std::size_t at = 1; at < text.size(); ++at) {
      const char quote = text[at];
      if (quote != '\'' && quote != '"') continue;
      std::string option;
      for (++at; at < text.size() && text[at] != quote; ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) {
          ++at;
          option += text[at] == 'n' ? '\n' : text[at];
        } else {
          option += text[at];
        }
      }
      all.push_back(option);
    }
  }
  std::erase(all, "N/A");
  return all;
}

}  // namespace proctor

// Golden replies: ours in tests/golden, and those beside the repository where they are.
#pragma once

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <gtest/gtest.h>

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

// The column of a reader's golden values: its name, but for the two that no peer's code
// was asked about.
inline std::string column_of(std::string_view reader) {
  if (reader == "first-letter") return "seed_rule";
  return std::string(reader == "proctor" ? "human" : reader);
}

// A reader's columns; those of lm-evaluation-harness have a second one.
inline std::vector<std::string> columns_of(std::string_view reader) {
  std::vector<std::string> columns = {column_of(reader)};
  if (reader.starts_with("lm_eval")) columns.push_back(columns[0] + "_scores_as");
  return columns;
}

// All lines. A file that is not there or has no line fails the test, and so does a line
// without one of the columns.
inline std::vector<GoldenReply> read_replies(const std::filesystem::path& file,
                                             const std::vector<std::string>& columns) {
  std::vector<GoldenReply> replies;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    auto read = nlohmann::json::parse(line, nullptr, false);
    const auto lacks = [&](const std::string& name) { return !read.contains(name); };
    std::vector<std::string> needed = {"id", "output", "choices"};
    needed.insert(needed.end(), columns.begin(), columns.end());
    if (const auto missing = std::ranges::find_if(needed, lacks);
        missing != needed.end()) {
      ADD_FAILURE() << file << ": line " << replies.size() + 1 << " has no "
                    << *missing;
      return {};
    }
    GoldenReply reply{.reply = read["output"].get<std::string>(),
                      .choices = read["choices"].get<std::vector<std::string>>()};
    reply.labels =
        std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZ").substr(0, reply.choices.size());
    reply.columns = std::move(read);
    replies.push_back(std::move(reply));
  }
  if (replies.empty()) ADD_FAILURE() << file << ": no line";
  return replies;
}

inline std::filesystem::path own_replies() {
  return std::filesystem::path(PROCTOR_SOURCE_DIR) / "tests/golden/replies.jsonl";
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

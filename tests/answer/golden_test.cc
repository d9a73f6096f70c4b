// Every peer's reader against what that peer's own code read from the same replies.
#include <gtest/gtest.h>

#include <iostream>

#include "answer/golden_replies.h"

namespace proctor {
namespace {

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const Reader& reader : readers()) names.emplace_back(reader.name);
  return names;
}

std::vector<std::string> peers() {
  std::vector<std::string> names = all_names();
  std::erase(names, "proctor");  // no peer: agreement_test.cc
  return names;
}

// Ours, and those beside the repository, which lack one reader's column.
std::vector<GoldenReply> replies_for(const std::string& reader) {
  const std::vector<std::string> columns = columns_of(reader);
  std::vector<GoldenReply> all = read_replies(own_replies(), columns);
  const auto shared = shared_folder();
  if (!shared || reader == "mmlu_pro_first_rule") return all;
  for (const char* file :
       {"extraction.public.jsonl", "extraction_real_mmlu_pro.public.jsonl"}) {
    for (GoldenReply& reply : read_replies(*shared / "golden" / file, columns)) {
      all.push_back(std::move(reply));
    }
  }
  return all;
}

class PeersReader : public testing::TestWithParam<std::string> {};

TEST_P(PeersReader, reads_as_the_peer_reads) {
  const std::string column = column_of(GetParam());
  const Reader& reader = **find_reader(GetParam());

  int compared = 0, different = 0;
  for (const GoldenReply& golden : replies_for(GetParam())) {
    const Answer answer = reader.read(golden.reading());
    ++compared;
    const auto expected = golden.column(column);
    const bool empty = column == "seed_rule" && expected == "";
    bool same = answer.text == (empty ? std::nullopt : expected);
    const std::string scores = column + "_scores_as";
    if (golden.columns.contains(scores)) {
      const auto letter = golden.column(scores);
      same = same &&
             answer.letter == (letter ? std::optional(letter->at(0)) : std::nullopt);
    } else {
      // A peer may name a capital that is no label; the seed's rule does not.
      const std::string names =
          column == "seed_rule" ? golden.labels : "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
      const bool is_named = expected && expected->size() == 1 &&
                            names.find(*expected) != std::string::npos;
      same = same && answer.letter ==
                         (is_named ? std::optional(expected->at(0)) : std::nullopt);
    }
    if (same) continue;
    ++different;
    ADD_FAILURE() << golden.columns["id"] << ": expected "
                  << expected.value_or("nothing") << ", read "
                  << answer.text.value_or("nothing") << " by " << answer.rule;
  }

  std::cout << column << ": " << compared << " lines compared, " << different
            << " different\n";
}

INSTANTIATE_TEST_SUITE_P(Golden, PeersReader, testing::ValuesIn(peers()),
                         [](const auto& reader) {
                           return replace_all(reader.param, "-", "_");
                         });

TEST(Golden, every_reader_has_twenty_replies_of_ours_that_it_finds_something_in) {
  for (const std::string& reader : all_names()) {
    const std::string column = column_of(reader);
    int found = 0;
    for (const GoldenReply& golden : read_replies(own_replies(), columns_of(reader))) {
      const auto value = golden.column(column);
      found += value && *value != "" && *value != "[invalid]" ? 1 : 0;
    }
    EXPECT_GE(found, 20) << reader;
  }
}

}  // namespace
}  // namespace proctor

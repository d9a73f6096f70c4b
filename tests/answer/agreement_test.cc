// How far the careful reader agrees with labels that were made by reading.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>

#include "answer/golden_replies.h"

namespace proctor {
namespace {

struct Agreement {
  int n = 0, agree = 0, wrong = 0, missed = 0, invented = 0;

  void add(std::optional<char> read, std::optional<char> human) {
    ++n;
    if (read == human) {
      ++agree;
    } else if (!read) {
      ++missed;
    } else if (!human) {
      ++invented;
    } else {
      ++wrong;
    }
  }
  double share(int count) const { return static_cast<double>(count) / n; }
};

std::ostream& operator<<(std::ostream& out, const Agreement& a) {
  return out << a.n << " replies compared: " << a.agree << " agree, " << a.wrong
             << " wrong, " << a.missed << " missed, " << a.invented << " invented";
}

Agreement agreement_with(const std::filesystem::path& file) {
  const Reader& reader = **find_reader("proctor");
  Agreement agreement;
  for (const GoldenReply& golden : read_replies(file, {"human"})) {
    const auto human = golden.column("human");
    const auto letter = human ? std::optional(human->at(0)) : std::nullopt;
    const Answer answer = reader.read(golden.reading());
    agreement.add(answer.letter, letter);
    if (answer.letter != letter) {
      std::cout << golden.columns["id"] << ": " << answer.rule << '\n';
    }
  }
  std::cout << agreement << '\n';
  return agreement;
}

// Labelled before the reader saw them.
TEST(Agreement, with_the_labels_of_the_golden_replies) {
  const Agreement agreement = agreement_with(own_replies());

  EXPECT_GE(agreement.share(agreement.agree), 0.95);
  EXPECT_LE(agreement.share(agreement.wrong + agreement.invented), 0.02);
}

TEST(Agreement, with_the_labels_of_replies_written_to_be_hard) {
  const auto shared = shared_folder();
  if (!shared)
    GTEST_SKIP() << "no golden files: PROCTOR_SHARED and ../shared are missing";

  const Agreement agreement =
      agreement_with(*shared / "golden/extraction.public.jsonl");

  EXPECT_GE(agreement.share(agreement.agree), 0.97);
  EXPECT_LE(agreement.share(agreement.wrong + agreement.invented), 0.01);
}

// Forms that users of such tools have reported. Three labels of the file are not ours:
// "It's D." is D, and the golden labels hold that a circled two and a Cyrillic Ve name
// no option.
TEST(Agreement, with_the_labels_of_replies_in_the_forms_that_users_reported) {
  const auto shared = shared_folder();
  if (!shared) GTEST_SKIP() << "no replies: PROCTOR_SHARED and ../shared are missing";

  const Agreement agreement = agreement_with(*shared / "replies/reported.public.jsonl");

  EXPECT_GE(agreement.share(agreement.agree), 0.97);
  EXPECT_LE(agreement.share(agreement.wrong + agreement.invented), 0.005);
}

// forms.jsonl: our own replies, labelled before the rules were written; kind, options
// (the name of a list below), reply and the letter, null for none.
TEST(Agreement, with_our_labels_of_forms_in_many_languages) {
  const std::map<std::string, std::vector<std::string>> options = {
      {"rivers", {"Nile", "Danube", "Amazon", "Volga"}},
      {"metals",
       {"iron", "copper", "zinc", "gold", "tin", "lead", "nickel", "silver", "mercury",
        "cobalt"}},
      {"cities", {"東京", "大阪", "京都", "札幌"}},
      {"counts", {"3", "4", "5", "6"}},
      {"truths", {"True, True", "False, False", "True, False", "False, True"}},
      {"tags", {"<b>", "<i>", "<br>", "<em>"}}};
  const Reader& reader = **find_reader("proctor");
  const std::filesystem::path source = PROCTOR_SOURCE_DIR;
  Agreement agreement;
  std::ifstream in(source / "tests/answer/forms.jsonl");
  for (std::string line; std::getline(in, line);) {
    const auto form = nlohmann::json::parse(line);
    const std::string reply = form.at("reply");
    const std::vector<std::string>& choices = options.at(form.at("options"));
    const auto letter = form.at("letter").is_null()
                            ? std::nullopt
                            : std::optional(form["letter"].get<std::string>().at(0));
    const Answer answer =
        reader.read({.reply = reply,
                     .labels = std::string_view("ABCDEFGHIJ").substr(0, choices.size()),
                     .choices = choices});
    agreement.add(answer.letter, letter);
    if (answer.letter != letter) {
      std::cout << form["kind"] << ": " << reply << ": " << answer.rule << '\n';
    }
  }
  std::cout << agreement << '\n';

  EXPECT_GT(agreement.n, 500);
  EXPECT_GE(agreement.share(agreement.agree), 0.98);
  EXPECT_LE(agreement.share(agreement.wrong + agreement.invented), 0.005);
}

// mmlu_pro_labels.csv: file, question_id and the letter a person read, nothing for
// none.
TEST(Agreement, with_the_labels_of_hard_replies_of_real_models) {
  const std::filesystem::path source = PROCTOR_SOURCE_DIR;
  std::map<std::string, std::map<int, std::string>> labels;
  std::ifstream in(source / "tests/answer/mmlu_pro_labels.csv");
  std::string line;
  for (std::getline(in, line); std::getline(in, line);) {
    const auto cells = split(line, ',');
    labels[cells.at(0)][std::stoi(cells.at(1))] = cells.at(2);
  }
  const auto shared = shared_folder();
  if (!shared) GTEST_SKIP() << "no replies: PROCTOR_SHARED and ../shared are missing";
  if (std::system("unzip -v >/dev/null 2>&1") != 0) GTEST_SKIP() << "no unzip";
  const Reader& reader = **find_reader("proctor");
  Agreement agreement;
  for (const auto& [file, letters] : labels) {
    const auto zip = *shared / "mmlu_pro" / ("model_outputs_" + file + "_5shots.zip");
    for (const nlohmann::json& entry : read_zipped_array(zip)) {
      if (!entry.is_object()) continue;
      const auto label = letters.find(entry.at("question_id").get<int>());
      if (label == letters.end()) continue;
      const std::string reply = entry.contains("model_outputs")
                                    ? entry["model_outputs"]
                                    : entry["generated_text"];
      const std::vector<std::string> choices = options_of(entry.at("options"));
      const Answer answer = reader.read(
          {.reply = reply,
           .labels = std::string_view("ABCDEFGHIJ").substr(0, choices.size()),
           .choices = choices});
      const auto letter =
          label->second.empty() ? std::nullopt : std::optional(label->second[0]);
      agreement.add(answer.letter, letter);
      if (answer.letter != letter) {
        std::cout << file << ' ' << label->first << ": " << answer.rule << '\n';
      }
    }
  }
  std::cout << agreement << '\n';

  EXPECT_EQ(agreement.n, 244);
  EXPECT_GE(agreement.share(agreement.agree), 0.95);
  EXPECT_LE(agreement.share(agreement.wrong + agreement.invented), 0.02);
}

}  // namespace
}  // namespace proctor

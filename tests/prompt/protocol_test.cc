#include "proctor/prompt/prompt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace proctor {
namespace {

using testing::HasSubstr;

constexpr std::string_view least = "[texts]\nquestion = \"{question}\"\n";

std::string error_of(std::string_view toml) {
  const auto protocol = parse_protocol(toml, "mine.toml");
  return protocol ? "" : protocol.error().message;
}

TEST(Protocols, every_built_in_one_can_be_read) {
  for (const std::string& name : protocol_names()) {
    const auto protocol = find_protocol(name);
    ASSERT_TRUE(protocol) << protocol.error().message;
    EXPECT_EQ(protocol->name, name);
    EXPECT_FALSE(protocol->title.empty()) << name;
    EXPECT_FALSE(protocol->source.empty()) << name;
    EXPECT_FALSE(protocol->aggregation.empty()) << name;
  }
  EXPECT_EQ(built_in_protocols().size(), protocol_names().size());
}

TEST(Protocols, a_short_name_finds_the_same_as_the_long_one) {
  EXPECT_EQ(find_protocol("seed")->name, "seed_zeroshot");
  EXPECT_EQ(find_protocol("mmlu")->name, "hendrycks_5shot");
  std::set<std::string> seen;
  for (const Protocol& protocol : built_in_protocols()) {
    for (const std::string& name : protocol.short_names) {
      EXPECT_TRUE(seen.insert(name).second) << name;
      EXPECT_EQ(find_protocol(name)->name, protocol.name);
    }
  }
}

TEST(Protocols, a_mistyped_name_is_told_the_nearest) {
  const auto protocol = find_protocol("hendriks_5shot");

  ASSERT_FALSE(protocol);
  EXPECT_EQ(protocol.error().fault, Fault::usage);
  EXPECT_EQ(protocol.error().message,
            "no such protocol: hendriks_5shot; did you mean hendrycks_5shot?");
}

TEST(Protocols, those_that_generate_name_a_reader_and_those_that_score_do_not) {
  for (const Protocol& protocol : built_in_protocols())
    EXPECT_EQ(protocol.extract.empty(), protocol.scoring != Scoring::generate)
        << protocol.name;
}

TEST(Protocols, no_two_built_in_ones_send_the_same) {
  std::set<std::string> identities;
  for (const Protocol& protocol : built_in_protocols()) {
    if (protocol.name == "evalscope_mmlu_redux_0shot") continue;  // asks as MMLU
    EXPECT_TRUE(identities.insert(identity_of(protocol)).second) << protocol.name;
  }
}

TEST(ProtocolFile, needs_no_more_than_a_question) {
  const auto protocol = parse_protocol(least, "mine.toml");

  ASSERT_TRUE(protocol);
  EXPECT_EQ(protocol->extract, "proctor");
  EXPECT_EQ(protocol->form, Form::one_turn);
  EXPECT_EQ(protocol->shots, 0);
}

TEST(ProtocolFile, may_change_a_built_in_protocol) {
  const auto protocol = parse_protocol(
      "base = \"lmeval_mmlu\"\n[shots]\ncount = 3\n[texts]\nopening = \"\"\n", "mine");

  ASSERT_TRUE(protocol);
  EXPECT_EQ(protocol->shots, 3);
  EXPECT_EQ(protocol->templates.opening, "");
  EXPECT_EQ(protocol->templates.question,
            find_protocol("lmeval_mmlu")->templates.question);
}

TEST(ProtocolFile, an_unknown_key_is_named_with_its_line) {
  EXPECT_EQ(
      error_of("form = \"text\"\n[texts]\nqestion = \"{question}\"\n"),
      "mine.toml: line 3: unknown key texts.qestion; did you mean texts.question?");
  EXPECT_THAT(error_of("frm = \"text\"\n"), HasSubstr("line 1: unknown key frm"));
}

TEST(ProtocolFile, a_wrong_type_is_named_with_its_line) {
  EXPECT_EQ(error_of("\ntitle = 3\n"),
            "mine.toml: line 2: title is to be a text in quotes");
  EXPECT_EQ(
      error_of("[sampling]\nmax_tokens = \"many\"\n"),
      "mine.toml: line 2: sampling.max_tokens is to be a whole number, 1 or more");
  EXPECT_EQ(error_of("[sampling]\ntemperature = -1\n"),
            "mine.toml: line 2: sampling.temperature is to be a number from 0 to 2");
  EXPECT_THAT(error_of("[sampling]\nstop = \"x\"\n"), HasSubstr("a list of texts"));
  EXPECT_THAT(error_of("texts = 3\n"), HasSubstr("line 1: texts is to be a table"));
}

TEST(ProtocolFile, an_unknown_word_is_told_the_known_ones) {
  EXPECT_EQ(
      error_of("form = \"txt\"\n"),
      "mine.toml: line 1: form is to be one of text, one_turn, turns; did you mean "
      "text?");
}

TEST(ProtocolFile, a_brace_in_the_place_of_a_value_is_an_error) {
  EXPECT_EQ(error_of("notes = [\n}\n"), "mine.toml: not TOML: a value is missing");
}

TEST(ProtocolFile, what_is_not_toml_is_named_with_its_line) {
  EXPECT_THAT(error_of("title = \"a\"\nform = = 3\n"),
              HasSubstr("mine.toml: line 2: not TOML: "));
}

TEST(ProtocolFile, a_place_that_is_not_there_is_named) {
  EXPECT_THAT(error_of("[texts]\nquestion = \"{qestion}\"\n"),
              HasSubstr("line 2: texts.question: there is no {qestion} here"));
  EXPECT_THAT(error_of("[texts]\nquestion = \"{question|stripp}\"\n"),
              HasSubstr("no filter \"stripp\"; did you mean strip?"));
  EXPECT_THAT(error_of("[texts]\nquestion = \"{question\"\n"),
              HasSubstr("a brace stands alone at \"{question\""));
}

TEST(ProtocolFile, a_question_cannot_show_its_own_answer) {
  EXPECT_THAT(error_of("[texts]\nquestion = \"{question} {right}\"\n"),
              HasSubstr("there is no {right} here"));
}

TEST(ProtocolFile, shots_without_a_text_for_them_are_a_mistake) {
  EXPECT_THAT(error_of("[shots]\ncount = 5\n" + std::string(least)),
              HasSubstr("texts.example is missing"));
}

TEST(ProtocolFile, letters_are_scored_only_with_a_continuation) {
  EXPECT_THAT(error_of("scoring = \"letters\"\n" + std::string(least)),
              HasSubstr("texts.continuation is missing"));
  EXPECT_THAT(error_of(std::string(least) + "continuation = \" {letter}\"\n"),
              HasSubstr("scoring is generate"));
}

TEST(ProtocolFile, a_text_has_no_system_message) {
  EXPECT_THAT(error_of("form = \"text\"\n" + std::string(least) + "system = \"x\"\n"),
              HasSubstr("form is text"));
}

TEST(ProtocolFile, a_file_has_its_stem_for_a_name) {
  const auto path = std::filesystem::path(testing::TempDir()) / "my_exam.toml";
  ASSERT_TRUE(write_file(path, least));

  EXPECT_EQ(find_protocol(path.string())->name, "my_exam");
}

TEST(ProtocolFile, one_that_is_not_there_is_named) {
  const auto protocol = find_protocol("/nowhere/at/all.toml");

  ASSERT_FALSE(protocol);
  EXPECT_THAT(protocol.error().message, HasSubstr("/nowhere/at/all.toml"));
}

TEST(Identity, is_the_same_whatever_the_protocol_is_called_and_read_with) {
  Protocol one = *find_protocol("seed");
  Protocol other = one;
  other.name = "other";
  other.title = "other";
  other.extract = "proctor";
  other.split = "dev";
  other.aggregation = "helm";
  other.notes.clear();

  EXPECT_EQ(identity_of(one), identity_of(other));
}

TEST(Identity, changes_with_all_that_is_sent) {
  const Protocol one = *find_protocol("lmeval_mmlu");
  std::set<std::string> identities = {identity_of(one)};
  const auto expect_new = [&](auto change) {
    Protocol other = one;
    change(other);
    EXPECT_TRUE(identities.insert(identity_of(other)).second) << identity_of(other);
  };

  expect_new([](Protocol& p) { p.system = "Be brief."; });
  expect_new([](Protocol& p) { p.shots = 2; });
  expect_new([](Protocol& p) { p.shots_from = "validation"; });
  expect_new([](Protocol& p) { p.shots_digest = "abc"; });
  expect_new([](Protocol& p) { p.shot_order = ShotOrder::helm; });
  expect_new([](Protocol& p) { p.form = Form::turns; });
  expect_new([](Protocol& p) { p.scoring = Scoring::option_text; });
  expect_new([](Protocol& p) { p.drop_choice = "N/A"; });
  expect_new([](Protocol& p) { p.sampling.temperature = 0.5; });
  expect_new([](Protocol& p) { p.sampling.max_tokens = 7; });
  expect_new([](Protocol& p) { p.sampling.top_p = 0.9; });
  expect_new([](Protocol& p) { p.sampling.seed = 7; });
  expect_new([](Protocol& p) { p.sampling.stop = {"\n"}; });
  expect_new([](Protocol& p) { p.templates.question += " "; });
  expect_new([](Protocol& p) { p.templates.opening += " "; });
  expect_new([](Protocol& p) { p.templates.option += " "; });
  expect_new([](Protocol& p) { p.templates.before_reply += " "; });
  expect_new([](Protocol& p) { p.templates.opening_of["law"] = "Law."; });
}

std::string written(std::string_view content) {
  const auto path = std::filesystem::path(testing::TempDir()) / "shots.jsonl";
  EXPECT_TRUE(write_file(path, content));
  return path.string();
}

TEST(ShotsFile, holds_worked_examples_a_line_each) {
  const auto shots = read_shots(written(
      R"({"subject":"law","question":"Q?","choices":["x","y"],"answer":"B","cot_content":"So y."}
{"subject":"law","question":"R?\n(A) x (B) y","target":"So x."}
)"));

  ASSERT_TRUE(shots) << shots.error().message;
  ASSERT_EQ(shots->size(), 2U);
  EXPECT_EQ((*shots)[0].right, 1);
  EXPECT_EQ((*shots)[0].worked, "So y.");
  EXPECT_EQ((*shots)[1].worked, "So x.");
  EXPECT_EQ((*shots)[1].index, 1);
  EXPECT_TRUE((*shots)[1].choices.empty());
}

TEST(ShotsFile, a_line_that_is_no_example_is_named) {
  EXPECT_THAT(read_shots(written("{\"question\":\"Q?\"}\n")).error().message,
              HasSubstr("shots.jsonl: line 1: found neither choices nor worked"));
  EXPECT_THAT(read_shots(written("\n[]\n")).error().message,
              HasSubstr("line 2: expected a JSON object"));
  EXPECT_THAT(read_shots(written("")).error().message, HasSubstr("no examples"));
}

}  // namespace
}  // namespace proctor

#include <gtest/gtest.h>

#include "proctor/prompt/prompt.h"
#include "proctor/prompt/python_random.h"
#include "proctor/prompt/shot_order.h"
#include "proctor/prompt/template.h"

namespace proctor {
namespace {

const Question tea = {.id = "kitchen/test/0",
                      .subject = "kitchen_work",
                      .text = "What is tea?",
                      .choices = {"A leaf", "A stone", "A song"},
                      .right = 0};

std::vector<Question> shots_with_answers(const std::vector<std::string>& answers) {
  std::vector<Question> shots;
  for (const std::string& answer : answers)
    shots.push_back({.subject = "kitchen_work",
                     .text = "Q" + std::to_string(shots.size()),
                     .choices = {"x", answer},
                     .right = 1});
  return shots;
}

TEST(Fill, puts_values_into_places) {
  const std::vector<Place> places = {{"a", "1"}, {"b", " 2 "}};

  EXPECT_EQ(fill("{a}-{b}-{b|strip}", places), "1- 2 -2");
}

TEST(Fill, never_reads_a_value_again) {
  const std::vector<Place> places = {{"a", "{b} {{ }"}, {"b", "no"}};

  EXPECT_EQ(fill("<{a}>", places), "<{b} {{ }>");
}

TEST(Fill, takes_doubled_braces_for_braces) {
  EXPECT_EQ(fill("{{a}} \\frac{{1}}{{2}}", {}), "{a} \\frac{1}{2}");
}

TEST(Fill, lists_letters_as_english_does) {
  const std::vector<Place> four = {{"l", "ABCD"}}, two = {{"l", "AB"}},
                           one = {{"l", "A"}};

  EXPECT_EQ(fill("{l|comma_or}; {l|or}; {l|and}; {l|commas}", four),
            "A, B, C, or D; A, B, C or D; A, B, C and D; A,B,C,D");
  EXPECT_EQ(fill("{l|comma_or}; {l|or}", two), "A or B; A or B");
  EXPECT_EQ(fill("{l|comma_or}", one), "A");
  EXPECT_EQ(fill("{l|lower|commas}", four), "a,b,c,d");
}

TEST(Render, keeps_braces_in_data) {
  Question question = tea;
  question.text = "{options} {{x}} {right}";
  question.choices = {"{letter}", "}", "{"};

  const std::string text = render(*find_protocol("lmeval_mmlu"), {}, question).text;
  EXPECT_TRUE(
      text.ends_with(".\n\n{options} {{x}} {right}\nA. {letter}\nB. }\nC. {\nAnswer:"))
      << text;
}

TEST(Render, has_as_many_letters_as_choices) {
  const Prompt prompt = render(*find_protocol("mmlu"), {}, tea);

  EXPECT_EQ(prompt.labels, "ABC");
  EXPECT_EQ(prompt.choices, tea.choices);
  EXPECT_EQ(prompt.continuations, (std::vector<std::string>{" A", " B", " C"}));
}

TEST(Render, takes_the_first_shots_and_no_more_than_there_are) {
  Protocol protocol = *find_protocol("lmeval_mmlu");
  const std::vector<Question> shots = shots_with_answers({"a", "b", "c"});

  protocol.shots = 2;
  const std::string two = render(protocol, shots, tea).text;
  protocol.shots = 9;
  const std::string nine = render(protocol, shots, tea).text;

  EXPECT_NE(two.find("Q1"), std::string::npos);
  EXPECT_EQ(two.find("Q2"), std::string::npos);
  EXPECT_NE(nine.find("Q2"), std::string::npos);
}

TEST(Render, shows_no_shots_to_a_protocol_without_a_text_for_them) {
  Protocol protocol = *find_protocol("seed");
  const std::string none = render(protocol, {}, tea).messages[0].content;

  protocol.shots = 3;

  EXPECT_FALSE(protocol.takes_shots());
  EXPECT_EQ(render(protocol, shots_with_answers({"a", "b"}), tea).messages[0].content,
            none);
}

TEST(Render, says_nothing_of_examples_where_there_are_none) {
  Protocol protocol = *find_protocol("evalscope_mmlu_5shot");
  protocol.shots = 0;

  EXPECT_EQ(render(protocol, {}, tea).messages,
            render(*find_protocol("evalscope_mmlu_0shot"), {}, tea).messages);
}

TEST(Render, puts_the_users_system_message_before_the_protocols) {
  Protocol protocol = *find_protocol("lmeval_mmlu__chat");
  protocol.system = "Be brief.";

  const Prompt prompt = render(protocol, {}, tea);

  EXPECT_EQ(prompt.messages[0].role, "system");
  EXPECT_EQ(prompt.messages[0].content,
            "Be brief.\n\nThe following are multiple choice questions (with answers) "
            "about kitchen work.\n\n");
}

TEST(Render, sends_no_system_message_unless_there_is_one) {
  Protocol protocol = *find_protocol("seed");
  EXPECT_EQ(render(protocol, {}, tea).messages.size(), 1U);

  protocol.system = "Be brief.";

  EXPECT_EQ(render(protocol, {}, tea).messages[0],
            (Message{.role = "system", .content = "Be brief."}));
}

TEST(Render, leaves_the_last_turn_to_the_model_where_it_begins_its_reply) {
  const Prompt prompt = render(*find_protocol("lmeval_mmlu_llama__chat"), {}, tea);

  EXPECT_EQ(prompt.messages.back(),
            (Message{.role = "assistant", .content = "The best answer is"}));
}

TEST(Render, drops_options_that_stand_for_nothing_at_the_end) {
  Question question = tea;
  question.choices = {"N/A", "A stone", "N/A", "N/A"};
  question.right = 1;

  const Prompt prompt = render(*find_protocol("mmlu_pro_official_api"), {}, question);

  EXPECT_EQ(prompt.labels, "AB");
  EXPECT_EQ(prompt.choices, (std::vector<std::string>{"N/A", "A stone"}));
}

TEST(Render, makes_up_a_worked_answer_where_a_shot_has_none) {
  const Prompt prompt =
      render(*find_protocol("mmlu_pro_official_api"), shots_with_answers({"a"}), tea);

  EXPECT_NE(prompt.messages[0].content.find(
                "\nB. a\nAnswer: Let's think step by step. The answer is (B).\n\n"),
            std::string::npos);
}

TEST(Render, proctors_own_protocol_asks_for_a_last_line) {
  const Prompt prompt = render(*find_protocol("proctor"), {}, tea);

  ASSERT_EQ(prompt.messages.size(), 1U);
  EXPECT_EQ(
      prompt.messages[0].content,
      "Answer the following multiple-choice question. Reason first as much as you "
      "need. Then end your reply with one line that holds your choice and nothing "
      "else, in this form:\nAnswer: X\nwhere X is one of A, B or C.\n\nQuestion: "
      "What is tea?\n\nA. A leaf\nB. A stone\nC. A song");
  EXPECT_EQ(prompt.sampling, Sampling{});
}

// Values of CPython 3.11: random.seed(0); [random.randrange(10) for _ in range(8)].
TEST(PythonRandom, gives_cpythons_numbers) {
  PythonRandom random(0);
  std::vector<std::size_t> numbers;
  for (int i = 0; i < 8; ++i) numbers.push_back(random.randrange(10));

  EXPECT_EQ(numbers, (std::vector<std::size_t>{6, 6, 0, 4, 8, 7, 6, 4}));
}

// random.seed(0); x = list(range(10)); random.shuffle(x).
TEST(PythonRandom, shuffles_as_cpython_does) {
  PythonRandom random(0);
  std::vector<int> numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  random.shuffle(numbers);

  EXPECT_EQ(numbers, (std::vector<int>{7, 8, 1, 5, 3, 4, 2, 0, 9, 6}));
}

// random.seed(1234567); the 700th of [random.randrange(1000000) ...].
TEST(PythonRandom, goes_on_after_its_state_is_used_up) {
  PythonRandom random(1234567);
  std::size_t number = 0;
  for (int i = 0; i < 700; ++i) number = random.randrange(1000000);

  EXPECT_EQ(number, 230458U);
}

TEST(ShotOrder, five_different_answers_stand_in_helms_fixed_order) {
  EXPECT_EQ(
      shot_order(ShotOrder::helm, shots_with_answers({"a", "b", "c", "d", "e"}), 5),
      (std::vector<std::size_t>{2, 1, 0, 4, 3}));
}

TEST(ShotOrder, helm_shows_a_frequent_answer_first_and_covers_the_others) {
  const auto order =
      shot_order(ShotOrder::helm, shots_with_answers({"rare", "often", "often"}), 3);

  ASSERT_EQ(order.size(), 3U);
  EXPECT_NE(order[0], 0U);
  EXPECT_EQ(order[1], 0U);
  EXPECT_NE(order[2], 0U);
}

TEST(ShotOrder, fewer_shots_are_a_beginning_of_more) {
  const auto shots = shots_with_answers({"a", "b", "c", "d", "e"});
  const auto all = shot_order(ShotOrder::helm, shots, 5);

  for (int most = 0; most < 5; ++most)
    EXPECT_EQ(shot_order(ShotOrder::helm, shots, most),
              std::vector<std::size_t>(all.begin(), all.begin() + most));
}

}  // namespace
}  // namespace proctor

// The careful reader, rule by rule, on sentences of our own.
#include <gtest/gtest.h>

#include <ctime>
#include <random>

#include "proctor/answer/answer.h"

namespace proctor {
namespace {

using std::nullopt;

const std::vector<std::string> rivers = {"Nile", "Danube", "Amazon", "Volga"};
const std::vector<std::string> metals = {"iron",    "copper", "zinc",   "gold",
                                         "tin",     "lead",   "nickel", "silver",
                                         "mercury", "cobalt"};

Answer read(std::string_view reply, std::string_view labels = "ABCD",
            std::span<const std::string> choices = rivers) {
  return (*find_reader("proctor"))
      ->read({.reply = reply, .labels = labels, .choices = choices});
}
std::optional<char> letter(std::string_view reply) {
  return read(reply).letter;
}
std::optional<char> letter_of_ten(std::string_view reply) {
  return read(reply, "ABCDEFGHIJ", metals).letter;
}

TEST(Proctor, reads_a_letter_alone_however_it_is_dressed) {
  for (const std::string_view reply :
       {"C", "c", " C. ", "(C)", "[C]", "**C**", "`C`", "\"C\"", "C)", "> **C**", "$C$",
        "\\boxed{C}", "\\text{C}", "Ｃ", "（Ｃ）", "Ⓒ", "𝐂", "\u200eC",
        "\x1b[1mC\x1b[0m"}) {
    EXPECT_EQ(letter(reply), 'C') << reply;
  }
}

TEST(Proctor, reads_a_letter_with_its_text) {
  for (const std::string_view reply :
       {"B) Danube", "B: Danube", "B - Danube", "(B) Danube.", "Danube (B)",
        "Danube - B", "B. Danube\n\nIt flows into the Black Sea."}) {
    EXPECT_EQ(letter(reply), 'B') << reply;
  }
}

TEST(Proctor, reads_a_statement_of_the_answer) {
  for (const std::string_view reply :
       {"The answer is D", "The correct answer to this question is (D).", "Answer: D",
        "Final answer - D", "ANSWER: [D]", "the answer would be d.",
        "The answer is\nD. Volga", "**Answer:**\n\nD",
        "My answer is option D because it is long.", "The right choice is (D)",
        "I'd go with D.", "I choose D", "D is the correct answer.",
        "Option D is correct", "Thus the answer is $\\boxed{\\text{D}}$."}) {
    EXPECT_EQ(letter(reply), 'D') << reply;
  }
}

TEST(Proctor, reads_a_conclusion) {
  EXPECT_EQ(
      letter("It is not A, and B and C are in other continents, so it must be D."),
      'D');
  EXPECT_EQ(letter("The longest river in Europe is meant. Therefore (D)."), 'D');
  EXPECT_EQ(letter("Europe, long, Russia -> D"), 'D');
}

TEST(Proctor, reads_what_is_pointed_at) {
  EXPECT_EQ(letter("The river with the widest mouth is (C) Amazon."), 'C');
  EXPECT_EQ(letter("The most fitting river is:\n\nC. Amazon\n\nIt is wide."), 'C');
}

TEST(Proctor, reads_languages) {
  for (const std::string_view reply :
       {"答えはBです。", "正解は「B」です", "Bが正解です。", "よって、B。", "答案：B",
        "正确答案是B。", "所以选B", "B是正确的", "Die richtige Antwort ist B.",
        "Antwort: (B)", "La bonne réponse est B.", "La respuesta correcta es B",
        "정답은 B입니다", "답: B", "الإجابة الصحيحة هي B", "الإجابة: ب", "सही उत्तर B है",
        "Правильный ответ: B", "La risposta è B"}) {
    EXPECT_EQ(letter(reply), 'B') << reply;
  }
}

TEST(Proctor, reads_json) {
  EXPECT_EQ(letter("{\"answer\":\"B\"}"), 'B');
  EXPECT_EQ(
      letter("```json\n{\"why\": \"A is short\", \"final_answer\": [\"B\"]}\n```"),
      'B');
  EXPECT_EQ(letter("{\"answer\": null}"), nullopt);
}

TEST(Proctor, reads_what_stands_behind_a_thought) {
  EXPECT_EQ(letter("<think>The answer is A.</think>\nB"), 'B');
  EXPECT_EQ(letter("So it is A?\n</think>\n\nAnswer: B"), 'B');
  EXPECT_EQ(
      letter("<|channel|>analysis<|message|>A?<|end|><|start|>assistant<|channel|>final"
             "<|message|>B"),
      'B');
  EXPECT_EQ(letter("<reasoning>A or C</reasoning><answer>B</answer>"), 'B');
}

TEST(Proctor, reads_what_stands_in_html) {
  for (const std::string_view reply :
       {"Answer: <b>C</b>", "<B>C</B>", "The right one is option <i>C</i>.",
        "<p>The answer is <span class=\"x\">C</span>.</p>", "Answer:<br/>C",
        "Answer: <font color='red'>C. Amazon</font>", "Answer: &quot;C&quot;",
        "Answer:&nbsp;C", "&#67;", "Answer: &lt;C&gt;",
        "&lt;answer&gt;C&lt;/answer&gt;", "<h2>Answer</h2><p>C</p>",
        "<!-- A or B --> C", "C<br>",
        "<ul><li>A: no<li>B: no<li>C: yes<li>D: no</ul>"}) {
    EXPECT_EQ(letter(reply), 'C') << reply;
  }
}

TEST(Proctor, does_not_take_a_less_than_sign_for_a_tag) {
  EXPECT_EQ(letter("Since a<b and c>d, the answer is C."), 'C');
  EXPECT_EQ(letter("<C>"), 'C');
  EXPECT_EQ(read("The fitting tag is <i>", "ABCD",
                 std::vector<std::string>{"<b>", "<i>", "<u>", "<s>"})
                .letter,
            'B');
}

TEST(Proctor, reads_what_was_struck_out_only_where_nothing_else_is_said) {
  EXPECT_EQ(letter("~~A~~ C"), 'C');
  EXPECT_EQ(letter("Answer: <del>A</del> C"), 'C');
  EXPECT_EQ(letter("~~C~~"), 'C');
}

TEST(Proctor, reads_the_containers_and_thoughts_of_newer_models) {
  for (const std::string_view reply :
       {"It is wide. <|begin_of_box|>C<|end_of_box|>", "<seed:think>A?</seed:think>C",
        "<unused94>thought\nA?<unused95>C", "analysisThe answer is A.assistantfinalC",
        "analysis A? assistant final C", "commentaryA?assistantfinal**C**", "finalC",
        "◁think▷A?◁/think▷C", "<|thinking_start|>A<|thinking_end|>C",
        "<details type=\"reasoning\"><summary>2 s</summary>A</details>C",
        "<scratchpad>A</scratchpad><result>C</result>"}) {
    EXPECT_EQ(letter(reply), 'C') << reply;
  }
  EXPECT_EQ(letter("analysisWe compare. The answer is A"), nullopt);
  EXPECT_EQ(letter("<unused94>thought\nThe answer is A"), nullopt);
}

TEST(Proctor, finds_nothing_inside_a_thought) {
  EXPECT_EQ(letter("<think>The answer is A."), nullopt);
  EXPECT_EQ(read("<think>The answer is A.").rule, "unfinished reasoning");
  EXPECT_EQ(letter("<think>A</think>"), nullopt);
}

TEST(Proctor, reads_no_letter_that_is_called_wrong) {
  EXPECT_EQ(letter("Answer: A\nIncorrect: B"), 'A');
  EXPECT_EQ(letter("Incorrect: B."), nullopt);
}

TEST(Proctor, reads_the_letter_beside_one_that_is_called_wrong) {
  EXPECT_EQ(letter("Answer: A. Incorrect: B."), 'A');
  EXPECT_EQ(letter("Answer: A. Wrong: (B)."), 'A');
  EXPECT_EQ(letter("Answer: A. Wrong: B, C, D."), 'A');
  EXPECT_EQ(letter("A. Incorrect: the river is long. B. Correct: it flows."), 'B');
  EXPECT_EQ(letter("Answer: A. No: B."), 'B');
}

TEST(Proctor, takes_what_is_said_of_another_option_for_no_correction) {
  EXPECT_EQ(letter("The answer is A. Actually B, Danube, is in Europe."), 'A');
  EXPECT_EQ(letter("The answer is A. Wait, no: B, Danube."), 'B');
  EXPECT_EQ(letter("The answer is A. No, wait, B, Danube, is correct."), 'B');
  EXPECT_EQ(letter("The answer is A. Wait, B, Danube, is right."), 'B');
  EXPECT_EQ(letter("The answer is A. Actually, B, Danube, is correct."), 'B');
  EXPECT_EQ(letter("The answer is A. Wait, it's B, Danube, not A."), 'B');
}

TEST(Proctor, takes_a_walk_through_the_options_for_no_answer) {
  EXPECT_EQ(letter_of_ten(
                "List the metals. Step 2: (A) iron rusts, (B) copper does not, (C)"),
            nullopt);
  EXPECT_EQ(letter_of_ten("The best description is: (A)"), 'A');
}

TEST(Proctor, lets_the_last_word_count) {
  EXPECT_EQ(letter("The answer is A. Wait, that is shorter. The answer is C."), 'C');
  EXPECT_EQ(letter("Answer: A\n\nHmm, actually it is in Brazil, so C."), 'C');
  EXPECT_EQ(letter("The answer is (A) is incorrect. The correct answer is (C)."), 'C');
  EXPECT_EQ(letter("The answer is B. Actually, it's C."), 'C');
  EXPECT_EQ(letter("The answer is B. Wait, no, it is C."), 'C');
  EXPECT_EQ(letter("B. No, actually C."), 'C');
  EXPECT_EQ(letter("Answer: B\n\nCorrection: C"), 'C');
  EXPECT_EQ(letter("My answer is B. On second thought, C."), 'C');
  EXPECT_EQ(letter("I think B. Actually, it's C."), 'C');
  EXPECT_EQ(letter("I think it's B because it floats."), 'B');
  EXPECT_EQ(letter("I believe A is tempting."), nullopt);
  EXPECT_EQ(letter("The answer is B. Actually, A is tempting."), 'B');
  EXPECT_EQ(
      letter("The answer is (A) Nile, but this is wrong. The correct answer is (C)."),
      'C');
}

TEST(Proctor, reads_what_takes_the_place_of_an_answer_that_was_only_thought_of) {
  EXPECT_EQ(letter("My initial answer was A. The sum is 21, which is C."), 'C');
  EXPECT_EQ(letter("I was going to say A, but C is the better choice."), 'C');
  EXPECT_EQ(letter("La réponse est A. Non, en fait, c'est la C."), 'C');
  EXPECT_EQ(letter("答案是A。不对，重新计算一下，应该是C。"), 'C');
  EXPECT_EQ(letter("The answer is A. Not C, though it is close."), 'A');
  EXPECT_EQ(letter("The answer is A. Invalid. True where C is."), 'A');
}

TEST(Proctor, keeps_an_answer_beside_which_another_option_is_spoken_of) {
  for (const std::string_view reply :
       {"The first law says the answer is A. Option B, by contrast, is the second.",
        "After careful thought, I choose A. The closest distractor was D.",
        "I'm almost certain the answer is A. Next best: D.",
        "I was going to say A and I stand by that, B, while close, is wrong.",
        "La bonne réponse serait A, car B, Londres, est en Angleterre.",
        "Die richtige Antwort wäre A: Paris. Option B: London.",
        "Answer: A\n\nIs London in France? No. London is option B.",
        "**A**. No, I am not choosing C, as it is Germany.",
        "La respuesta es A. No, B, no es correcta."}) {
    EXPECT_EQ(letter(reply), 'A') << reply;
  }
}

TEST(Proctor, takes_no_doubt_about_an_option_for_a_choice_of_it) {
  for (const std::string_view reply :
       {"I am not sure B is right", "I'm not confident in B.", "I'm not sure if it's B",
        "It is not certain B"}) {
    EXPECT_EQ(letter(reply), nullopt) << reply;
  }
}

TEST(Proctor, does_not_take_a_denial_for_an_answer) {
  EXPECT_EQ(letter("The answer is not A."), nullopt);
  EXPECT_EQ(letter("The answer is B, not C."), 'B');
  EXPECT_EQ(letter("A is not the correct answer."), nullopt);
}

TEST(Proctor, gives_none_for_several_letters) {
  for (const std::string_view reply :
       {"The answer is (A) or (B).", "B or C", "A, B and C",
        "The answer is (A) and (D).", "Either B or D, hard to say.",
        "The answer is (A) if width counts, or (C) if length counts.",
        "Nile and Volga"}) {
    EXPECT_EQ(letter(reply), nullopt) << reply;
  }
}

TEST(Proctor, gives_none_for_a_letter_that_is_no_option) {
  EXPECT_EQ(letter("E"), nullopt);
  EXPECT_EQ(letter("The answer is (F)."), nullopt);
  EXPECT_EQ(letter("The answer is none of the above."), nullopt);
}

TEST(Proctor, tells_a_refusal) {
  for (const std::string_view reply :
       {"I'm sorry, but I can't help with that.", "I cannot answer this question.",
        "As an AI, I have no opinion on rivers.",
        "申し訳ありませんが、お答えできません。"}) {
    const Answer answer = read(reply, "ABCDEFGHIJ", metals);
    EXPECT_EQ(answer.letter, nullopt) << reply;
    EXPECT_TRUE(answer.refused) << reply;
  }
}

TEST(Proctor, an_answer_after_a_doubt_is_an_answer) {
  const Answer answer = read("I cannot be sure, but I believe the answer is B.");

  EXPECT_EQ(answer.letter, 'B');
  EXPECT_FALSE(answer.refused);
}

TEST(Proctor, knows_the_pronoun_and_the_article) {
  EXPECT_EQ(letter("A river is a stream of water."), nullopt);
  EXPECT_EQ(letter_of_ten("I would say silver, so H."), 'H');
  EXPECT_EQ(letter_of_ten("Answer: I am not sure"), nullopt);
  EXPECT_EQ(letter_of_ten("Answer: I"), 'I');
  EXPECT_EQ(letter_of_ten("Option I is correct"), 'I');
}

TEST(Proctor, knows_letters_that_name_something_else) {
  EXPECT_EQ(letter("Vitamin C is in fruit. The answer is (B)."), 'B');
  EXPECT_EQ(letter("Let A = 3 and B = 4. Then A + B = 7, so the answer is (D)."), 'D');
  EXPECT_EQ(letter("The answer is A. Confidence: B+"), 'A');
}

TEST(Proctor, does_not_take_the_numbers_of_parts_for_an_answer) {
  EXPECT_EQ(letter_of_ten("(i) First the density.\n(ii) Then the mass, which is 4 g."),
            nullopt);
  EXPECT_EQ(letter("(a) Take the length first.\nThen the width."), nullopt);
}

TEST(Proctor, a_condition_does_not_outweigh_none_of_them) {
  EXPECT_EQ(
      letter("The answer is (None of these). The closest answer would be (B) if it "
             "were longer."),
      nullopt);
}

TEST(Proctor, reads_an_option_by_its_text) {
  EXPECT_EQ(letter("Amazon"), 'C');
  EXPECT_EQ(letter("It is the volga."), 'D');
  EXPECT_EQ(letter("Answer: Danube"), 'B');
  EXPECT_EQ(letter_of_ten("The final value is \\boxed{gold}"), 'D');
}

TEST(Proctor, does_not_take_the_echo_of_the_options_for_an_answer) {
  EXPECT_EQ(letter("Choices:\nA. Nile\nB. Danube\nC. Amazon\nD. Volga"), nullopt);
  EXPECT_EQ(letter("Which river?\nA. Nile\nB. Danube\nC. Amazon\nD. Volga\nAnswer: B"),
            'B');
}

TEST(Proctor, reads_a_list_of_verdicts) {
  EXPECT_EQ(letter("A) Nile - no\nB) Danube - yes\nC) Amazon - no\nD) Volga - no"),
            'B');
  EXPECT_EQ(letter("A: 5%\nB: 80%\nC: 10%\nD: 5%"), 'B');
}

TEST(Proctor, reads_a_verdict_for_each_option_in_any_form) {
  for (const std::string_view reply :
       {"A: no, B: yes, C: no, D: no",
        "A - wrong; B - right; C - wrong; D - wrong",
        "A ✗ B ✓ C ✗ D ✗",
        "A ×\nB ○\nC ×\nD ×",
        "A: X\nB: O\nC: X\nD: X",
        "Aは誤り、Bは正しい、Cは誤り、Dは誤り",
        "A错，B对，C错，D错",
        "A: 오답, B: 정답, C: 오답, D: 오답",
        "A (falsch), B (richtig), C (falsch)",
        R"({"A": false, "B": true, "C": false, "D": false})",
        R"({"A": 0.1, "B": 0.7, "C": 0.1, "D": 0.1})",
        "A: 5/10, B: 9/10, C: 1/10",
        "Scores: A 2, B 9, C 3, D 1",
        "| A | ❌ |\n| B | ✅ |\n| C | ❌ |\n| D | ❌ |",
        "| A | B | C | D |\n|---|---|---|---|\n| no | yes | no | no |",
        "A) Nile\nIncorrect.\nB) Danube\nCorrect.\nC) Amazon\nIncorrect.",
        "Answer: A: no, B: yes, C: no, D: no",
        "A: wrong. B: Danube. C: wrong. D: wrong.",
        "D - no. B - yes.",
        "- [ ] A\n- [x] B\n- [ ] C\n- [ ] D"}) {
    EXPECT_EQ(letter(reply), 'B') << reply;
  }
}

TEST(Proctor, reads_no_answer_from_a_list_that_affirms_two) {
  for (const std::string_view reply :
       {"A: yes, B: yes, C: no, D: no", "A: 40%, B: 40%, C: 10%, D: 10%",
        "A ✓ B ✓ C ✗ D ✗", "A: no, B: no, C: no, D: no"}) {
    EXPECT_EQ(letter(reply), nullopt) << reply;
  }
}

TEST(Proctor, does_not_take_the_options_on_one_line_for_an_answer) {
  for (const std::string_view reply :
       {"A) Nile B) Danube C) Amazon D) Volga",
        "A. Nile, B. Danube, C. Amazon, D. Volga",
        "Choices: A. Nile B. Danube C. Amazon D. Volga",
        R"({"A": "Nile", "B": "Danube", "C": "Amazon", "D": "Volga"})"}) {
    EXPECT_EQ(letter(reply), nullopt) << reply;
  }
  // Numbers that are the options are no scores, words of an option no verdict.
  const std::vector<std::string> counts = {"3", "4", "5", "6"};
  EXPECT_EQ(read("A: 3, B: 4, C: 5, D: 6", "ABCD", counts).letter, nullopt);
  const std::vector<std::string> truths = {"True, True", "True, False", "False, True",
                                           "False, False"};
  EXPECT_EQ(read("A. True, True B. True, False C. False, True D. False, False", "ABCD",
                 truths)
                .letter,
            nullopt);
}

TEST(Proctor, keeps_an_answer_that_the_other_options_follow) {
  EXPECT_EQ(letter("Answer: B\n\nA: wrong.\nC: wrong.\nD: wrong."), 'B');
  EXPECT_EQ(letter("B. A is in Africa, C in America, D in Russia."), 'B');
  EXPECT_EQ(letter("A: no, B: no, C: yes, D: no. The answer is C."), 'C');
}

TEST(Proctor, reads_the_plain_conclusion_of_a_short_reply) {
  for (const std::string_view reply : {"It's C.",
                                       "That's C",
                                       "The right one is C.",
                                       "C fits best.",
                                       "Only C works.",
                                       "C it is.",
                                       "This leaves C.",
                                       "The letter is C.",
                                       "É a C.",
                                       "Es la C.",
                                       "C'est C.",
                                       "L'opzione corretta è C.",
                                       "Richtig ist C.",
                                       "C passt am besten.",
                                       "الصحيح هو C",
                                       "Cである。",
                                       "最も適切なものはCである。",
                                       "只有C正确。",
                                       "C만 맞다.",
                                       "So Amazon.",
                                       "Not Nile, Amazon."}) {
    EXPECT_EQ(letter(reply), 'C') << reply;
  }
}

TEST(Proctor, reads_what_a_short_reply_does_not_deny) {
  for (const std::string_view reply :
       {"Not A but C.", "Neither A nor B nor D.", "A, B and D are wrong.",
        "All except C are wrong.", "None but C.", "Nicht A, sondern C.", "No A sino C.",
        "AではなくC。", "不是A，而是C。", "A가 아니라 C입니다.", "B is wrong. C."}) {
    EXPECT_EQ(letter(reply), 'C') << reply;
  }
  for (const std::string_view reply :
       {"Not C.", "It isn't C.", "Neither A nor B.", "Cではありません。", "C는 틀렸다.",
        "Cevap C değil.", "Non è C.", "A tai C", "Let us look at C.", "Vitamin C",
        "We can eliminate A and B. Between C and"}) {
    EXPECT_EQ(letter(reply), nullopt) << reply;
  }
}

TEST(Proctor, reads_a_change_of_mind_however_short) {
  for (const std::string_view reply :
       {"A. No, wait. C.", "A -> C", "A or C, but more likely C", "B, no, C.",
        "B? No. C.", "First I thought A. But it is C."}) {
    EXPECT_EQ(letter(reply), 'C') << reply;
  }
}

TEST(Proctor, reads_the_first_answer_of_a_model_that_goes_on_to_invent_questions) {
  EXPECT_EQ(
      letter(
          "D\n\nQuestion: Which sea?\nA. Red\nB. Black\nC. Dead\nD. Baltic\nAnswer: A"),
      'D');
  EXPECT_EQ(letter(" The answer is (B).\n\nQ: And the next?\nA: The answer is (C)."),
            'B');
}

TEST(Proctor, reads_the_last_answer_of_a_model_that_goes_through_the_examples_first) {
  EXPECT_EQ(letter("Question 1: The answer is (A)\n\nQuestion 2: The answer is (C)"),
            'C');
}

TEST(Proctor, reads_a_reply_that_was_cut_off) {
  EXPECT_EQ(letter("The best answer is D) Vol"), 'D');
  EXPECT_EQ(letter("The answer is ("), nullopt);
  EXPECT_EQ(letter("We can rule out A and B. Between C and"), nullopt);
}

TEST(Proctor, reads_twenty_six_options) {
  const std::string all = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (const char c : all) {
    EXPECT_EQ(read("The answer is (" + std::string(1, c) + ").", all, {}).letter, c);
  }
}

TEST(Proctor, needs_no_options_and_no_labels) {
  EXPECT_EQ(read("The answer is B", "ABCD", {}).letter, 'B');
  EXPECT_EQ(read("The answer is B", "", {}).letter, nullopt);
}

// ---- Hostile replies --------------------------------------------------------------

std::string repeated(std::string_view piece, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += piece;
  return text;
}

// The processor's time, which a busy machine does not stretch.
double seconds_of(const Reader& reader, std::string_view reply) {
  const std::clock_t begin = std::clock();
  (void)reader.read({.reply = reply, .labels = "ABCDEFGHIJ", .choices = metals});
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

TEST(EveryReader, is_done_with_a_megabyte_of_one_letter_in_no_time) {
  const std::string reply(1'000'000, 'A');
  for (const Reader& reader : readers()) {
    EXPECT_LT(seconds_of(reader, reply), 5) << reader.name;
  }
}

TEST(EveryReader, takes_time_in_proportion_to_the_reply) {
  for (const std::string_view piece : {"A ",
                                       "A\n",
                                       "(",
                                       "[",
                                       "<",
                                       "<think>",
                                       "<think>A</think>",
                                       "**",
                                       "$",
                                       "\\boxed{",
                                       "answer is ",
                                       "answer: ",
                                       "Answer:\n",
                                       "ANSWER: A ",
                                       "The answer is not (A). ",
                                       "A or B or ",
                                       "A. Nile\n",
                                       "is: ",
                                       "correct answer is ",
                                       ": ",
                                       "答え",
                                       "選B",
                                       "\u3000",
                                       "if ",
                                       "Question: A\n",
                                       "wait ",
                                       "Nile ",
                                       "so ",
                                       "1, ",
                                       "\\",
                                       "_",
                                       "option ",
                                       "\"",
                                       "A) ",
                                       "answer ",
                                       "the option is ",
                                       ")",
                                       "not A, ",
                                       "neither A nor ",
                                       "all but A ",
                                       "B'dir ",
                                       "l'opzione ",
                                       "คำตอบคือ B ",
                                       "So Nile. ",
                                       "A: no, ",
                                       "A: no, B: yes, ",
                                       "A: no\nB: yes\n",
                                       "| A | B ",
                                       "A B C D E F G H I J\n",
                                       "A: 1\nB: 2\n",
                                       "&lt;",
                                       "&#",
                                       "<b>",
                                       "<b x",
                                       "</b>",
                                       "<!--",
                                       "<a1></a2>",
                                       "<del>A",
                                       "~~A",
                                       "◁",
                                       "final",
                                       "analysisassistantfinal",
                                       "\n"}) {
    const std::string reply = repeated(piece, 200'000);
    for (const Reader& reader : readers()) {
      // A quadratic rule would take minutes.
      EXPECT_LT(seconds_of(reader, reply), 5) << reader.name << ": " << piece;
    }
  }
}

TEST(Proctor, reads_an_option_that_is_made_the_right_one) {
  EXPECT_EQ(
      letter("It rises in the forest, making option B the correct answer. However, "
             "the delta is older."),
      'B');
  EXPECT_EQ(letter("It is the longest, which makes D the best choice."), 'D');
}

TEST(Proctor, reads_the_letter_at_the_end_of_the_line_that_is_the_answer) {
  EXPECT_EQ(
      letter("The map has two keys:\n(A) mouths\n(B) wells\n\nTherefore, the answer "
             "is:\nEither the mouth or the well is marked, and no other. (D)"),
      'D');
  EXPECT_EQ(letter("Therefore, the answer is:\nThe longest one of all (C)."), 'C');
}

TEST(Proctor, reads_the_only_letter_where_it_closes_a_sentence) {
  EXPECT_EQ(
      letter("The shop may refuse the delivery because the first one was not what had "
             "been ordered from the printer (B). The printer's offer to send the right "
             "cards later did not mend that. The shop had no duty to take the second "
             "delivery, and it sent nothing back, which has no weight here."),
      'B');
  EXPECT_EQ(
      letter("Let the upper part be called by its letter (B). Then the lower part has "
             "the letter (C). The two of them are joined by a line, and the line is "
             "as long as the river is wide at the place where they meet in summer."),
      nullopt);
}

TEST(Proctor, reads_no_answer_where_the_parts_of_a_question_have_one_each) {
  EXPECT_EQ(
      letter(
          "(a) Two poles give 3600. The answer is (C). (b) Here it is 60. The answer "
          "is (A)."),
      nullopt);
  EXPECT_EQ(
      letter("In the first case the film counts. The answer is (D). In the second case "
             "it is the gas. The answer is (B)."),
      nullopt);
  EXPECT_EQ(letter("(a) Two poles give 3600. (b) Here it is 60. The answer is (A)."),
            'A');
  EXPECT_EQ(letter("(a) The answer is (A). (b) The answer is (A)."), 'A');
  EXPECT_EQ(letter("The answer is (B). Checking it again, the answer is (C)."), 'C');
}

TEST(Proctor, goes_over_to_what_follows_a_word_that_is_both_no_and_not) {
  EXPECT_EQ(letter("La réponse est A. Non, c'est la C."), 'C');
  EXPECT_EQ(letter("A resposta é A. Não, é C."), 'C');
  EXPECT_EQ(letter("Ответ A. Нет, C."), 'C');
  EXPECT_EQ(letter("A: non, B:"), nullopt);
  EXPECT_EQ(letter("Não é A, é B."), 'B');
}

TEST(Proctor, takes_no_number_for_an_answer_that_a_cut_off_reply_went_on_from) {
  const std::vector<std::string> numbers = {"12", "15", "18", "21"};
  const auto number = [&](std::string_view reply) {
    return read(reply, "ABCD", numbers).letter;
  };

  EXPECT_EQ(number("First, 3 × 6 = 18. Then we subtract"), nullopt);
  EXPECT_EQ(number("We multiply and get 18. The next step"), nullopt);
  EXPECT_EQ(number("18. It is 3 × 6"), 'C');
  EXPECT_EQ(number("We multiply. 3 × 6 = 18"), 'C');
  EXPECT_EQ(number("It is 18. That is easy."), 'C');
}

TEST(Proctor, reads_no_answer_that_is_cut_off_in_a_reservation) {
  const std::string begin =
      "We can work out the length of each of the four by adding up the parts of it on "
      "the "
      "map, one after the other, and that gives about 3000. However, none of the "
      "options "
      "is of that length, so there may be a mistake in the question. ";
  EXPECT_EQ(letter(begin + "The closest option is Danube (B), but it's still"),
            nullopt);
  EXPECT_EQ(letter(begin + "The closest option is Danube (B), but it's a close call."),
            'B');
}

TEST(EveryReader, takes_any_text) {
  std::mt19937 random(7);
  constexpr std::string_view bytes =
      "AaBIiZ()[]{}<>*_$\\|/.:;,'\"- \n\t\r\0#=+%&~1"
      "\xE3\x81\xAF\xC3\xA9\xF0\x9D\x90\x80\xFF\xD0\x90";
  for (int round = 0; round < 3000; ++round) {
    std::string reply;
    for (auto n = random() % 60; n-- > 0;) reply += bytes[random() % bytes.size()];
    reply = to_valid_utf8(reply);
    for (const Reader& reader : readers()) {
      const Answer answer =
          reader.read({.reply = reply, .labels = "ABCD", .choices = rivers});

      EXPECT_TRUE(!answer.letter || (*answer.letter >= 'A' && *answer.letter <= 'Z'));
      EXPECT_FALSE(answer.rule.empty()) << reader.name;
    }
  }
}

}  // namespace
}  // namespace proctor

// The careful reader: what a careful person would say the model finally chose.
//
// In: a reply. Out: a letter, or why there is none. The steps are listed in claims.h;
// here is which stretch of the reply answers our question, and which of its claims
// counts: of "So A. [...] The answer is B.\n\nQuestion: ... Answer: C" it is B, since C
// answers a question that the model invented, and "so" is weaker than "the answer is".
#include <algorithm>
#include <ranges>

#include "proctor/answer/claims.h"
#include "proctor/answer/final_part.h"
#include "proctor/answer/markup.h"
#include "proctor/answer/readers.h"
#include "proctor/answer/tokens.h"
#include "proctor/answer/view.h"

namespace proctor {
namespace {

// ---- Invented questions -----------------------------------------------------------

constexpr std::string_view question_heads[] = {"question:",
                                               "question :",
                                               "q:",
                                               "next question",
                                               "user:",
                                               "human:",
                                               "<|im_start|>user",
                                               "<|start_header_id|>user",
                                               "the following are multiple choice",
                                               "the following are multiple-choice",
                                               "問題:",
                                               "问题:",
                                               "題目:",
                                               "题目:"};
constexpr std::string_view numbered_heads[] = {"question ", "question #", "problem ",
                                               "q"};

// "Question 2", "Problem 3:", "Q2."
bool is_numbered_head(std::string_view head) {
  constexpr std::string_view digits = "0123456789";
  return std::ranges::any_of(numbered_heads, [&](std::string_view start) {
    if (!head.starts_with(start)) return false;
    const std::string_view rest = head.substr(start.size());
    const std::size_t end = std::min(rest.find_first_not_of(digits), rest.size());
    return end > 0 && (end == rest.size() || std::string_view(":.)").find(rest[end]) !=
                                                 std::string_view::npos);
  });
}

// Whether a line opens another question: what base models write after their answer.
bool opens_a_question(std::string_view line, bool numbered_too) {
  line.remove_prefix(std::min(line.find_first_not_of(" #"), line.size()));
  if (line.size() < 2) return false;
  // Asked of every line: most are told by their first letter.
  const char first = static_cast<char>(line[0] | 0x20);
  if (static_cast<unsigned char>(line[0]) < 0x80 &&
      std::string_view("qpuhtfn<").find(first) == std::string_view::npos) {
    return false;
  }
  const std::string head = ascii_lower(line.substr(0, 60));
  const bool opens = std::ranges::any_of(
      question_heads, [&](std::string_view start) { return head.starts_with(start); });
  return opens || (numbered_too && is_numbered_head(head));
}

struct Stretch {
  std::size_t begin, end;
};

std::vector<Stretch> stretches_of(std::string_view text) {
  std::vector<Stretch> all;
  std::size_t begin = 0;
  // A reply that opens with a numbered question goes through those of the prompt.
  const bool numbered_too = !opens_a_question(text.substr(0, 80), true) ||
                            opens_a_question(text.substr(0, 80), false);
  for (std::size_t line = 0; line < text.size();) {
    if (line > begin && opens_a_question(text.substr(line, 80), numbered_too)) {
      all.push_back({begin, line});
      begin = line;
    }
    const std::size_t end = text.find('\n', line);
    if (end == std::string_view::npos) break;
    line = end + 1;
  }
  all.push_back({begin, text.size()});
  std::erase_if(all, [&](Stretch s) {
    return python_strip(text.substr(s.begin, s.end - s.begin)).empty();
  });
  return all;
}

// ---- Refusals ---------------------------------------------------------------------

constexpr std::string_view refusals[] = {"i cannot answer",
                                         "i can't answer",
                                         "i cannot provide",
                                         "i can't provide",
                                         "i cannot assist",
                                         "i can't assist",
                                         "i cannot help",
                                         "i can't help",
                                         "i can not",
                                         "i'm unable to",
                                         "i am unable to",
                                         "i am not able to",
                                         "i'm not able to",
                                         "unable to answer",
                                         "cannot be answered",
                                         "as an ai",
                                         "i won't",
                                         "i will not answer",
                                         "i must decline",
                                         "i decline",
                                         "i'm sorry, but",
                                         "i am sorry, but",
                                         "i apologize, but",
                                         "i cannot determine",
                                         "i can't determine",
                                         "cannot comply",
                                         "not comfortable",
                                         "i cannot fulfill",
                                         "i can't fulfill",
                                         "i cannot give",
                                         "i cannot select",
                                         "申し訳",
                                         "お答えでき",
                                         "回答できません",
                                         "答えられません",
                                         "无法回答",
                                         "不能回答",
                                         "抱歉",
                                         "无法提供",
                                         "無法回答",
                                         "죄송",
                                         "대답할 수 없",
                                         "답할 수 없",
                                         "désolé",
                                         "ne peux pas",
                                         "kann ich nicht",
                                         "tut mir leid",
                                         "no puedo responder",
                                         "lo siento",
                                         "не могу",
                                         "لا أستطيع",
                                         "لا يمكنني",
                                         "माफ़",
                                         "क्षमा",
                                         "नहीं दे सकता"};

// A refusal opens a reply or is all of it; asked only where nothing is claimed, since
// "I'm sorry, but the answer is B" answers.
bool declines(std::string_view text) {
  const std::string low = ascii_lower(text.substr(0, 2000));
  return std::ranges::any_of(refusals, [&](std::string_view phrase) {
    return low.find(phrase) != std::string::npos;
  });
}

// ---- Choosing ---------------------------------------------------------------------

constexpr std::string_view several_letters = "several letters";

Answer answer_of(const Claim& claim) {
  switch (claim.kind) {
    case Claim::Kind::several:
      return {.rule = std::string(several_letters)};
    case Claim::Kind::none:
      return {.rule = std::string(claim.rule)};
    case Claim::Kind::letter:
      break;
  }
  return {.letter = claim.letter, .rule = std::string(claim.rule)};
}

// The last claim of the greatest strength: a reply that says "the answer is" twice has
// come to the second. After a turn only what follows it counts, if anything does: "The
// answer is A. Wait, so it must be B." is B, though "so" is weaker. What merely points
// is too weak for that: what follows a "wait" may speak of anything.
std::optional<Claim> strongest(std::span<const Claim> claims,
                               std::optional<std::size_t> turn) {
  if (turn) {
    const auto after = std::ranges::find_if(claims, [&](const Claim& c) {
      return c.at > *turn && c.strength != Strength::pointed;
    });
    if (after != claims.end()) {
      claims = claims.subspan(static_cast<std::size_t>(after - claims.begin()));
    }
  }
  std::optional<Claim> best;
  for (const Claim& claim : claims) {
    if (!best || claim.strength <= best->strength) best = claim;
  }
  // Two answers, each under its own condition, are no choice, nor is one beside "none".
  if (best && best->conditional) {
    for (const Claim& claim : claims) {
      if (claim.conditional && claim.letter != best->letter) {
        best->kind = Claim::Kind::several;
      } else if (claim.kind == Claim::Kind::none) {
        best->kind = Claim::Kind::none;
        best->rule = claim.rule;
      }
    }
  }
  return best;
}

// The claim that counts, if there is one; several where the parts of the question have
// answers of their own.
std::optional<Claim> best_claim(Statement& statement,
                                std::span<Statement::List> lists) {
  std::vector<Claim> claims = statement.claims();
  std::erase_if(
      claims, [&](const Claim& claim) { return statement.is_item_only(claim, lists); });
  auto best = strongest(claims, statement.last_turn());
  if (!best) return std::nullopt;
  if (const auto correction = statement.corrected(*best)) best = correction;
  if (best->strength == Strength::stated && statement.answers_parts(claims))
    best->kind = Claim::Kind::several;
  return best;
}

// What the last list that weighs the options affirms. One that affirms none or two is
// no reason to go back to an earlier one.
std::optional<Claim> affirmed(Statement& statement, std::span<Statement::List> lists) {
  const auto is_weighed = [](const Statement::Item& item) {
    return item.verdict != Statement::Verdict::none;
  };
  for (auto& list : std::views::reverse(lists)) {
    if (const auto claim = statement.affirmed_by(list)) return claim;
    if (std::ranges::count_if(list.items, is_weighed) > 1) break;
  }
  return std::nullopt;
}

// What a stretch without a claim says. A list goes first, since an option's text may be
// a number in it ("A: 3, B: 4, C: 5" where an option reads "4"); then the text, which
// is what the model means where a letter beside it is another's ("Lima (A" of C, Lima).
// The rest hardly ever hold of one reply together; they go from what says more to what
// says less.
std::optional<Claim> without_cue(Statement& statement,
                                 std::span<Statement::List> lists) {
  if (const auto claim = affirmed(statement, lists)) return claim;
  if (const auto claim = statement.by_text()) return claim;
  const auto form = statement.by_form();
  if (form && !statement.is_item_only(*form, lists)) return form;
  if (const auto claim = statement.by_exclusion()) return claim;
  if (const auto claim = statement.only_label()) return claim;
  return statement.only_bracket();
}

Answer read_stretch(std::string_view text, const Reading& reading) {
  const std::vector<Token> tokens = tokens_of(text);
  Statement statement(text, tokens, reading.labels, reading.choices);
  auto lists = statement.lists();
  if (const auto claim = best_claim(statement, lists)) return answer_of(*claim);
  if (declines(text)) return {.rule = "the model declines", .refused = true};
  if (const auto claim = without_cue(statement, lists)) return answer_of(*claim);
  return {.rule = "no conclusion"};
}

// Whether a stretch repeats the question that was asked: it holds the options.
bool repeats_options(std::string_view text, const Reading& reading) {
  std::size_t held = 0, asked = 0;
  for (const std::string& choice : reading.choices) {
    if (choice.empty() || choice.size() > 200) continue;
    ++asked;
    held += text.find(plain_view(choice)) != std::string_view::npos ? 1 : 0;
    if (asked >= 4) break;
  }
  return asked > 0 && held == asked;
}

// Whether nothing more is to be looked for elsewhere in the reply.
bool is_settled(const Answer& answer) {
  return answer.letter || answer.refused || answer.rule == several_letters;
}

Answer read_view(std::string_view view, const Reading& reading) {
  const std::vector<Stretch> stretches = stretches_of(view);
  if (stretches.empty()) return {.rule = "empty reply"};
  const auto text_of = [&](Stretch s) { return view.substr(s.begin, s.end - s.begin); };
  Answer answer = read_stretch(text_of(stretches[0]), reading);
  // A reply may open with the question itself; any other question is the model's own.
  for (std::size_t i = 1; i < stretches.size() && i < 3; ++i) {
    if (is_settled(answer)) break;
    if (stretches[i - 1].end - stretches[i - 1].begin > 200 ||
        !repeats_options(text_of(stretches[i]), reading)) {
      break;
    }
    answer = read_stretch(text_of(stretches[i]), reading);
  }
  return answer;
}

}  // namespace

Answer read_proctor(const Reading& reading) {
  std::string written_out;
  std::string_view reply = reading.reply;
  if (reply.find('&') != std::string_view::npos) {
    written_out = without_entities(reply);
    reply = written_out;
  }
  const FinalPart part = final_part(reply);
  if (part.unfinished_reasoning) return {.rule = "unfinished reasoning"};
  // What was struck out counts only where nothing else says anything.
  if (has_struck(part.text)) {
    const Answer answer = read_view(plain_view(part.text, Struck::dropped), reading);
    if (is_settled(answer)) return answer;
  }
  return read_view(plain_view(part.text), reading);
}

}  // namespace proctor

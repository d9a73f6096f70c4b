#include "proctor/score/account.h"

#include <algorithm>

namespace proctor {
namespace {

constexpr std::size_t most_reasons = 100;

void count_empty(const Reply& reply, Mark mark, Account& account) {
  if (mark != Mark::unread && mark != Mark::cut) return;
  if (reply.finish_reason == "scored" || !python_strip(reply.text).empty()) return;
  ++account.empty;
  if (reply.reasoning.empty() && reply.tokens.thought.value_or(0) == 0) return;
  ++account.thoughts_only;
  account.thoughts_cut += mark == Mark::cut ? 1 : 0;
}

std::size_t characters_of(const Question& question) {
  const auto count = [](const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  };
  std::size_t sum = count(question.text);
  for (const std::string& choice : question.choices) sum += count(choice);
  return sum;
}

}  // namespace

MarkedAnswer mark_reply(const Reader& reader, const Question& question,
                        const Reply& reply) {
  const std::string labels = labels_of(question.choices.size());
  MarkedAnswer marked;
  marked.answer = reader.read({.reply = reply.text,
                               .labels = labels,
                               .choices = question.choices,
                               .finish_reason = reply.finish_reason});
  // Of several right choices the one that was named is the key.
  const auto letter = marked.answer.letter;
  const bool names_right = letter && is_right(question, *letter);
  marked.mark =
      mark_of(marked.answer, names_right ? *letter : letter_of(question.right),
              reply.finish_reason);
  return marked;
}

Graded grade(const Reader& reader, const Question& question, TrialId trial,
             const Attempt& attempt) {
  Graded graded{
      .trial = trial, .question = &question, .attempt = &attempt, .attempts = 1};
  if (!attempt.outcome) return graded;
  const MarkedAnswer read = mark_reply(reader, question, *attempt.outcome);
  graded.answer = read.answer;
  graded.mark = read.mark;
  return graded;
}

void PromptSizes::add(std::int64_t tokens, std::size_t question) {
  // No context is smaller; and where a server counts what it had not yet cached, or no
  // more than a fake does, the numbers are small.
  constexpr std::int64_t least = 500;
  if (tokens < least) return;
  // Eight characters a token are more than any language has over a whole question.
  if (question > 8 * static_cast<std::size_t>(tokens)) ++impossible;
  if (tokens < most_tokens) return;
  if (tokens > most_tokens) {
    most_tokens = tokens;
    at_most = 0;
    shortest = longest = question;
  }
  ++at_most;
  shortest = std::min(shortest, question);
  longest = std::max(longest, question);
}

std::int64_t PromptSizes::cut() const {
  // Two prompts may have the same number by chance; three of such different lengths
  // that all have the largest one have not.
  const bool is_a_wall = at_most >= 3 && 2 * longest >= 3 * shortest;
  return is_a_wall ? std::max(at_most, impossible) : impossible;
}

Lead lead_of(const Graded& graded) {
  if (!graded.attempt->outcome) return {};
  Lead lead = lead_of(graded.attempt->outcome->logprobs,
                      join(right_letters(*graded.question), ""));
  // An answer that another reader made of it is none of the arithmetic's.
  if (lead.is_right != (graded.mark == Mark::right)) lead.over_other_mark = Lead::none;
  return lead;
}

void Account::add(const Graded& graded) {
  tally.add(graded.question->subject, graded.mark);
  if (const std::size_t choices = graded.question->choices.size(); choices > 0)
    chances += 1 / static_cast<double>(choices);
  if (!graded.attempt->outcome) {
    const std::string& why = graded.attempt->outcome.error().message;
    if (reasons.size() < most_reasons || reasons.contains(why)) {
      ++reasons[why];
    }
    return;
  }
  second_tries += graded.is_second_try ? 1 : 0;
  const Reply& reply = *graded.attempt->outcome;
  const Tokens& tokens = reply.tokens;
  count_empty(reply, graded.mark, *this);
  if (reply.finish_reason == "scored") {
    const std::size_t known = reply.logprobs.size();
    unknown_letters += known < graded.question->choices.size() ? 1 : 0;
    no_letters += known == 0 ? 1 : 0;
    if (known > 0) leads.push_back(lead_of(graded));
  }
  if (!reply.model.empty() || !reply.build.empty())
    ++sources[{reply.model, reply.build}];
  prompt_tokens += tokens.prompt.value_or(0);
  sizes.add(tokens.prompt.value_or(0), characters_of(*graded.question));
  reply_tokens += tokens.reply.value_or(0);
  decoded_tokens += tokens.decoded.value_or(0);
}

}  // namespace proctor

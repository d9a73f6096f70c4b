#include "proctor/report/trial.h"

namespace proctor {

std::string trial_title(const Graded& graded) {
  return fmt::format("[{}] {} ({}, {})\n", graded.trial.ordinal,
                     for_terminal_line(graded.question->id), name_of(graded.mark),
                     graded.answer.rule);
}

bool is_called(const Graded& graded, const std::string& word) {
  return word.empty() || graded.question->id == word ||
         fmt::format("{}", graded.trial.ordinal) == word;
}

std::string trial_text(const Graded& graded) {
  const Question& question = *graded.question;
  const Attempt& attempt = *graded.attempt;
  std::string text;
  if (!attempt.request.empty()) {
    text += fmt::format("Input to API: {}\n", for_terminal_line(attempt.request));
  }
  if (attempt.outcome) {
    const Reply& reply = *attempt.outcome;
    if (!reply.reasoning.empty()) {
      text += fmt::format("Reasoning: {}\n", for_terminal(reply.reasoning));
    }
    text += fmt::format("Output from API: {}\n", for_terminal(reply.text));
  } else {
    text +=
        fmt::format("Error: {}\n", for_terminal_line(attempt.outcome.error().message));
  }
  text += fmt::format("Question: {}\nChoices: ", for_terminal(question.text));
  for (std::size_t i = 0; i < question.choices.size(); ++i) {
    text += fmt::format("{}{}. {}", i == 0 ? "" : ", ", letter_of(static_cast<int>(i)),
                        for_terminal(question.choices[i]));
  }
  text += fmt::format("\nPredicted Answer: {}, Ground Truth: {}, Correct: {}",
                      graded.answer.letter ? std::string(1, *graded.answer.letter) : "",
                      join(right_letters(question), " or "),
                      graded.mark == Mark::right ? "True" : "False");
  if (!graded.answer.letter) text += fmt::format(" ({})", name_of(graded.mark));
  return text + "\n------------------------------\n";
}

InOrder::InOrder(const std::vector<TrialId>& order)
    : planned_(static_cast<std::int64_t>(order.size())) {
  for (std::size_t i = 0; i < order.size(); ++i) place_.emplace(order[i], i);
}

std::string InOrder::add(const Graded& graded) {
  const auto place = place_.find(graded.trial);
  if (place == place_.end()) return {};
  held_[place->second] = {trial_text(graded), graded.mark == Mark::right};
  std::string text;
  while (!held_.empty() && held_.begin()->first == next_) {
    text += release(held_.begin()->second);
    held_.erase(held_.begin());
    ++next_;
  }
  return text;
}

std::string InOrder::rest() {
  std::string text;
  for (const auto& [place, held] : held_) text += release(held);
  held_.clear();
  return text;
}

std::string InOrder::release(const Held& held) {
  ++shown_;
  right_ += held.is_right ? 1 : 0;
  std::string text = held.text;
  if (shown_ % 10 == 0) {
    text += fmt::format("Processed {}/{}. Current Accuracy: {}\n", shown_, planned_,
                        accuracy_text({right_, shown_}));
  }
  return text;
}

}  // namespace proctor

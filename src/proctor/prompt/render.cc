#include <algorithm>
#include <array>
#include <utility>

#include "proctor/prompt/prompt.h"
#include "proctor/prompt/shot_order.h"
#include "proctor/prompt/template.h"

namespace proctor {
namespace {

std::span<const std::string> shown_choices(const Protocol& protocol,
                                           const Question& question) {
  std::span<const std::string> choices = question.choices;
  while (!protocol.drop_choice.empty() && choices.size() > 1 &&
         choices.back() == protocol.drop_choice)
    choices = choices.first(choices.size() - 1);
  return choices;
}

// All that a template may ask of one question. Owns what its places look at.
class Card {
 public:
  Card(const Protocol& protocol, const Question& question, std::string_view option)
      : question_(question),
        labels_(labels_of(shown_choices(protocol, question).size())),
        right_(1, letter_of(question.right)) {
    const std::span<const std::string> choices = shown_choices(protocol, question);
    for (std::size_t i = 0; i < choices.size(); ++i) {
      if (i > 0) options_ += protocol.templates.option_separator;
      options_ += of_choice(option, choices[i], i);
    }
    const auto right = static_cast<std::size_t>(question.right);
    if (right < question.choices.size()) right_text_ = question.choices[right];
    worked_ = question.worked.empty()
                  ? fill(protocol.templates.worked_default, short_places())
                  : question.worked;
  }

  std::string fill_in(std::string_view text) const {
    const std::array<Place, 4> texts = short_places();
    const std::array<Place, 7> places = {{texts[0],
                                          texts[1],
                                          texts[2],
                                          texts[3],
                                          {"question", question_.text},
                                          {"options", options_},
                                          {"worked", worked_}}};
    return fill(text, places);
  }

  std::string of_choice(std::string_view text, std::string_view choice,
                        std::size_t index) const {
    const std::array<Place, 2> places = {
        {{"letter", std::string_view(labels_).substr(index, 1)}, {"choice", choice}}};
    return fill(text, places);
  }

 private:
  std::array<Place, 4> short_places() const {
    return {{{"subject", question_.subject},
             {"letters", labels_},
             {"right", right_},
             {"right_text", right_text_}}};
  }

  const Question& question_;
  std::string labels_, right_, right_text_, options_, worked_;
};

void add(std::vector<Message>& messages, std::string_view role, std::string content) {
  messages.push_back({.role = std::string(role), .content = std::move(content)});
}

std::string_view opening_for(const Templates& texts, const std::string& subject) {
  const auto own = texts.opening_of.find(subject);
  return own == texts.opening_of.end() ? texts.opening : own->second;
}

std::string with_users_system(const Protocol& protocol, std::string own) {
  if (protocol.system.empty()) return own;
  return own.empty() ? protocol.system : protocol.system + "\n\n" + own;
}

}  // namespace

Prompt render(const Protocol& protocol, std::span<const Question> shots,
              const Question& question) {
  const Templates& texts = protocol.templates;
  const bool turns = protocol.form == Form::turns;
  const Card card(protocol, question, texts.option);

  std::vector<std::size_t> order;
  if (protocol.takes_shots() && protocol.shots > 0)
    order = shot_order(protocol.shot_order, shots, protocol.shots);

  std::vector<Message> examples;
  std::string text = card.fill_in(opening_for(texts, question.subject));
  if (!order.empty()) text += card.fill_in(texts.examples_opening);
  for (const std::size_t shot : order) {
    const Card example(
        protocol, shots[shot],
        texts.example_option.empty() ? texts.option : texts.example_option);
    text += example.fill_in(texts.example);
    if (turns) {
      add(examples, "user", std::exchange(text, {}));
      add(examples, "assistant", example.fill_in(texts.example_reply));
    } else {
      text += texts.before_reply;
      text += example.fill_in(texts.example_reply);
      text += texts.after_reply;
    }
  }
  text += card.fill_in(texts.question);
  const std::string prefill = card.fill_in(texts.prefill);

  Prompt prompt;
  const std::string system = with_users_system(protocol, card.fill_in(texts.system));
  if (protocol.form == Form::text) {
    if (!system.empty()) text.insert(0, system + "\n\n");
    if (!prefill.empty()) text += texts.before_reply + prefill;
    prompt.text = std::move(text);
  } else {
    if (!system.empty()) add(prompt.messages, "system", system);
    prompt.messages.insert(prompt.messages.end(), examples.begin(), examples.end());
    add(prompt.messages, "user", std::move(text));
    if (!prefill.empty()) add(prompt.messages, "assistant", prefill);
  }

  const std::span<const std::string> choices = shown_choices(protocol, question);
  prompt.labels = labels_of(choices.size());
  prompt.choices.assign(choices.begin(), choices.end());
  prompt.sampling = protocol.sampling;
  if (protocol.scoring != Scoring::generate)
    for (std::size_t i = 0; i < choices.size(); ++i)
      prompt.continuations.push_back(card.of_choice(texts.continuation, choices[i], i));
  return prompt;
}

}  // namespace proctor

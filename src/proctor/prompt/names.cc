#include "proctor/prompt/names.h"

#include <array>

namespace proctor {
namespace {

// A question that is asked must not show its answer: {right} is for shots alone.
constexpr std::array<std::string_view, 4> asked = {"subject", "letters", "question",
                                                   "options"};
constexpr std::array<std::string_view, 7> shown = {
    "subject", "letters", "question", "options", "right", "right_text", "worked"};
constexpr std::array<std::string_view, 2> choice = {"letter", "choice"};
constexpr std::array<std::string_view, 4> unworked = {"subject", "letters", "right",
                                                      "right_text"};

constexpr std::array<TextField, 14> fields = {{
    {"system", &Templates::system, asked},
    {"opening", &Templates::opening, asked},
    {"examples_opening", &Templates::examples_opening, asked},
    {"example", &Templates::example, shown},
    {"before_reply", &Templates::before_reply, {}},
    {"example_reply", &Templates::example_reply, shown},
    {"after_reply", &Templates::after_reply, {}},
    {"question", &Templates::question, asked},
    {"prefill", &Templates::prefill, asked},
    {"option", &Templates::option, choice},
    {"option_separator", &Templates::option_separator, {}},
    {"example_option", &Templates::example_option, choice},
    {"continuation", &Templates::continuation, choice},
    {"worked_default", &Templates::worked_default, unworked},
}};

}  // namespace

std::string_view name_of(Form form) {
  switch (form) {
    case Form::text:
      return "text";
    case Form::one_turn:
      return "one_turn";
    case Form::turns:
      return "turns";
  }
  return {};
}

std::string_view name_of(Scoring scoring) {
  switch (scoring) {
    case Scoring::generate:
      return "generate";
    case Scoring::letters:
      return "letters";
    case Scoring::option_text:
      return "option_text";
  }
  return {};
}

std::string_view name_of(ShotOrder order) {
  return order == ShotOrder::helm ? "helm" : "first";
}

std::span<const TextField> text_fields() {
  return fields;
}

}  // namespace proctor

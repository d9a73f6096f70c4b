#include <algorithm>
#include <cassert>

#include "proctor/dataset/dataset.h"

namespace proctor {
namespace {

// Categories and subcategories: categories.py of github.com/hendrycks/test. Groups: the
// tasks mmlu_<group> of lm-evaluation-harness, which counts anatomy to stem.
constexpr Subject subjects[] = {
    // clang-format off
    {"abstract_algebra", "STEM", "math", "stem"},
    {"anatomy", "other", "health", "stem"},
    {"astronomy", "STEM", "physics", "stem"},
    {"business_ethics", "other", "business", "other"},
    {"clinical_knowledge", "other", "health", "other"},
    {"college_biology", "STEM", "biology", "stem"},
    {"college_chemistry", "STEM", "chemistry", "stem"},
    {"college_computer_science", "STEM", "computer science", "stem"},
    {"college_mathematics", "STEM", "math", "stem"},
    {"college_medicine", "other", "health", "other"},
    {"college_physics", "STEM", "physics", "stem"},
    {"computer_security", "STEM", "computer science", "stem"},
    {"conceptual_physics", "STEM", "physics", "stem"},
    {"econometrics", "social sciences", "economics", "social_sciences"},
    {"electrical_engineering", "STEM", "engineering", "stem"},
    {"elementary_mathematics", "STEM", "math", "stem"},
    {"formal_logic", "humanities", "philosophy", "humanities"},
    {"global_facts", "other", "other", "other"},
    {"high_school_biology", "STEM", "biology", "stem"},
    {"high_school_chemistry", "STEM", "chemistry", "stem"},
    {"high_school_computer_science", "STEM", "computer science", "stem"},
    {"high_school_european_history", "humanities", "history", "humanities"},
    {"high_school_geography", "social sciences", "geography", "social_sciences"},
    {"high_school_government_and_politics", "social sciences", "politics", "social_sciences"},
    {"high_school_macroeconomics", "social sciences", "economics", "social_sciences"},
    {"high_school_mathematics", "STEM", "math", "stem"},
    {"high_school_microeconomics", "social sciences", "economics", "social_sciences"},
    {"high_school_physics", "STEM", "physics", "stem"},
    {"high_school_psychology", "social sciences", "psychology", "social_sciences"},
    {"high_school_statistics", "STEM", "math", "stem"},
    {"high_school_us_history", "humanities", "history", "humanities"},
    {"high_school_world_history", "humanities", "history", "humanities"},
    {"human_aging", "other", "health", "other"},
    {"human_sexuality", "social sciences", "culture", "social_sciences"},
    {"international_law", "humanities", "law", "humanities"},
    {"jurisprudence", "humanities", "law", "humanities"},
    {"logical_fallacies", "humanities", "philosophy", "humanities"},
    {"machine_learning", "STEM", "computer science", "stem"},
    {"management", "other", "business", "other"},
    {"marketing", "other", "business", "other"},
    {"medical_genetics", "other", "health", "other"},
    {"miscellaneous", "other", "other", "other"},
    {"moral_disputes", "humanities", "philosophy", "humanities"},
    {"moral_scenarios", "humanities", "philosophy", "humanities"},
    {"nutrition", "other", "health", "other"},
    {"philosophy", "humanities", "philosophy", "humanities"},
    {"prehistory", "humanities", "history", "humanities"},
    {"professional_accounting", "other", "other", "other"},
    {"professional_law", "humanities", "law", "humanities"},
    {"professional_medicine", "other", "health", "other"},
    {"professional_psychology", "social sciences", "psychology", "social_sciences"},
    {"public_relations", "social sciences", "politics", "social_sciences"},
    {"security_studies", "social sciences", "politics", "social_sciences"},
    {"sociology", "social sciences", "culture", "social_sciences"},
    {"us_foreign_policy", "social sciences", "politics", "social_sciences"},
    {"virology", "other", "health", "other"},
    {"world_religions", "humanities", "philosophy", "humanities"},
    // clang-format on
};
static_assert(std::ranges::is_sorted(subjects, {}, &Subject::name));

}  // namespace

std::span<const Subject> mmlu_subjects() {
  return subjects;
}

const Subject* find_subject(std::string_view name) {
  const auto found = std::ranges::lower_bound(subjects, name, {}, &Subject::name);
  return found != std::end(subjects) && found->name == name ? found : nullptr;
}

std::string_view category_key(std::string_view category) {
  if (category == "STEM") return "stem";
  if (category == "social sciences") return "social_sciences";
  assert(category == "humanities" || category == "other");
  return category;
}

}  // namespace proctor

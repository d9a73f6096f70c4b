#include <algorithm>
#include <array>

#include "proctor/question/question.h"

namespace proctor {
namespace {

// Categories and subcategories: categories.py of github.com/hendrycks/test. Groups: the
// tasks mmlu_<group> of lm-evaluation-harness, which counts anatomy to stem.
constexpr Subject mmlu[] = {
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
static_assert(std::ranges::is_sorted(mmlu, {}, &Subject::name));

// MMLU-Redux 1.0 has these of MMLU's subjects (github.com/aryopg/mmlu-redux).
constexpr std::string_view redux_names[] = {
    // clang-format off
    "anatomy",
    "astronomy",
    "business_ethics",
    "clinical_knowledge",
    "college_chemistry",
    "college_computer_science",
    "college_mathematics",
    "college_medicine",
    "college_physics",
    "conceptual_physics",
    "econometrics",
    "electrical_engineering",
    "formal_logic",
    "global_facts",
    "high_school_chemistry",
    "high_school_geography",
    "high_school_macroeconomics",
    "high_school_mathematics",
    "high_school_physics",
    "high_school_statistics",
    "high_school_us_history",
    "human_aging",
    "logical_fallacies",
    "machine_learning",
    "miscellaneous",
    "philosophy",
    "professional_accounting",
    "professional_law",
    "public_relations",
    "virology",
    // clang-format on
};

// JMMLU leaves these out (its README): what it could not translate, or what is too
// close to one country.
constexpr std::string_view not_in_jmmlu[] = {
    "high_school_government_and_politics",
    "high_school_us_history",
    "high_school_world_history",
    "moral_scenarios",
    "professional_law",
    "us_foreign_policy",
};
// It adds these, and puts them into no category; ours follow MMLU's history and
// geography.
constexpr Subject of_jmmlu_alone[] = {
    {"japanese_civics", "social sciences", "politics", ""},
    {"japanese_geography", "social sciences", "geography", ""},
    {"japanese_history", "humanities", "history", ""},
    {"japanese_idiom", "humanities", "other", ""},
    {"world_history", "humanities", "history", ""},
};

constexpr bool contains(std::span<const std::string_view> names,
                        std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

constexpr auto redux = [] {
  std::array<Subject, std::size(redux_names)> found{};
  std::ranges::copy_if(mmlu, found.begin(), [](const Subject& subject) {
    return contains(redux_names, subject.name);
  });
  return found;
}();
static_assert(!redux.back().name.empty());

constexpr auto jmmlu = [] {
  std::array<Subject,
             std::size(mmlu) - std::size(not_in_jmmlu) + std::size(of_jmmlu_alone)>
      found{};
  auto end = found.begin();
  for (const Subject& subject : mmlu) {
    if (contains(not_in_jmmlu, subject.name)) continue;
    *end = subject;
    (end++)->lm_eval_group = "";
  }
  std::ranges::copy(of_jmmlu_alone, end);
  std::ranges::sort(found, {}, &Subject::name);
  return found;
}();
static_assert(jmmlu.size() == 56 && !jmmlu.front().name.empty());

// MMLU-Pro calls its subjects categories, and has none above them.
constexpr Subject mmlu_pro[] = {
    // clang-format off
    {"biology", "", "", ""},
    {"business", "", "", ""},
    {"chemistry", "", "", ""},
    {"computer science", "", "", ""},
    {"economics", "", "", ""},
    {"engineering", "", "", ""},
    {"health", "", "", ""},
    {"history", "", "", ""},
    {"law", "", "", ""},
    {"math", "", "", ""},
    {"other", "", "", ""},
    {"philosophy", "", "", ""},
    {"physics", "", "", ""},
    {"psychology", "", "", ""},
    // clang-format on
};
static_assert(std::ranges::is_sorted(mmlu_pro, {}, &Subject::name));

// src/categories.py of github.com/haonan-li/CMMLU.
constexpr Subject cmmlu[] = {
    // clang-format off
    {"agronomy", "other", "other", ""},
    {"anatomy", "STEM", "biology", ""},
    {"ancient_chinese", "social sciences", "linguistics", "", "China specific"},
    {"arts", "humanities", "arts", ""},
    {"astronomy", "STEM", "physics", ""},
    {"business_ethics", "social sciences", "business", ""},
    {"chinese_civil_service_exam", "social sciences", "politics", "", "China specific"},
    {"chinese_driving_rule", "other", "other", "", "China specific"},
    {"chinese_food_culture", "social sciences", "culture", "", "China specific"},
    {"chinese_foreign_policy", "social sciences", "politics", "", "China specific"},
    {"chinese_history", "humanities", "history", "", "China specific"},
    {"chinese_literature", "humanities", "literature", "", "China specific"},
    {"chinese_teacher_qualification", "social sciences", "education", "", "China specific"},
    {"clinical_knowledge", "other", "other", ""},
    {"college_actuarial_science", "STEM", "math", ""},
    {"college_education", "social sciences", "education", ""},
    {"college_engineering_hydrology", "STEM", "engineering", ""},
    {"college_law", "humanities", "law", ""},
    {"college_mathematics", "STEM", "math", ""},
    {"college_medical_statistics", "STEM", "statistics", ""},
    {"college_medicine", "other", "other", ""},
    {"computer_science", "STEM", "computer science", ""},
    {"computer_security", "other", "other", ""},
    {"conceptual_physics", "STEM", "physics", ""},
    {"construction_project_management", "other", "other", "", "China specific"},
    {"economics", "social sciences", "economics", ""},
    {"education", "social sciences", "education", ""},
    {"electrical_engineering", "STEM", "engineering", ""},
    {"elementary_chinese", "social sciences", "linguistics", "", "China specific"},
    {"elementary_commonsense", "other", "other", "", "China specific"},
    {"elementary_information_and_technology", "other", "other", ""},
    {"elementary_mathematics", "STEM", "math", ""},
    {"ethnology", "social sciences", "culture", "", "China specific"},
    {"food_science", "other", "other", ""},
    {"genetics", "STEM", "biology", ""},
    {"global_facts", "humanities", "global", ""},
    {"high_school_biology", "STEM", "biology", ""},
    {"high_school_chemistry", "STEM", "chemistry", ""},
    {"high_school_geography", "social sciences", "geography", ""},
    {"high_school_mathematics", "STEM", "math", ""},
    {"high_school_physics", "STEM", "physics", ""},
    {"high_school_politics", "social sciences", "politics", "", "China specific"},
    {"human_sexuality", "other", "other", ""},
    {"international_law", "humanities", "law", ""},
    {"journalism", "social sciences", "sociology", ""},
    {"jurisprudence", "humanities", "law", ""},
    {"legal_and_moral_basis", "other", "other", ""},
    {"logical", "humanities", "philosophy", ""},
    {"machine_learning", "STEM", "computer science", ""},
    {"management", "social sciences", "business", ""},
    {"marketing", "social sciences", "business", ""},
    {"marxist_theory", "humanities", "philosophy", ""},
    {"modern_chinese", "social sciences", "linguistics", "", "China specific"},
    {"nutrition", "other", "other", ""},
    {"philosophy", "humanities", "philosophy", ""},
    {"professional_accounting", "social sciences", "business", ""},
    {"professional_law", "humanities", "law", ""},
    {"professional_medicine", "other", "other", ""},
    {"professional_psychology", "social sciences", "psychology", ""},
    {"public_relations", "social sciences", "politics", ""},
    {"security_study", "social sciences", "politics", ""},
    {"sociology", "social sciences", "culture", ""},
    {"sports_science", "other", "other", ""},
    {"traditional_chinese_medicine", "other", "other", "", "China specific"},
    {"virology", "STEM", "biology", ""},
    {"world_history", "humanities", "history", ""},
    {"world_religions", "humanities", "global", ""},
    // clang-format on
};
static_assert(std::ranges::is_sorted(cmmlu, {}, &Subject::name));
static_assert(std::size(cmmlu) == 67);

}  // namespace

std::span<const Subject> mmlu_subjects() {
  return mmlu;
}

std::span<const Subject> known_subjects(std::string_view dataset) {
  const KnownDataset* known = find_dataset(dataset);
  if (known == nullptr) return {};
  const std::string_view name = known->name;
  const bool by_language = name == "CohereLabs/Global-MMLU" || name == "openai/MMMLU";
  if (dataset.find(':') != std::string_view::npos && !by_language) return {};
  if (name == "cais/mmlu" || name == "edinburgh-dair/mmlu-redux-2.0" || by_language) {
    return mmlu;
  }
  if (name == "edinburgh-dair/mmlu-redux") return redux;
  if (name == "TIGER-Lab/MMLU-Pro") return mmlu_pro;
  if (name == "haonan-li/cmmlu") return cmmlu;
  if (name == "nlp-waseda/JMMLU") return jmmlu;
  return {};
}

const Subject* find_subject(std::string_view name, std::string_view dataset) {
  std::span<const Subject> subjects = known_subjects(dataset);
  if (subjects.empty()) subjects = mmlu;
  const auto found = std::ranges::lower_bound(subjects, name, {}, &Subject::name);
  return found != subjects.end() && found->name == name ? &*found : nullptr;
}

std::string_view category_key(std::string_view category) {
  if (category == "STEM") return "stem";
  if (category == "social sciences") return "social_sciences";
  if (category == "China specific") return "china_specific";
  return category;
}

}  // namespace proctor
